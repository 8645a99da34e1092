// A text that may be JSON: laid out at first, exact at a click.

import { h, setPressed } from "../shared/dom";
import { quiet } from "./parts";
import type { RowView } from "./row-view";
import { FOLD_LINES } from "./rows";
import { textBlock } from "./text-block";
import type { Given } from "./types";

export function switchable(
  view: RowView,
  ordinal: number,
  part: string,
  given: Given,
  label: string,
  lines = FOLD_LINES,
): HTMLElement {
  const { position } = view.shown.entry(ordinal);
  const exact = view.state.exact.has(`${ordinal} ${part}`);
  const tools = h("div", { class: "blocktools" });
  if (given.laid) tools.append(switchButton(view, ordinal, part, label, exact));
  tools.append(
    h("button", {
      class: "small",
      type: "button",
      text: "Copy",
      "aria-label": `Copy the ${label} as stored`,
      onclick: () => void view.clipboard.copyWhole(position, part, label),
    }),
  );
  return h("div", { class: "switchable" }, shownText(view, ordinal, part, given, label, lines), tools);
}

function shownText(
  view: RowView,
  ordinal: number,
  part: string,
  given: Given,
  label: string,
  lines: number,
): HTMLElement {
  const look = { code: true, lines, label };
  if (!given.laid) return textBlock(view, ordinal, part, given, look);
  if (!view.state.exact.has(`${ordinal} ${part}`)) return textBlock(view, ordinal, `${part}.laid`, given, look);
  const held = view.source.text(view.shown.entry(ordinal).position, part);
  return held ? textBlock(view, ordinal, part, { ...held, laid: false }, look) : quiet("…");
}

function switchButton(view: RowView, ordinal: number, part: string, label: string, exact: boolean): HTMLElement {
  const button = h("button", { class: "small", type: "button", onclick: () => view.texts.switchExact(ordinal, part) });
  setPressed(button, exact);
  button.textContent = exact ? "Format JSON" : "Raw";
  button.title = exact ? "Format the JSON" : "Show the text as it is stored";
  button.setAttribute("aria-label", exact ? `Format the ${label}` : `Show the ${label} as stored`);
  return button;
}
