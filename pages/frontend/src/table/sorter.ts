// The order of the rows as a choice and a direction, for windows in which a table has no heads.

import { h } from "../shared/dom";
import type { Order } from "./order";
import type { Column } from "./types";

const AS_LISTED = "";

export interface Sorting {
  choose(column: number | null): void;
  turn(): void;
}

export function sorterElement(columns: readonly Column[], order: Order | null, sorting: Sorting): HTMLElement {
  const select = h(
    "select",
    {
      "aria-label": "Sort by",
      onchange: () => sorting.choose(select.value === AS_LISTED ? null : Number(select.value)),
    },
    h("option", { value: AS_LISTED, text: "As listed" }),
    ...columns.map((column, at) => h("option", { value: String(at), text: column.label })),
  );
  select.value = order ? String(order.column) : AS_LISTED;
  const direction = order && {
    text: order.descending ? "↓" : "↑",
    "aria-label": order.descending ? "Descending; sort ascending" : "Ascending; sort descending",
  };
  return h(
    "div",
    { class: "sorter" },
    h("span", { text: "Sort by", "aria-hidden": "true" }),
    select,
    direction && h("button", { type: "button", ...direction, onclick: () => sorting.turn() }),
  );
}
