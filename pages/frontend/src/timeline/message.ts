// One row: a message with what it says, calls and got back.

import { h } from "../shared/dom";
import { gapWords, laterWords, many, timeElement } from "../shared/format";
import { skeleton } from "../shared/list-view";
import { groupOf } from "../shared/roles";
import { fill } from "../shared/text";
import { noteBlocks, noteButtons, noteMark } from "./annotations-view";
import { callBlocks } from "./calls";
import { isCut } from "./controllers/text-reader";
import { caption, errorTag, extrasLine, found, markTag, noteLine, positionLink, quiet } from "./parts";
import type { RowView } from "./row-view";
import type { Way } from "./state";
import { switchable } from "./switchable";
import { renderedBlock, textBlock } from "./text-block";
import type { Item, Part } from "./types";

const LONGEST_ROLE = 40;
const PREVIEW_LENGTH = 300;
const PREVIEWED_CALLS = 3;
const LEAST_GAP = 60; // seconds that the presenter view tells

export function buildMessage(view: RowView, ordinal: number): HTMLElement {
  const { shown, state, presenter } = view;
  const { position, kind } = shown.entry(ordinal);
  const item = view.source.look(ordinal);
  const way = state.wayOf(ordinal);
  const row = h("article", {
    class: `row ${groupOf(kind)} kind-${kind}${way === "folded" ? " folded" : ""}`,
    tabindex: "-1",
    "data-ordinal": ordinal,
    "data-position": position,
    "aria-posinset": shown.placeOf(ordinal) + 1,
    "aria-setsize": shown.visible.length,
    "aria-label": `Message ${position}, ${item?.role || kind}`,
  });
  row.classList.toggle("current", state.current === ordinal);
  row.classList.toggle("lit", state.lit === position);
  const head = presenter.on ? presentedHeader(view, ordinal, item, way) : header(view, ordinal, item, way);
  const main = h("div", { class: "main" }, head);
  if (way !== "folded") {
    main.append(...(item ? body(view, ordinal, item) : [waiting(view, ordinal)]), ...noteBlocks(view, position));
  }
  row.append(
    h("div", { class: "gutter" }, presenter.on ? "" : positionLink(view, position)),
    h("div", { class: "bar" }),
    main,
  );
  return row;
}

function header(view: RowView, ordinal: number, item: Item | undefined, way: Way): HTMLElement {
  const { position, kind, gap, at, length } = view.shown.entry(ordinal);
  const open = way !== "folded";
  const odd = gap !== null && gap < 0;
  return h(
    "header",
    {},
    foldButton(view, ordinal, position, open),
    roleLabel(item, kind),
    markTag(view, position),
    noteMark(view, position),
    item?.name ? found(h("span", { class: "name", title: "name" }), position, item.name) : null,
    ...(item && open ? messageButtons(view, ordinal, item) : []),
    ...(item && !open ? foldedWords(item) : [h("span", { class: "space" })]),
    h("span", {
      class: `gap${odd ? " odd" : ""}`,
      text: gapWords(gap),
      title: odd ? "Earlier than the previous message" : "since the previous message",
    }),
    timeElement(at),
    h("span", { class: "size", text: length ? many(length, "character") : "" }),
  );
}

// In the presenter view a message says who speaks, and how long that took to come.
function presentedHeader(view: RowView, ordinal: number, item: Item | undefined, way: Way): HTMLElement {
  const { kind, gap } = view.shown.entry(ordinal);
  const words = item && way === "folded" ? preview(item) : null;
  const later = gap !== null && gap >= LEAST_GAP ? h("span", { class: "gap", text: laterWords(gap) }) : null;
  return h("header", {}, roleLabel(item, kind), words, later);
}

function foldButton(view: RowView, ordinal: number, position: number, open: boolean): HTMLElement {
  return h("button", {
    class: "fold",
    type: "button",
    "aria-expanded": String(open),
    title: open ? "Collapse" : "Expand",
    "aria-label": `${open ? "Collapse" : "Expand"} message ${position}`,
    onclick: () => view.disclosure.fold(ordinal, open),
  });
}

function roleLabel(item: Item | undefined, kind: string): HTMLElement {
  const role = item ? item.role : kind;
  if (!role) return h("span", { class: "role", text: "(no role)" });
  return fill(h("span", { class: "role", title: `role: ${role}` }), role.slice(0, LONGEST_ROLE));
}

function messageButtons(view: RowView, ordinal: number, item: Item): HTMLElement[] {
  const { position } = item;
  const copy = h("button", {
    class: "small copy",
    type: "button",
    text: "Copy",
    "aria-label": `Copy the text of message ${position}`,
    onclick: () => void view.clipboard.copyMessage(item),
  });
  const replay = h("button", {
    class: "small copy",
    type: "button",
    text: "Replay",
    title: "Replay from this message",
    "aria-label": `Replay from message ${position}`,
    onclick: () => view.replayer.from(ordinal),
  });
  return [copy, replay, ...noteButtons(view, position)];
}

function foldedWords(item: Item): HTMLElement[] {
  const calls = item.calls.length;
  return calls ? [preview(item), h("span", { class: "callcount", text: many(calls, "call") })] : [preview(item)];
}

// The beginning of what a message says or calls, on one line.
function preview(item: Item): HTMLElement {
  const calls = item.calls.map((call) => `${call.name ?? "(damaged)"} ${call.head}`);
  const words =
    item.content?.text.slice(0, PREVIEW_LENGTH) ||
    calls.slice(0, PREVIEWED_CALLS).join("  ·  ") ||
    item.refusal?.text.slice(0, PREVIEW_LENGTH) ||
    "(empty)";
  return fill(h("span", { class: "preview", dir: "auto" }), words.replace(/\s+/g, " "));
}

// About as high as what will come, so that the list hardly moves when it does.
function waiting(view: RowView, ordinal: number): HTMLElement {
  const element = skeleton(view.shown.heightOf(ordinal) - 44);
  element.setAttribute("aria-busy", "true");
  return element;
}

function body(view: RowView, ordinal: number, item: Item): HTMLElement[] {
  const { groups } = view.state;
  const presented = view.presenter.on;
  const extras = presented ? null : extrasLine(item.extras);
  return [
    ...(presented ? [] : item.notes.map(noteLine)),
    ...(groups.has(groupOf(item.kind)) ? ownTexts(view, ordinal, item) : hiddenText(item)),
    ...(groups.has("tools") ? callBlocks(view, ordinal, item) : hiddenCalls(item)),
    ...(extras ? [extras] : []),
    ...(presented ? [] : view.sourceParts.blocks(item.position)),
  ];
}

const hiddenText = ({ content }: Item): HTMLElement[] => (content ? [quiet("The text is hidden by the filter.")] : []);

const hiddenCalls = ({ calls }: Item): HTMLElement[] =>
  calls.length ? [quiet(`${many(calls.length, "tool call")} hidden by the filter.`)] : [];

function ownTexts(view: RowView, ordinal: number, item: Item): HTMLElement[] {
  const { refusal, function_call: call } = item;
  const line = view.presenter.on ? null : resultLine(item);
  const blocks = [
    ...(line ? [line] : []),
    ...contextBlocks(view, ordinal, item),
    ...contentBlocks(view, ordinal, item),
  ];
  if (refusal) {
    blocks.push(caption("Refusal"), textBlock(view, ordinal, "refusal", refusal, { label: "refusal" }));
  }
  if (call) {
    const part = `function_call${call.laid ? ".laid" : ""}`;
    const look = { code: true, label: "function call" };
    blocks.push(caption("function_call"), textBlock(view, ordinal, part, call, look));
  }
  return blocks;
}

// The context blocks that backends write in front of the user's text, collapsed under their names.
function contextBlocks(view: RowView, ordinal: number, item: Item): HTMLElement[] {
  return item.context.map((block, number) =>
    folded(
      `${block.name} · ${many(block.length, "character")}`,
      textBlock(view, ordinal, `context.${number}`, block, { label: block.name }),
    ),
  );
}

const folded = (label: string, ...inside: HTMLElement[]): HTMLElement =>
  h("details", { class: "aside" }, h("summary", { text: label }), ...inside);

function contentBlocks(view: RowView, ordinal: number, item: Item): HTMLElement[] {
  const { content, calls, refusal, function_call: call } = item;
  const silent = !calls.length && !refusal;
  if (content === null) return silent && !call ? [quiet("content is null")] : [];
  if (content.exact === 0) return silent ? [quiet("content is the empty text")] : [];
  if (item.kind === "reasoning") {
    return [folded(`Reasoning · ${many(content.length, "character")}`, textBlock(view, ordinal, "content", content))];
  }
  if (item.summary) return [switchable(view, ordinal, "content", content, "result")];
  if (view.mode === "rendered") return rendered(view, ordinal, content);
  return [textBlock(view, ordinal, "content", content)];
}

function rendered(view: RowView, ordinal: number, content: Part): HTMLElement[] {
  const html = view.source.html.get(ordinal);
  if (html === undefined) return [waiting(view, ordinal)];
  const block = renderedBlock(view, ordinal, html, isCut(content) ? content.length : null);
  if (block) return [block];
  return [noteLine("Too many parts to render: shown raw."), textBlock(view, ordinal, "content", content)];
}

// A tool message on its own still says what it is in a line.
function resultLine({ summary, tool_call_id: id, position }: Item): HTMLElement | null {
  if (!summary) return null;
  const line = h(
    "div",
    { class: "resultline" },
    id ? found(h("code", { class: "id", title: "tool_call_id" }), position, id) : null,
    errorTag(summary.error),
    summary.type ? fill(h("span", { class: "tag" }), summary.type) : null,
  );
  return line.childNodes.length ? line : null;
}
