// One text of a message: folded when long, more of it on demand.

import { h } from "../shared/dom";
import { many, NUMBER } from "../shared/format";
import { markUnseen } from "../shared/text";
import { isCut } from "./controllers/text-reader";
import { paintKeys } from "./highlights";
import { found } from "./parts";
import type { RowView } from "./row-view";
import { FOLD_LINES } from "./rows";
import type { Given } from "./types";

const LINE_LENGTH = 90; // characters, about
const MOST_ELEMENTS = 500;

interface Look {
  code?: boolean;
  lines?: number;
  label?: string;
}

export const isLong = (text: string, lines: number): boolean =>
  text.length > lines * LINE_LENGTH || text.split("\n", lines + 1).length > lines;

// `part` is its name in the text route; `given` what the window brought of it.
export function textBlock(view: RowView, ordinal: number, part: string, given: Given, look: Look = {}): HTMLElement {
  const { code = false, lines = FOLD_LINES, label = "text" } = look;
  const { position } = view.shown.entry(ordinal);
  const held = view.source.text(position, part);
  const text = held && held.text.length > given.text.length ? held.text : given.text;
  const length = held?.length ?? given.length;
  const rest = held ? held.next !== null : given.text.length > 0 && isCut(given);
  const body = found(h("div", { class: `text${code ? " code" : ""}`, dir: code ? "ltr" : "auto" }), position, text);
  body.dataset.part = part;
  if (code && given.laid) {
    body.classList.add("json");
    paintKeys(body);
  }
  if (view.disclosure.isTextOpen(ordinal, part)) {
    const shown = rest ? text : null;
    return h("div", { class: "block" }, body, openFooter(view, ordinal, part, length, shown, isLong(text, lines)));
  }
  const more = h("button", {
    class: "link more",
    type: "button",
    text: `Show all (${many(length, "character")})`,
    "aria-label": `Show all of the ${label}`,
    onclick: () => view.disclosure.openText(ordinal, part),
  });
  return h("div", { class: "block" }, h("div", { class: "clip", style: `--lines:${lines}` }, body), more);
}

// `shown` is the text as far as it was read, if there is more of it.
function openFooter(
  view: RowView,
  ordinal: number,
  part: string,
  length: number,
  shown: string | null,
  long: boolean,
): HTMLElement | null {
  if (shown === null && !long) return null;
  const readOn = (event: MouseEvent) => {
    (event.currentTarget as HTMLButtonElement).disabled = true;
    void view.texts.more(ordinal, part);
  };
  const close = () => view.disclosure.closeText(ordinal, part);
  const footer = h("div", { class: "footer" });
  if (shown !== null) {
    const words = `${NUMBER.format([...shown].length)} of ${many(length, "character")} `;
    footer.append(
      h("span", { class: "quiet", text: words }),
      h("button", { class: "link", type: "button", text: "Show 100,000 more", onclick: readOn }),
    );
  }
  if (long) footer.append(h("button", { class: "link", type: "button", text: "Show less", onclick: close }));
  return footer;
}

// The server's safe HTML: parsed without running or loading, refused if it is out of all proportion (null). `length` is
// the whole text's, where the HTML is of its beginning.
export function renderedBlock(view: RowView, ordinal: number, html: string, length: number | null): HTMLElement | null {
  const template = document.createElement("template");
  template.innerHTML = html;
  if (template.content.querySelectorAll("*").length > MOST_ELEMENTS) return null;
  markUnseen(template.content);
  const { position } = view.shown.entry(ordinal);
  const props = { class: "text markdown", dir: "auto", "data-find": position, "data-part": "content" };
  const body = h("div", props, template.content);
  const block = h("div", { class: "block" });
  if (view.disclosure.isTextOpen(ordinal, "content")) block.append(body);
  else {
    const open = () => view.disclosure.openText(ordinal, "content");
    block.append(
      h("div", { class: "clip", style: `--lines:${FOLD_LINES}` }, body),
      h("button", { class: "link more", type: "button", text: "Show all", onclick: open }),
    );
  }
  if (length !== null) {
    block.append(h("div", { class: "quiet", text: `Rendered from the first 20,000 of ${many(length, "character")}.` }));
  }
  return block;
}
