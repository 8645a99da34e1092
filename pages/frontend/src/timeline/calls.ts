// Tool calls with their arguments laid out, each result folded under its call.

import { h } from "../shared/dom";
import { gapWords, many, spanWords } from "../shared/format";
import { fill } from "../shared/text";
import { noteBlocks, noteButtons, noteMark } from "./annotations-view";
import { resultPart } from "./controllers/text-reader";
import { caption, errorTag, extrasLine, found, markTag, noteLine, positionLink, quiet } from "./parts";
import type { RowView } from "./row-view";
import { FIRST_CALLS } from "./rows";
import { secondsBetween } from "./schedule";
import { switchable } from "./switchable";
import { textBlock } from "./text-block";
import type { Call, Item, Result } from "./types";

const ARGUMENT_LINES = 12;
const LEAST_WAIT = 0.05; // seconds that are worth a word

export function callBlocks(view: RowView, ordinal: number, item: Item): HTMLElement[] {
  const shown = item.calls.slice(0, view.state.callsShown.get(ordinal) ?? FIRST_CALLS);
  const blocks = shown.map((call, number) => callBlock(view, ordinal, item, call, number));
  const left = item.calls.length - shown.length;
  if (left <= 0) return blocks;
  const all = many(item.calls.length, "call");
  const more = h("button", {
    class: "link",
    type: "button",
    text: `${shown.length} of ${all} shown: show ${Math.min(left, FIRST_CALLS)} more`,
    onclick: () => view.disclosure.showCalls(ordinal, shown.length + FIRST_CALLS),
  });
  return [...blocks, more];
}

function callBlock(view: RowView, ordinal: number, item: Item, call: Call, number: number): HTMLElement {
  const { presenter, replayer } = view;
  const block = h(
    "section",
    { class: `call${call.damaged ? " damaged" : ""}`, "aria-label": `Call of ${call.name ?? "an unknown tool"}` },
    callHead(view, item, call),
  );
  if (presenter.showsArguments(ordinal)) block.append(...argumentBlocks(view, ordinal, call, number));
  if (!presenter.on) block.append(...call.notes.map(noteLine));
  const { result } = call;
  if (result) {
    const isThere = replayer.isThere(result.ordinal);
    block.append(isThere ? resultBlock(view, ordinal, result) : workingLine(view, ordinal, result));
  }
  return block;
}

function callHead(view: RowView, item: Item, call: Call): HTMLElement {
  const { id, name } = call;
  const head = h(
    "div",
    { class: "callhead" },
    h("span", { class: "kicker", text: call.damaged ? "damaged tool call" : "tool call" }),
  );
  if (name !== null) head.append(found(h("span", { class: "function" }), item.position, name || "(no name)"));
  if (id && !view.presenter.on) head.append(found(h("code", { class: "id", title: `id: ${id}` }), item.position, id));
  return head;
}

// In a replay, until the result is there.
function workingLine(view: RowView, ordinal: number, result: Result): HTMLElement {
  const took = secondsBetween(view.shown.entry(ordinal).at, view.shown.entry(result.ordinal).at);
  const words = took >= LEAST_WAIT ? ` for ${spanWords(took)}` : "";
  return h("p", { class: "working", text: `Running\u2026${words}` });
}

function argumentBlocks(view: RowView, ordinal: number, call: Call, number: number): HTMLElement[] {
  return [givenArguments(view, ordinal, call, number), ...restOfEntry(view, ordinal, call, number)];
}

function givenArguments(view: RowView, ordinal: number, call: Call, number: number): HTMLElement {
  const given = call.arguments;
  if (given.exact === 0) return quiet("no arguments (empty text)");
  if (given.text === "{}") return quiet("no arguments ({})");
  return switchable(view, ordinal, `call.${number}`, given, "arguments", ARGUMENT_LINES);
}

function restOfEntry(view: RowView, ordinal: number, { more }: Call, number: number): HTMLElement[] {
  if (!more) return [];
  const part = `more.${number}${more.laid ? ".laid" : ""}`;
  const look = { code: true, lines: ARGUMENT_LINES, label: "rest of the entry" };
  return [caption("Other fields"), textBlock(view, ordinal, part, more, look)];
}

function resultBlock(view: RowView, ordinal: number, result: Result): HTMLElement {
  const { position } = result;
  const open = view.disclosure.isResultOpen(ordinal, result.ordinal);
  const props = { class: `result${result.error ? " failed" : ""}`, "data-result": position };
  const block = h("div", props, resultHead(view, ordinal, result, open));
  block.classList.toggle("lit", view.state.lit === position);
  block.classList.toggle("current", view.state.current === ordinal && view.state.result === position);
  if (open) block.append(...resultBody(view, result));
  block.append(...noteBlocks(view, position));
  return block;
}

function resultHead(view: RowView, ordinal: number, result: Result, open: boolean): HTMLElement {
  const opener = h(
    "button",
    {
      class: "opener",
      type: "button",
      "aria-expanded": String(open),
      "aria-label": `${open ? "Close" : "Open"} the result, message ${result.position}`,
      onclick: () => view.disclosure.openResult(ordinal, result.ordinal, !open),
    },
    ...resultWords(view, result),
  );
  return h("div", { class: "resulthead" }, opener, ...(view.presenter.on ? [] : resultFacts(view, result)));
}

function resultFacts(view: RowView, { position, gap, length }: Result): (HTMLElement | null)[] {
  return [
    markTag(view, position),
    noteMark(view, position),
    ...noteButtons(view, position),
    h("span", { class: "gap", text: gapWords(gap) }),
    h("span", { class: "size", text: many(length, "character") }),
    positionLink(view, position),
  ];
}

function resultWords(view: RowView, result: Result): (HTMLElement | null)[] {
  const { name, type, error, position } = result;
  const named = name && !view.presenter.on;
  return [
    h("span", { class: "chevron" }),
    h("span", { class: "kicker", text: "tool result" }),
    errorTag(error),
    type && !(error && type === "error") ? fill(h("span", { class: "tag" }), type) : null,
    named ? found(h("span", { class: "name", title: "name" }), position, name) : null,
    fill(h("span", { class: "line", dir: "auto" }), resultLine(result)),
  ];
}

function resultLine(result: Result): string {
  if (result.null) return "content is null";
  return result.message ?? (result.length ? result.head : "content is the empty text");
}

function resultBody(view: RowView, result: Result): HTMLElement[] {
  const { ordinal, position } = result;
  const notes = view.presenter.on ? [] : result.notes.map(noteLine);
  const beside = view.presenter.on ? [] : view.sourceParts.blocks(position);
  if (result.null || result.length === 0) return [...notes, ...beside];
  const part = view.state.exact.has(`${ordinal} content`) ? "content" : resultPart(result);
  const held = view.source.text(position, part);
  if (!held) {
    view.texts.fetchResult(result, part);
    return [...notes, quiet("Reading the result…")];
  }
  const extras = view.presenter.on ? null : extrasLine(result.extras);
  const text = switchable(view, ordinal, "content", { ...held, laid: result.json }, "result");
  return [...notes, text, ...(extras ? [extras] : []), ...beside];
}
