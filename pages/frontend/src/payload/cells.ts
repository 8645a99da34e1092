// One row: the stored messages at the left, what is sent for them at the right, what is wrong with it below.

import { h } from "../shared/dom";
import { many } from "../shared/format";
import type { HeldText } from "../shared/held-texts";
import { skeleton } from "../shared/list-view";
import { groupOf } from "../shared/roles";
import { known } from "../shared/sorted";
import { fill } from "../shared/text";
import { findingBlock } from "./findings";
import { MOST_LINES, type Rows } from "./rows";
import type { Call, Change, CutText, Item, Note, StoredMessage } from "./types";

const MARKS: Record<string, string> = {
  merged: "merged",
  skipped: "not sent",
  tool_call_left_out: "left out",
  function_call_left_out: "left out",
  field_lost: "lost",
  field_not_sent: "not sent",
  null_content: "null",
  empty_field: "empty",
  default_arguments: "filled in",
  arguments_serialised: "as JSON",
  system_moved: "moved",
  system_moved_up: "moved up",
  developer_as_system: "as system",
  turns_joined: "joined",
  results_grouped: "grouped",
  name_dropped: "dropped",
  id_dropped: "dropped",
  function_as_tool: "as tool",
  refusal_as_text: "as text",
  arguments_no_object: "no object",
  arguments_filled_in: "filled in",
  arguments_altered: "altered",
  result_as_object: "as object",
  result_wrapped: "wrapped",
  result_without_name: "no name",
  empty_dropped: "dropped",
};
const LOST = new Set(["skipped", "tool_call_left_out", "function_call_left_out", "field_lost", "field_not_sent"]);
const CONTENT_LINES = 8;
const OTHER_LINES = 6;

// What a row needs of its view.
export interface CellView {
  readonly rows: Rows;
  readonly lit: number | null;
  readonly flashing: boolean;
  readonly opened: ReadonlySet<string>;
  itemOf(ordinal: number): Item | undefined;
  text(ordinal: number, part: string): HeldText | undefined;
  providerName(provider: string): string;
  linkTo(position: number): string;
  open(ordinal: number, part: string, given: CutText): void;
  close(ordinal: number, part: string): void;
  readOn(ordinal: number, part: string): void;
  copySent(ordinal: number): void;
}

export function buildRow(view: CellView, ordinal: number): HTMLElement {
  const { rows } = view;
  const positions = known(rows.index.positions, ordinal);
  const row = h("article", {
    class: `row pair${positions.length > 1 ? " several" : ""}`,
    tabindex: "-1",
    "data-ordinal": ordinal,
    "data-positions": positions.join(" "),
    "data-sent": rows.index.sent[ordinal],
    "aria-posinset": rows.placeOf(ordinal) + 1,
    "aria-setsize": rows.visible.length,
    "aria-label": positions.length ? `Stored ${positions.join(", ")}` : "The next user message",
  });
  row.classList.toggle("lit", view.lit === ordinal);
  row.classList.toggle("flash", view.lit === ordinal && view.flashing);
  const item = view.itemOf(ordinal);
  if (!item) {
    row.append(skeleton(rows.heightOf(ordinal) - 20));
    return row;
  }
  row.append(storedCell(view, item), sentCell(view, item));
  if (item.findings.length) {
    const blocks = item.findings.map((finding) => findingBlock(finding, view.providerName));
    row.append(h("div", { class: "findings" }, ...blocks));
  }
  return row;
}

function storedCell(view: CellView, item: Item): HTMLElement {
  const cell = h("div", { class: "cell stored" });
  if (!item.stored.length) {
    const text = "Not stored: a next user message, added for the provider check.";
    cell.append(h("p", { class: "quiet", text }));
  }
  if (item.stored.length > 1) {
    cell.append(h("div", { class: "joined", text: `${item.stored.length} messages become one` }));
  }
  for (const message of item.stored) cell.append(storedMessage(view, item, message));
  return cell;
}

function storedMessage(view: CellView, item: Item, message: StoredMessage): HTMLElement {
  const notes = item.notes.filter(([, position]) => position === message.position);
  return h(
    "section",
    { class: `said ${groupOf(message.role)}` },
    storedHeader(view, message),
    storedContent(view, item.ordinal, message),
    ...message.calls.flatMap((call, number) => callLines(call, notes, number)),
    ...otherTexts(view, item.ordinal, message),
    ...notes.map(noteLine),
  );
}

function storedHeader(view: CellView, message: StoredMessage): HTMLElement {
  const link = h("a", {
    class: "position",
    href: view.linkTo(message.position),
    text: `#${message.position}`,
    title: "Open in the conversation",
  });
  const id = message.tool_call_id;
  return h(
    "header",
    {},
    link,
    fill(h("span", { class: "role", title: "role" }), message.role || "(no role)"),
    message.name ? fill(h("span", { class: "name", title: "name" }), message.name) : null,
    id ? fill(h("code", { class: "id", title: "tool_call_id" }), id) : null,
  );
}

function storedContent(view: CellView, ordinal: number, message: StoredMessage): HTMLElement | null {
  const { content, calls, position } = message;
  if (content === null) return h("p", { class: "quiet", text: "content is null" });
  if (content.length) return cellText(view, ordinal, `stored.${position}`, content, CONTENT_LINES);
  return calls.length ? null : h("p", { class: "quiet", text: "content is the empty text" });
}

function otherTexts(view: CellView, ordinal: number, message: StoredMessage): HTMLElement[] {
  return (["refusal", "function_call"] as const).flatMap((name) => {
    const given = message[name];
    if (!given) return [];
    const part = `${name}.${message.position}`;
    const text = cellText(view, ordinal, part, given, OTHER_LINES, name === "function_call");
    return [h("div", { class: "caption", text: name }), text];
  });
}

// The arguments only where the right side does not show them as they are stored.
function callLines(call: Call, notes: Note[], number: number): HTMLElement[] {
  const name = `tool_calls[${number}]`;
  const about = notes.filter(([, , field]) => field === name || field.startsWith(`${name}.`));
  const out = about.some(([kind]) => kind === "tool_call_left_out");
  const line = h(
    "div",
    { class: `callline${out ? " out" : ""}` },
    h("span", { class: "kicker", text: "tool call" }),
    fill(h("span", { class: "function" }), call.name ?? "(no name)"),
    fill(h("code", { class: "id" }), call.id ?? "(no id)"),
  );
  if (!about.length) return [line];
  return [line, fill(h("div", { class: "text code arguments", dir: "ltr" }), call.arguments ?? "no arguments")];
}

const noteLine = ([kind, , field, detail]: Note): HTMLElement => markLine([kind, field, detail, LOST.has(kind)]);

function markLine([kind, field, detail, isSerious]: Change): HTMLElement {
  return h(
    "p",
    { class: `mark${isSerious ? " loss" : ""}` },
    h("b", { text: MARKS[kind] ?? kind }),
    field ? h("code", { text: field }) : null,
    h("span", { text: sentence(detail) }),
  );
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function sentCell(view: CellView, item: Item): HTMLElement {
  const cell = h("div", { class: "cell sent" });
  if (item.payload_position === null) {
    cell.append(h("p", { class: "nothing", text: "Not sent." }), ...item.changes.map(markLine));
    return cell;
  }
  const place = placeOf(item);
  if (item.sent === null) {
    cell.append(
      h("header", {}, h("span", { class: "position", text: place }), h("span", { class: "role", text: "user" })),
      h("p", { class: "quiet", text: "The next user message." }),
    );
    return cell;
  }
  const size = item.tokens === null ? "" : `about ${many(item.tokens, "token")}`;
  const copy = { class: "small copy", type: "button", text: "Copy", onclick: () => view.copySent(item.ordinal) };
  cell.append(
    h(
      "header",
      {},
      h("span", { class: "position", text: place, title: "Place in the payload" }),
      fill(h("span", { class: "role" }), item.role ?? ""),
      h("span", { class: "space" }),
      h("span", { class: "size", text: size }),
      h("button", copy),
    ),
    cellText(view, item.ordinal, "sent", item.sent, MOST_LINES, true),
    ...item.changes.map(markLine),
  );
  return cell;
}

// In the payload, or in the body of another API, where the parts of a message follow each other.
function placeOf({ payload_position, places }: Item): string {
  const [first, last] = [places[0], places[places.length - 1]];
  if (first === undefined) return `messages[${payload_position}]`;
  return first === last ? first : `${first} – ${last}`;
}

// A text that is clipped until it is opened; the rest of a long one comes from the server.
function cellText(
  view: CellView,
  ordinal: number,
  part: string,
  given: CutText,
  lines: number,
  code = false,
): HTMLElement {
  const held = view.text(ordinal, part);
  const rest = held ? held.next !== null : given.length > given.cut;
  const body = h("div", { class: `text${code ? " code" : ""}`, dir: code ? "ltr" : "auto" });
  fill(body, held?.text ?? given.text);
  if (view.opened.has(`${ordinal} ${part}`)) {
    return h("div", { class: "block" }, body, openFooter(view, ordinal, part, rest));
  }
  return h(
    "div",
    { class: "block" },
    h("div", { class: "clip", style: `--lines:${lines}` }, body),
    h("button", {
      class: "link more",
      type: "button",
      text: `Show all (${many(given.length, "character")})`,
      onclick: () => view.open(ordinal, part, given),
    }),
  );
}

function openFooter(view: CellView, ordinal: number, part: string, rest: boolean): HTMLElement {
  const button = (text: string, onclick: () => void) => h("button", { class: "link", type: "button", text, onclick });
  return h(
    "div",
    { class: "footer" },
    rest && button("Show 100,000 more", () => view.readOn(ordinal, part)),
    button("Show less", () => view.close(ordinal, part)),
  );
}
