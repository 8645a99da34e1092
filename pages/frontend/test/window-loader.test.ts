import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WindowLoader } from "../src/shared/window-loader";
import { Server, settled } from "./support/server";

interface Item {
  ordinal: number;
}
type Loader = WindowLoader<Item, { items: Item[] }>;

const upTo = (count: number, first = 0): number[] => Array.from({ length: count }, (_, n) => first + n);
const itemsOf = (ordinals: number[]) => ({ items: ordinals.map((ordinal) => ({ ordinal })) });

let server: Server;
let loader: Loader;
let arrived: number[][];
let failures: string[];

beforeEach(() => {
  server = new Server();
  vi.stubGlobal("fetch", server.fetch);
  loader = new WindowLoader<Item, { items: Item[] }>("/inspector/payload", { session: "a b&c", source: "cache" });
  arrived = [];
  failures = [];
  loader.onitems = (ordinals) => arrived.push(ordinals);
  loader.onfail = (error) => failures.push((error as Error).message);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

async function opened(ordinals: number[]): Promise<void> {
  const opening = loader.opening();
  await server.answer(itemsOf(ordinals));
  await opening;
  server.asked.length = 0;
}

describe("the opening", () => {
  it("is asked for with the list's address and more, and its items are kept", async () => {
    const opening = loader.opening({ message: 7 });
    await server.answer({ items: [{ ordinal: 6 }, { ordinal: 7 }], count: 9 });
    expect(await opening).toEqual({ items: [{ ordinal: 6 }, { ordinal: 7 }], count: 9 });
    expect([...loader.items.keys()]).toEqual([6, 7]);
    const [url] = server.asked;
    expect(url?.pathname).toBe("/inspector/payload/opening");
    expect(Object.fromEntries(url?.searchParams ?? [])).toEqual({ session: "a b&c", source: "cache", message: "7" });
  });

  it("fails with the server's own sentence", async () => {
    const opening = loader.opening();
    opening.catch(() => {});
    await server.answer({ error: "There is no such session." }, 404);
    await expect(opening).rejects.toThrow("There is no such session.");
  });
});

describe("windows", () => {
  it("are asked for thirty at a time, without what is here", async () => {
    await opened([0, 1, 2]);
    loader.want(upTo(40));
    await server.answer();
    await server.answer();
    expect(server.windows).toEqual([upTo(30, 3), upTo(7, 33)]);
    expect(arrived).toEqual(server.windows);
    expect([...loader.items.keys()]).toEqual(upTo(40));
  });

  it("are not asked for when everything wanted is here", async () => {
    await opened(upTo(5));
    loader.want([4, 0]);
    loader.want([]);
    await settled();
    expect(server.asked).toEqual([]);
  });

  it("that were scrolled past before their turn are never asked for", async () => {
    loader.want([1]);
    loader.want([50]);
    loader.want([90, 91]);
    expect(server.waiting).toHaveLength(1);
    await server.answer();
    await server.answer();
    expect(server.windows).toEqual([[1], [90, 91]]);
  });

  it("that bring a part only are asked for again, for the rest", async () => {
    loader.want([1, 2, 3]);
    await server.answer(itemsOf([1, 2]));
    await server.answer();
    expect(server.windows).toEqual([[1, 2, 3], [3]]);
    expect([...loader.items.keys()]).toEqual([1, 2, 3]);
  });

  it("that bring nothing end the asking with a sentence", async () => {
    loader.want([1, 2, 3]);
    await server.answer(itemsOf([]));
    expect(server.asked).toHaveLength(1);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toBe("There are fewer messages now. Refresh the page.");
    expect(arrived).toEqual([]);
  });

  it("fail once, and the next wish asks again", async () => {
    loader.want([1]);
    await server.refuse();
    expect(failures).toEqual(["The server did not answer."]);
    loader.want([1]);
    await server.answer();
    expect(arrived).toEqual([[1]]);
    expect(failures).toHaveLength(1);
  });

  it("tell the status where a refusal has no reason", async () => {
    loader.want([1]);
    await server.answer({}, 500);
    expect(failures).toEqual(["The server answered 500 without a reason."]);
  });

  it.each([
    ["an answer", () => server.answer()],
    ["a failure", () => server.refuse()],
  ])("of a list that was left are silent: %s", async (_name, ends) => {
    loader.want(upTo(60));
    loader.stopped = true;
    await ends();
    expect([arrived, failures, server.asked.length]).toEqual([[], [], 1]);
  });
});

describe("what is kept", () => {
  it("is 300 items: the oldest that are not wanted go first", async () => {
    await opened(upTo(300));
    loader.want([0, 1, 300, 301]);
    await server.answer();
    const kept = [...loader.items.keys()];
    expect(kept).toHaveLength(300);
    expect(kept.slice(0, 3)).toEqual([0, 1, 4]);
    expect(kept.slice(-2)).toEqual([300, 301]);
  });

  it("is all that is wanted, also when that is more", async () => {
    await opened(upTo(300));
    loader.want(upTo(310));
    await server.answer();
    expect([...loader.items.keys()]).toEqual(upTo(310));
  });
});
