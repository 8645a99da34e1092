// Prints the conversation: all messages that pass the filter, each whole, and not only those in sight.
//
// The list has few of them, so they are read anew and laid out as plain text in an element that only a printer shows.

import { messageOf } from "../shared/api";
import { h } from "../shared/dom";
import { many, timeElement } from "../shared/format";
import { groupOf } from "../shared/roles";
import { fill } from "../shared/text";
import { isCut } from "./controllers/text-reader";
import type { Rows } from "./rows";
import type { Source } from "./source";
import type { Item, Part } from "./types";

const BATCH = 200; // messages, the most that the route gives
const MOST_MESSAGES = 1_000;
const MOST_CHARACTERS = 100_000; // of one text

export interface Printed {
  readonly source: Source;
  readonly rows: Rows | null;
  readonly data: { title: string; session: string; source: string; view: string };
  readonly stage: { say(words: string): void };
}

const VIEWS: Record<string, string> = { masked: "masked view", structure: "structure view: no text" };
const COPIES: Record<string, string> = { database: "database copy", cache: "cached copy" };

// Opens the browser's print dialog; says where that failed.
export async function printConversation(view: Printed, print = () => window.print()): Promise<void> {
  const { rows, source } = view;
  if (!rows) return;
  view.stage.say("Preparing to print…");
  try {
    const ordinals = rows.kept.slice(0, MOST_MESSAGES);
    const messages: HTMLElement[] = [];
    for (let at = 0; at < ordinals.length; at += BATCH) {
      for (const item of await read(source, ordinals.slice(at, at + BATCH))) {
        messages.push(await messageElement(source, item, rows.entry(item.ordinal).at));
      }
    }
    if (source.stopped) return;
    show(sheet(view, rows, messages), print);
  } catch (error) {
    view.stage.say(`Not printed: ${messageOf(error)}`);
  }
}

async function read(source: Source, ordinals: number[]): Promise<Item[]> {
  const { items } = await source.get<{ items: Item[] }>("window", { items: ordinals.join(",") });
  return items;
}

function show(element: HTMLElement, print: () => void): void {
  document.querySelector(".print-sheet")?.remove();
  document.body.append(element);
  window.addEventListener("afterprint", () => element.remove(), { once: true });
  print();
}

function sheet({ data }: Printed, rows: Rows, messages: HTMLElement[]): HTMLElement {
  const of = rows.kept.length === rows.count ? "" : ` of ${many(rows.count, "message")}`;
  const told = [`Session ${data.session}`, COPIES[data.source] ?? data.source, VIEWS[data.view] ?? ""].filter(Boolean);
  const left = rows.kept.length - messages.length;
  return h(
    "div",
    { class: "print-sheet" },
    fill(h("h1", { dir: "auto" }), data.title || "Untitled conversation"),
    fill(h("p"), `${told.join(" · ")} · ${many(messages.length, "message")}${of}`),
    ...messages,
    left > 0 && h("p", {}, `${many(left, "more message")} not printed: Export makes an HTML report of all.`),
  );
}

async function messageElement(source: Source, item: Item, at: string | null): Promise<HTMLElement> {
  const { position } = item;
  const texts = [
    await textElement(source, position, "content", item.content),
    await textElement(source, position, "refusal", item.refusal),
    await textElement(source, position, "function_call", item.function_call),
  ];
  for (const [n, call] of item.calls.entries()) {
    const name = `Calls ${call.name ?? "(damaged)"}${call.id ? `, ${call.id}` : ""}`;
    texts.push(fill(h("h3"), name), await textElement(source, position, `call.${n}`, call.arguments));
    texts.push(await textElement(source, position, `more.${n}`, call.more));
  }
  const role = [item.role || item.kind, item.name, item.tool_call_id].filter(Boolean).join(" · ");
  return h(
    "section",
    { class: groupOf(item.kind) },
    h("h2", {}, `#${position} `, fill(h("b"), role), " ", timeElement(at)),
    ...texts,
    ...item.notes.map((note) => h("p", { text: note })),
  );
}

async function textElement(source: Source, position: number, part: string, given: Part | null) {
  if (!given) return null;
  const whole = isCut(given) ? await source.whole(position, given.laid ? `${part}.laid` : part) : given.text;
  const text = whole.slice(0, MOST_CHARACTERS);
  const left = whole.length - text.length;
  const element = fill(h("div", { class: "said", dir: "auto" }), text);
  if (left > 0) element.append(` … (${many(left, "more character")} not printed)`);
  return element;
}
