// The elements of a table: text is only ever set as text, cut by an ellipsis and whole on hover.

import { h } from "../shared/dom";
import type { Cell, Column } from "./types";

export function headElement(column: Column, aria: string | null, press: (() => void) | null): HTMLElement {
  const label = h("span", { class: "words", text: column.label, title: column.help || null });
  const arrow = aria && h("span", { class: "arrow", "aria-hidden": "true", text: aria === "descending" ? "↓" : "↑" });
  const inside = press ? h("button", { type: "button", onclick: press }, label, arrow) : label;
  return h("div", { role: "columnheader", class: column.right && "right", "aria-sort": aria }, inside);
}

export function cellElement(cell: Cell | null, column: Column): HTMLElement {
  const props = { role: "gridcell", "data-label": column.label };
  if (!cell) return h("div", { ...props, class: `none${column.right ? " right" : ""}` }, "–");
  const words = h("span", {
    class: cell.tone ? `words mark ${cell.tone}` : "words",
    dir: "auto",
    text: cell.text,
    title: cell.hint ?? null,
    "data-until": cell.until ?? null,
  });
  return h(
    "div",
    { ...props, class: column.right ? "right" : cell.below ? "two" : null },
    cell.fill !== undefined && barElement(cell.fill),
    words,
    cell.below && belowElement(cell.below),
  );
}

export function tickElement(row: number, ticked: boolean, change: () => void): HTMLElement {
  const name = `Select row ${row + 1}`;
  const box = h("input", { type: "checkbox", tabindex: -1, "aria-label": name, checked: ticked, onchange: change });
  return h("div", { role: "gridcell", class: "tick" }, box);
}

function barElement(fill: number): HTMLElement {
  const part = h("span");
  part.style.width = `${Math.round(100 * Math.min(Math.max(fill, 0), 1))}%`;
  return h("span", { class: "track", "aria-hidden": "true" }, part);
}

function belowElement(parts: readonly string[]): HTMLElement {
  const [before = "", marked = "", after = ""] = parts;
  return h("span", { class: "words below", dir: "auto" }, before, marked && h("mark", { text: marked }), after);
}

// Tells the whole text on hover where it is cut.
export function tellIfCut(target: EventTarget | null): void {
  if (!(target instanceof Element)) return;
  const words = target.closest<HTMLElement>(".words");
  if (!words || (words.title && words.dataset.cut === undefined)) return;
  const isCut = words.scrollWidth > words.clientWidth;
  words.title = isCut ? (words.textContent ?? "") : "";
  words.dataset.cut = "";
}
