import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Printed, printConversation } from "../src/timeline/print";
import { Rows } from "../src/timeline/rows";
import { Source } from "../src/timeline/source";
import { State } from "../src/timeline/state";
import type { Call, Item } from "../src/timeline/types";
import { indexOf, itemOf, part } from "./support/conversation";

let items: Item[];
let said: string[];
let asked: URL[];
let sheets: (Element | null)[];

const CALL: Call = {
  id: "c1",
  name: "weather",
  arguments: part('{"town": "Porto"}'),
  head: "",
  more: null,
  damaged: false,
  notes: [],
  result: null,
};

beforeEach(() => {
  items = [itemOf(0, "<b>Pears</b>?"), itemOf(1, "", { kind: "assistant", role: "assistant", calls: [CALL] })];
  said = [];
  asked = [];
  sheets = [];
  vi.stubGlobal("fetch", async (address: string) => {
    const url = new URL(address, "http://inspector.test");
    asked.push(url);
    return new Response(JSON.stringify(answer(url)));
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

function answer(url: URL): unknown {
  if (url.pathname.endsWith("/text")) return { text: "x".repeat(30_000), offset: 0, length: 30_000, next: null };
  const wanted = new Set((url.searchParams.get("items") ?? "").split(",").map(Number));
  return { items: items.filter(({ ordinal }) => wanted.has(ordinal)) };
}

function viewOf(rows: Rows | null): Printed {
  const data = { title: "Fruit", session: "s1", source: "database", view: "masked" };
  return { source: new Source(data), rows, data, stage: { say: (words) => said.push(words) } };
}
const rowsOf = (state = State.of("s1", "database")): Rows =>
  new Rows(indexOf(items.map(({ kind, calls }) => ({ kind, calls: calls.length }))), state);
const print = () => {
  sheets.push(document.querySelector(".print-sheet"));
};
const text = () => sheets[0]?.textContent ?? "";

it("prints every message as text, with its calls, and says what of which copy it is", async () => {
  await printConversation(viewOf(rowsOf()), print);
  expect([...(sheets[0]?.querySelectorAll("h1, p") ?? [])].map((line) => line.textContent)).toEqual([
    "Fruit",
    "Session s1 · database copy · masked view · 2 messages",
  ]);
  expect(text()).toContain("<b>Pears</b>?");
  expect(text()).toContain('Calls weather, c1{"town": "Porto"}');
  expect([...(sheets[0]?.querySelectorAll("section") ?? [])].map((one) => one.className)).toEqual([
    "user",
    "assistant",
  ]);
  window.dispatchEvent(new Event("afterprint"));
  expect(document.querySelector(".print-sheet")).toBeNull();
});

it("prints what the filter shows", async () => {
  const state = State.of("s1", "print-filter");
  state.groups.delete("user");
  const rows = rowsOf(state);
  rows.filter();
  await printConversation(viewOf(rows), print);
  expect(text()).not.toContain("Pears");
  expect(text()).toContain("1 message of 2 messages");
});

it("reads a long text to its end", async () => {
  items = [itemOf(0, "x", { content: { ...part("x"), length: 30_000 } })];
  await printConversation(viewOf(rowsOf()), print);
  expect(sheets[0]?.querySelector(".said")?.textContent).toHaveLength(30_000);
});

it("ends after a thousand messages, and says how many are left", async () => {
  items = Array.from({ length: 1_001 }, (_, n) => itemOf(n, `words ${n}`));
  await printConversation(viewOf(rowsOf()), print);
  expect(asked).toHaveLength(5);
  expect(sheets[0]?.querySelectorAll("section")).toHaveLength(1_000);
  expect(text()).toContain("1 more message not printed: Export makes an HTML report of all.");
});

it("says why it could not", async () => {
  vi.stubGlobal("fetch", async () => new Response('{"error": "Gone."}', { status: 404 }));
  await printConversation(viewOf(rowsOf()), print);
  expect(said.at(-1)).toBe("Not printed: Gone.");
  expect(sheets).toEqual([]);
});

it("does nothing while there is nothing to print", async () => {
  await printConversation(viewOf(null), print);
  expect([asked, sheets]).toEqual([[], []]);
});
