import { beforeEach, describe, expect, it } from "vitest";
import { useZone } from "../src/shared/format";
import { Outline } from "../src/timeline/outline";
import { costWords, offerFigures, shortNumber, type TurnFigures } from "../src/timeline/turn-figures";
import type { Question } from "../src/timeline/types";

const QUESTIONS: Question[] = [
  [0, "Pears?", "2026-03-01T09:05:07+00:00", 3.5],
  [4, "Plums?", null, null],
];
const FIGURES: TurnFigures = { turns: [[0, 2, 58_120, 240, 0.1477]], currency: "USD" };

let outline: Outline;

beforeEach(() => {
  useZone("UTC");
  outline = new Outline(() => undefined);
  document.body.replaceChildren(outline.element);
  Object.defineProperty(outline.element.querySelector(".entries"), "clientHeight", { value: 400, configurable: true });
});

const words = (): (string | null)[] => [...document.querySelectorAll(".figures")].map((line) => line.textContent);
const settled = () => new Promise((resolve) => setTimeout(resolve));
const entry = (): HTMLElement => document.querySelector(".entry") as HTMLElement;

function filled(answer: Promise<TurnFigures>, questions = [...QUESTIONS]): void {
  offerFigures(questions, () => answer);
  outline.fill(questions);
}

describe("a turn in the outline", () => {
  it("has its time and length at once, and its tokens and cost when they are here", async () => {
    filled(Promise.resolve(FIGURES));
    expect(words()).toEqual(["09:05 · 3.5 s", ""]);
    outline.follow(2);
    const before = entry();
    await settled();
    expect(words()).toEqual(["09:05 · 3.5 s · 58.1k / 240 · $0.148", ""]);
    expect(entry()).toBe(before); // what has the focus keeps it
    expect(entry().getAttribute("aria-current")).toBe("true");
    expect(entry().title.split("\n")).toEqual([
      "Message 0",
      "Took 3.5 s to the last message of the turn",
      "58,120 input and 240 output tokens in 2 responses, as recorded",
      "About 0.1477 USD at list prices",
    ]);
  });

  it("says nothing of what is unknown", async () => {
    filled(Promise.resolve({ turns: [[4, 1, 1_000, 1, null]], currency: null }));
    await settled();
    expect(words()).toEqual(["09:05 · 3.5 s", "1k / 1"]);
  });

  it("has its time alone where the figures can't be read", async () => {
    filled(Promise.reject(new Error("no")));
    await settled();
    expect(words()).toEqual(["09:05 · 3.5 s", ""]);
  });

  it("keeps its figures while the same conversation is read again, and not in another one", async () => {
    filled(Promise.resolve(FIGURES));
    await settled();
    outline.fill([...QUESTIONS, [6, "Figs?", null, null]]);
    expect(words()[0]).toContain("58.1k");
    outline.fill([[0, "Another?", null, null]]);
    expect(words()).toEqual([""]);
  });

  it("asks for figures only where it is seen", async () => {
    let asked = 0;
    const questions = [...QUESTIONS];
    offerFigures(questions, async () => {
      asked += 1;
      return FIGURES;
    });
    let height = 0;
    const list = outline.element.querySelector(".entries") as HTMLElement;
    Object.defineProperty(list, "clientHeight", { get: () => height, configurable: true });
    outline.fill(questions);
    expect(asked).toBe(0);
    height = 400;
    outline.paint();
    outline.paint();
    await settled();
    expect([asked, words()[0]]).toEqual([1, "09:05 · 3.5 s · 58.1k / 240 · $0.148"]);
  });

  it("ignores figures of turns that are no longer shown", async () => {
    filled(Promise.resolve(FIGURES));
    outline.fill([[0, "Another?", null, null]]);
    await settled();
    expect(words()).toEqual([""]);
  });
});

describe("its figures", () => {
  it.each([
    [0.14774, "USD", "$0.148"],
    [12.5, "USD", "$12.50"],
    [0.0004, "USD", "<$0.001"],
    [0, "USD", "$0.000"],
    [0.2, "EUR", "0.200 EUR"],
  ])("tell the cost %d %s as %s", (cost, currency, told) => expect(costWords(cost, currency)).toBe(told));

  it.each([
    [240, "240"],
    [58_120, "58.1k"],
    [1_234_567, "1.23M"],
  ])("tell %d as %s", (value, told) => expect(shortNumber(value)).toBe(told));
});
