import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Subject } from "../src/drift/subject";
import { type DriftData, DriftView } from "../src/drift/view";
import { giveSizes, takeSizes } from "./support/sizes";

const TWO: Subject = {
  base: "/api/compare",
  address: { a: "s1", b: "s2", view: "full" },
  label: "Both sessions",
  sides: [
    { key: "a", head: "A · Trip", session: "s1", source: "database" },
    { key: "b", head: "B · Fork", session: "s2", source: "cache" },
  ],
  labels: { equal: "Equal", only_b: "Only in B" },
  codes: false,
};
const DATA: DriftData = { session: "s1", token: "", view: "full", zone: "UTC" };

const message = (position: number, text: string) => ({
  position,
  role: "user",
  at: null,
  fields: [{ name: "content", text, length: text.length, cut: 6000, pieces: null, differs: false }],
  missing: [],
});

// The server: one message on both sides, one at the right alone.
let asked: URL[];

async function answer(address: string): Promise<Response> {
  const url = new URL(address, window.location.href);
  asked.push(url);
  const [left, right, kind] = url.pathname.startsWith("/api/compare")
    ? ["a", "b", "only_b"]
    : ["cache", "database", "stale_cache"];
  const index = {
    count: 2,
    stretch: [0, 1],
    [left]: [0, -1],
    [right]: [0, 1],
    lines: [1, 1],
    stretches: [
      { kind: "equal", first: 0, count: 1 },
      { kind, first: 1, count: 1 },
    ],
  };
  const items = [
    { ordinal: 0, kind: "equal", [left]: message(0, "hello"), [right]: message(0, "hello"), elsewhere: null },
    { ordinal: 1, kind, [left]: null, [right]: message(1, "more"), elsewhere: null },
  ];
  return new Response(JSON.stringify({ index, first: 1, items }));
}

let view: DriftView;

async function open(data: DriftData): Promise<void> {
  const root = document.createElement("div");
  document.body.append(root);
  view = new DriftView(root, root, data);
  await vi.waitFor(() => expect(view.root.querySelectorAll(".row").length).toBe(2));
}

const texts = (selector: string): string[] =>
  [...view.root.querySelectorAll(selector)].map((each) => each.textContent ?? "");

beforeEach(() => {
  asked = [];
  giveSizes();
  vi.stubGlobal("fetch", vi.fn(answer));
});

afterEach(() => {
  view.stop();
  document.body.replaceChildren();
  takeSizes();
  vi.unstubAllGlobals();
});

describe("both copies of a session", () => {
  beforeEach(() => open(DATA));

  it("names the stores, and each difference with its code", () => {
    expect(texts(".heads span")).toEqual(["Cache", "Database"]);
    expect(texts(".stretchhead")).toEqual(["Cache is behindstale_cache"]);
    expect(asked[0]?.pathname).toBe("/api/drift/opening");
    expect(asked[0]?.searchParams.get("session")).toBe("s1");
  });

  it("links to the copy of the session", () => {
    const links = [...view.root.querySelectorAll("a.position")].map((link) => link.getAttribute("href"));
    expect(links[0]).toBe("session?id=s1&source=cache&message=0");
    expect(links[1]).toBe("session?id=s1&source=database&message=0");
  });
});

describe("two sessions", () => {
  beforeEach(() => open({ ...DATA, subject: TWO }));

  it("names them as the page does, and differences without codes", () => {
    expect(texts(".heads span")).toEqual(["A · Trip", "B · Fork"]);
    expect(texts(".stretchhead")).toEqual(["Only in B"]);
    expect([...view.root.querySelectorAll(".cell")].map((cell) => cell.getAttribute("data-head"))).toEqual([
      "A · Trip",
      "B · Fork",
      "A · Trip",
      "B · Fork",
    ]);
    expect(Object.fromEntries(asked[0]?.searchParams ?? [])).toEqual({ a: "s1", b: "s2", view: "full" });
  });

  it("links each message to its own session and copy", () => {
    const links = [...view.root.querySelectorAll("a.position")].map((link) => link.getAttribute("href"));
    expect(links).toEqual([
      "session?id=s1&source=database&message=0",
      "session?id=s2&source=cache&message=0",
      "session?id=s2&source=cache&message=1",
    ]);
  });

  it("says what one of them lacks", () => {
    expect(texts(".cell.a.none")).toEqual(["(missing)"]);
  });

  it("reads other sessions when the page names them", async () => {
    view.update({ ...DATA, token: "other", subject: { ...TWO, sides: [TWO.sides[1], TWO.sides[0]] } });
    expect(texts(".heads span")).toEqual(["B · Fork", "A · Trip"]);
    await vi.waitFor(() => expect(asked.length).toBe(2));
  });
});
