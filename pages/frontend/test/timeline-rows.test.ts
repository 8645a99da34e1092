import { describe, expect, it } from "vitest";
import { GROUPS, type Group, groupOf } from "../src/shared/roles";
import { FIRST_CALLS, FOLD_LINES, Rows } from "../src/timeline/rows";
import { State, type Way } from "../src/timeline/state";
import { indexOf, type Told } from "./support/conversation";
import { randomFrom } from "./support/random";

// A question, an answer with two calls, their results, a call without words, its result, and an answer.
const MESSAGES: Told[] = [
  { kind: "system" },
  { kind: "user" },
  { kind: "assistant", calls: 2 },
  { kind: "tool", under: 2 },
  { kind: "tool", under: 2 },
  { kind: "assistant", length: 0, calls: 1 },
  { kind: "tool", under: 5 },
  { kind: "assistant" },
  { kind: "tool" },
];

function rowsOf(messages: Told[], groups: readonly Group[] = GROUPS, way: Way = "auto"): Rows {
  const state = new State();
  state.groups = new Set(groups);
  state.fold = way;
  return new Rows(indexOf(messages), state);
}

describe("the rows under a filter", () => {
  it.each<[Group[], number[], number[]]>([
    [
      ["user", "assistant", "tools", "other"],
      [0, 1, 2, 5, 7, 8],
      [0, 1, 2, 3, 4, 5, 6, 7, 8],
    ],
    [["user"], [1], [1]],
    [["assistant"], [2, 7], [2, 7]],
    [["tools"], [2, 5, 8], [2, 3, 4, 5, 6, 8]],
    [["other"], [0], [0]],
    [
      ["user", "other"],
      [0, 1],
      [0, 1],
    ],
    [[], [], []],
  ])("of %j are %j, and the messages in them %j", (groups, visible, kept) => {
    const rows = rowsOf(MESSAGES, groups);
    expect([rows.visible, rows.kept]).toEqual([visible, kept]);
    expect(MESSAGES.map((_, n) => n).filter((n) => rows.shows(n))).toEqual(kept);
  });

  it("count each message in its group, whatever is hidden", () => {
    expect(rowsOf(MESSAGES, []).counts).toEqual({ user: 1, assistant: 3, tools: 4, other: 1 });
  });

  it("are those with notes, where only they are wanted", () => {
    const rows = rowsOf(MESSAGES);
    rows.noted = new Set([2, 7]);
    rows.filter();
    expect([rows.visible, rows.kept]).toEqual([
      [2, 7],
      [2, 3, 4, 7],
    ]);
  });

  it("end with the last message of a replay, also after another filter", () => {
    const rows = rowsOf(MESSAGES);
    rows.until(4);
    expect([rows.visible, rows.kept.length, rows.placeOf(5)]).toEqual([[0, 1, 2], 9, -1]);
    rows.filter();
    expect(rows.visible).toEqual([0, 1, 2]);
    rows.until(-1);
    expect(rows.visible).toEqual([]);
    rows.until(null);
    expect(rows.visible).toEqual([0, 1, 2, 5, 7, 8]);
  });
});

describe("a message", () => {
  const rows = rowsOf(MESSAGES);

  it("is in its own row, a result in its call's", () => {
    expect(MESSAGES.map((_, n) => rows.rowOf(n))).toEqual([0, 1, 2, 2, 2, 5, 5, 7, 8]);
  });

  it("is found by its position: of two with the same one, the first", () => {
    const twice = rowsOf([
      { kind: "user", position: 4 },
      { kind: "user", position: 9 },
      { kind: "user", position: 4 },
    ]);
    expect([twice.ordinalOf.get(4), twice.ordinalOf.get(9), twice.ordinalOf.get(5)]).toEqual([0, 1, undefined]);
    expect([rows.rowAt(6), rows.rowAt(99)]).toEqual([5, undefined]);
  });

  it("is told of by the index", () => {
    const told = rowsOf([{ kind: "tool", position: 3, length: 7, gap: 1.5, at: "2026-01-01T00:00:00Z" }]);
    expect(told.entry(0)).toEqual({ position: 3, kind: "tool", gap: 1.5, at: "2026-01-01T00:00:00Z", length: 7 });
  });

  it.each([
    [3, 2],
    [6, 3],
    [8, 5],
    [99, 5],
    [-1, 0],
  ])("that is no row has a place near by: of ordinal %d it is %d", (ordinal, place) => {
    expect(rows.placeNear(ordinal)).toBe(place);
  });
});

describe("the extent", () => {
  it("is in words", () => {
    expect(
      rowsOf([
        { kind: "user", position: 4 },
        { kind: "user", position: 9 },
      ]).extent,
    ).toBe("it has 4–9");
    const none = rowsOf([]);
    expect([none.extent, none.placeNear(0), none.total]).toEqual(["it has no messages", -1, 0]);
  });
});

describe("the height of a row that was not measured", () => {
  it("is a line's where the message is folded, at any scale", () => {
    const rows = rowsOf(MESSAGES, GROUPS, "folded");
    expect(rows.total).toBe(6 * 33);
    rows.scale = 2;
    rows.forgetHeights();
    expect(rows.total).toBe(6 * 66);
  });

  it("grows with its lines, its calls and its notes, up to where they are folded", () => {
    const height = (told: Partial<Told>) => rowsOf([{ kind: "assistant", ...told }]).total;
    expect(height({ lines: 2 }) - height({ lines: 1 })).toBe(21);
    expect(height({ lines: 500 })).toBe(height({ lines: FOLD_LINES }));
    expect(height({ calls: 3 }) - height({ calls: 2 })).toBe(150);
    expect(height({ calls: 500 })).toBe(height({ calls: FIRST_CALLS }));
    expect(height({ notes: 1 }) - height({})).toBe(26);
    expect(height({ length: 4_000_000 })).toBe(height({ length: 4_000 }));
  });
});

describe.each(Array.from({ length: 40 }, (_, seed) => seed))("any conversation under any filter (seed %d)", (seed) => {
  const random = randomFrom(seed);
  const messages: Told[] = [];
  const size = Math.floor(random() * 40);
  for (let n = 0; n < size; n += 1) {
    const caller = messages.findLastIndex(({ calls }) => (calls ?? 0) > 0);
    const kind = ["user", "assistant", "tool", "system", "unknown"][Math.floor(random() * 5)] as string;
    const under = kind === "tool" && random() < 0.7 ? caller : -1;
    const calls = kind === "assistant" && random() < 0.5 ? 2 : 0;
    messages.push({ kind, under, calls, length: random() < 0.3 ? 0 : 50 });
  }
  const groups = GROUPS.filter(() => random() < 0.6);
  const rows = rowsOf(messages, groups);

  it("has in its rows what passes, in order, and nothing twice", () => {
    const ordered = rows.kept.toSorted((a, b) => a - b);
    expect(rows.kept).toEqual(ordered);
    expect(new Set(rows.kept).size).toBe(rows.kept.length);
    expect([...new Set(rows.kept.map((n) => rows.rowOf(n)))].toSorted((a, b) => a - b)).toEqual(rows.visible);
    expect(messages.map((_, n) => n).filter((n) => rows.shows(n))).toEqual(rows.kept);
    for (const row of rows.visible) expect(rows.rowOf(row)).toBe(row);
  });

  it("hides what nobody of a chosen group says", () => {
    const mayShow = (n: number) => {
      const { kind, calls = 0 } = messages[n] as Told;
      return groups.includes(groupOf(kind)) || (calls > 0 && groups.includes("tools"));
    };
    expect(rows.kept.every(mayShow)).toBe(true);
    const whole = messages.flatMap(({ kind, calls = 0, under = -1 }, n) =>
      groups.includes(groupOf(kind)) && !calls && under < 0 ? [n] : [],
    );
    for (const n of whole) expect(rows.kept).toContain(n);
  });

  it("ends with any last message as a replay shows it", () => {
    for (let last = -1; last < size; last += 1) {
      rows.until(last);
      expect(rows.visible.every((n) => n <= last)).toBe(true);
    }
    rows.until(null);
    expect(rows.kept.length === 0).toBe(rows.visible.length === 0);
  });
});
