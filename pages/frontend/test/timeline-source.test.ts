import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hasRendered, Source } from "../src/timeline/source";
import { itemOf } from "./support/conversation";
import { Server, settled } from "./support/server";

const upTo = (count: number, first = 0): number[] => Array.from({ length: count }, (_, n) => first + n);
const itemsOf = (ordinals: number[], size = 5) => ({ items: ordinals.map((n) => itemOf(n, "x".repeat(size))) });
const htmlOf = (ordinals: number[]) => ({ html: Object.fromEntries(ordinals.map((n) => [n, `<p>${n}</p>`])) });

let server: Server;
let source: Source;
let arrived: number[][];
let failures: string[];

beforeEach(() => {
  server = new Server();
  vi.stubGlobal("fetch", server.fetch);
  source = new Source({ session: "s1", source: "cache", view: "full" });
  arrived = [];
  failures = [];
  source.onitems = (ordinals) => arrived.push(ordinals);
  source.onfail = (error) => failures.push((error as Error).message);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

async function opened(ordinals: number[], size?: number): Promise<void> {
  const opening = source.opening();
  await server.answer({ questions: [], ...itemsOf(ordinals, size) });
  await opening;
  server.asked.length = 0;
}

const routes = () => server.asked.map((url) => url.pathname.replace("/api/timeline/", ""));

describe("windows", () => {
  it("are asked for forty at a time, in the order of the wish", async () => {
    source.wantRendered([7, ...upTo(50)], false);
    await server.answer(itemsOf([7, ...upTo(40).filter((n) => n !== 7)]));
    await server.answer(itemsOf(upTo(50, 40)));
    expect(server.windows.map((window) => window.length)).toEqual([40, 10]);
    expect(server.windows[0]?.[0]).toBe(7);
    expect(server.asked[0]?.searchParams.get("view")).toBe("full");
  });

  it("that bring nothing say what to do", async () => {
    source.wantRendered([1], false);
    await server.answer({ items: [] });
    expect(failures).toEqual(["The server has fewer messages now. Open the conversation again."]);
  });
});

describe("a failure", () => {
  it("is told once: nothing is asked for any more until it is tried again", async () => {
    source.wantRendered([1], false);
    await server.refuse();
    expect([failures, source.failed]).toEqual([["The server did not answer."], true]);
    source.wantRendered([1, 2], false);
    await settled();
    expect(server.asked).toHaveLength(1);
    source.retry();
    await server.answer(itemsOf([1, 2]));
    expect([arrived, source.failed, failures.length]).toEqual([[[1, 2]], false, 1]);
  });

  it("of a source that was left is silent", async () => {
    source.wantRendered([1], false);
    source.stopped = true;
    await server.refuse();
    expect([failures, arrived]).toEqual([[], []]);
    source.retry();
    await settled();
    expect(server.asked).toHaveLength(1);
  });
});

describe("rendered text", () => {
  it("is asked for once the messages are here, of those that have it", async () => {
    source.wantRendered([0, 1, 2, 3], true);
    const result = { json: true, type: null, message: null, error: false };
    const items = [itemOf(0), itemOf(1, "", { content: null }), itemOf(2, "{}", { summary: result }), itemOf(3)];
    await server.answer({ items });
    await server.answer(htmlOf([0, 3]));
    expect([routes(), server.windows[1]]).toEqual([
      ["window", "rendered"],
      [0, 3],
    ]);
    expect([...source.html]).toEqual([
      [0, "<p>0</p>"],
      [3, "<p>3</p>"],
    ]);
    expect(arrived).toEqual([
      [0, 1, 2, 3],
      [0, 3],
    ]);
  });

  it("is not asked for while text is shown exactly", async () => {
    await opened([0, 1]);
    source.wantRendered([0, 1], false);
    await settled();
    expect(server.asked).toEqual([]);
  });

  it("that the server did not make is empty, and not asked for again", async () => {
    await opened([0]);
    source.wantRendered([0], true);
    await server.answer({ html: {} });
    source.wantRendered([0], true);
    await settled();
    expect([source.html.get(0), server.asked.length]).toEqual(["", 1]);
  });

  it("is what an item with content has, a result has none", () => {
    expect([hasRendered(undefined), hasRendered(itemOf(0)), hasRendered(itemOf(0, "", { content: null }))]).toEqual([
      false,
      true,
      false,
    ]);
  });
});

describe("what is kept", () => {
  it("is 400 items: those that were looked at longest ago go first", async () => {
    await opened(upTo(400));
    source.look(0);
    source.look(2);
    source.wantRendered([400, 401], false);
    await server.answer(itemsOf([400, 401]));
    expect(source.items.size).toBe(400);
    expect([0, 1, 2, 3, 4].map((n) => source.items.has(n))).toEqual([true, false, true, false, true]);
  });

  it("is three million characters, with the HTML of what goes", async () => {
    await opened(upTo(29), 100_000);
    source.wantRendered([0], true);
    await server.answer({ html: { 0: "x".repeat(50_000) } });
    expect(source.items.size).toBe(29);
    source.wantRendered([29, 30], false);
    await server.answer(itemsOf([29, 30], 100_000));
    expect([[...source.items.keys()], [...source.html.keys()]]).toEqual([upTo(29, 2), []]);
  });

  it("is all that is wanted, also when that is more", async () => {
    await opened(upTo(400));
    source.wantRendered(upTo(410), false);
    await server.answer(itemsOf(upTo(10, 400)));
    expect(source.items.size).toBe(410);
  });

  it("of an item that is not here is nothing to look at", () => {
    expect(source.look(5)).toBeUndefined();
    expect(source.items.size).toBe(0);
  });
});

describe("long texts", () => {
  const chunk = (text: string, next: number | null) => ({ text, offset: 0, length: 10, next });

  it("are joined as they are read on", async () => {
    const first = source.more(3, "content");
    await server.answer(chunk("abc", 3));
    expect(await first).toEqual({ text: "abc", length: 10, next: 3 });
    const second = source.more(3, "content");
    await server.answer(chunk("def", null));
    expect(await second).toEqual({ text: "abcdef", length: 10, next: null });
    expect(source.text(3, "content")?.text).toBe("abcdef");
    expect(source.text(3, "content.laid")).toBeUndefined();
    const asked = server.asked.map((url) => [url.searchParams.get("part"), url.searchParams.get("offset")]);
    expect(asked).toEqual([
      ["content", "0"],
      ["content", "3"],
    ]);
  });

  it("of more than three million characters are let go, the oldest first and never the newest", async () => {
    for (const [position, size] of [
      [1, 1_500_000],
      [2, 1_000_000],
      [3, 1_000_000],
      [4, 3_500_000],
    ] as const) {
      const read = source.more(position, "content");
      await server.answer(chunk("x".repeat(size), null));
      await read;
      const held = [1, 2, 3, 4].filter((n) => source.text(n, "content"));
      expect(held).toEqual(position === 3 ? [2, 3] : position === 4 ? [4] : upTo(position, 1));
    }
  });

  it("are read anew to their end for the clipboard, and not kept", async () => {
    const read = source.whole(3, "call.0");
    await server.answer(chunk("abc", 3));
    await server.answer(chunk("def", null));
    expect(await read).toBe("abcdef");
    expect(server.asked.map((url) => url.searchParams.get("offset"))).toEqual(["0", "3"]);
    expect(source.text(3, "call.0")).toBeUndefined();
  });

  it("that can't be read leave what was read before", async () => {
    const first = source.more(3, "content");
    await server.answer(chunk("abc", 3));
    await first;
    const second = source.more(3, "content");
    second.catch(() => {});
    await server.refuse();
    await expect(second).rejects.toThrow("The server did not answer.");
    expect(source.text(3, "content")).toEqual({ text: "abc", length: 10, next: 3 });
  });
});
