// Small pieces of a row.

import { h } from "../shared/dom";
import { fill, textNodes } from "../shared/text";
import type { RowView } from "./row-view";
import type { Extras } from "./types";

const MARKS: Record<string, [words: string, meaning: string]> = {
  cache_only: ["cache only", "The database has no such message"],
  database_only: ["database only", "The cache has no such message: the model does not see it"],
  changed: ["modified", "Differs from the other copy"],
  moved: ["moved", "Different position in the other copy"],
  duplicate: ["duplicate", "Duplicate of the adjacent message"],
  outside_window: ["before the cached window", "The cache keeps only the newest messages"],
};

// What the other copy has otherwise.
export function markTag(view: RowView, position: number): HTMLElement | null {
  const name = view.marks.get(position);
  const mark = name === undefined ? undefined : MARKS[name];
  return mark ? h("span", { class: `tag mark ${name}`, text: mark[0], title: mark[1] }) : null;
}

export function positionLink(view: RowView, position: number): HTMLElement {
  const copy = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void view.clipboard.copyLink(position);
  };
  return h("a", {
    class: "position",
    href: view.clipboard.linkTo(position),
    text: `#${position}`,
    title: "Copy the link to this message",
    "aria-label": `Link to message ${position}`,
    onclick: copy,
  });
}

export const quiet = (words: string): HTMLElement => h("p", { class: "quiet", text: words });
export const caption = (text: string): HTMLElement => h("div", { class: "caption", text });
export const noteLine = (note: string): HTMLElement => h("p", { class: "note" }, ...textNodes(note));

export const errorTag = (error: boolean): HTMLElement | null =>
  error ? h("span", { class: "tag error", text: "error" }) : null;

// A text in which matches are found and lit.
export function found<Kind extends HTMLElement>(element: Kind, position: number, text: string): Kind {
  element.dataset.find = String(position);
  return fill(element, text);
}

export function extrasLine(extras: Extras): HTMLElement | null {
  if (!extras.length) return null;
  const pairs = extras.flatMap(([name, value]) => [h("dt", { text: name }), fill(h("dd"), value)]);
  return h("dl", { class: "extras" }, ...pairs);
}
