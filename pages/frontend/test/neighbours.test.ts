import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { neighboursElement } from "../src/facts/neighbours";
import { keepList, type LeftList, leftList } from "../src/shared/left-list";

const WHOLE = { before: 0, total: 3, newer: null, older: null };
const LIST: LeftList = { id: "a", pages: [{ list: "/sessions?words=pears", ids: ["a", "b c", "d"] }], ...WHOLE };
const MIDDLE: LeftList = {
  id: "m",
  pages: [{ list: "/sessions?words=pears&view=masked&place=older~5~l", ids: ["m", "n"] }],
  before: 4,
  total: 9,
  newer: "newer~5~m",
  older: "older~3~n",
};

let asked: string[];

beforeEach(() => {
  window.sessionStorage.clear();
  window.history.replaceState(null, "", "/session?id=a&tab=payload&message=3&tz=Asia%2FTokyo");
  asked = [];
});
afterEach(() => vi.unstubAllGlobals());

const links = (element: HTMLElement | null): (string | null)[][] =>
  [...(element?.querySelectorAll("a") ?? [])].map((link) => [link.textContent, link.getAttribute("href")]);
const labels = (element: HTMLElement | null): (string | null | undefined)[] => links(element).map(([label]) => label);

function answering(answer: unknown, status = 200): void {
  vi.stubGlobal("fetch", async (address: string) => {
    asked.push(address);
    return new Response(JSON.stringify(answer), { status });
  });
}
const settled = () => new Promise((resolve) => setTimeout(resolve));

it("offers nothing for a session that no list led to", () => {
  expect(neighboursElement("a")).toBeNull();
  keepList(LIST);
  expect(neighboursElement("elsewhere")).toBeNull();
});

it("leads to the session before and after, on the same tab, and back to the list at the session now shown", () => {
  keepList(LIST);
  expect(links(neighboursElement("b c"))).toEqual([
    ["Back to list", "/sessions?words=pears"],
    ["‹ Previous", "/session?id=a&tz=Asia%2FTokyo&tab=payload"],
    ["Next ›", "/session?id=d&tz=Asia%2FTokyo&tab=payload"],
  ]);
  expect(leftList()?.id).toBe("b c");
  const last = neighboursElement("d");
  expect(labels(last)).toEqual(["Back to list", "‹ Previous"]);
  expect(last?.textContent).toContain("3 of 3");
});

it("is one step in the history, without a new page", () => {
  keepList(LIST);
  const element = neighboursElement("a") as HTMLElement;
  let steps = 0;
  window.addEventListener("popstate", () => {
    steps += 1;
  });
  window.history.replaceState(null, "", "/session?id=a&tab=tokens"); // another tab was opened meanwhile
  element.querySelectorAll("a")[1]?.click();
  expect([window.location.search, steps]).toEqual(["?id=b+c&tab=tokens", 1]);
});

it("goes on over the list's next page, which is asked for at the end of the known ones", async () => {
  answering({ ids: ["o", "m", "p"], newer: "newer~2~o", older: "older~1~p" }); // m moved in the list meanwhile
  keepList(MIDDLE);
  const element = neighboursElement("n");
  expect(labels(element)).toEqual(["Back to list", "‹ Previous"]);
  await settled();
  expect(links(element).at(-1)).toEqual(["Next ›", "/session?id=o&tz=Asia%2FTokyo&tab=payload"]);
  expect(element?.textContent).toContain("6 of 9");
  const query = new URLSearchParams(asked[0]?.split("?")[1]);
  expect(asked).toHaveLength(1);
  expect([query.get("words"), query.get("place"), query.get("view")]).toEqual(["pears", "older~3~n", null]);
  const next = neighboursElement("o"); // nothing is asked for in the middle
  expect(asked).toHaveLength(1);
  expect(links(next)[0]?.[1]).toBe("/sessions?words=pears&view=masked&place=older%7E3%7En");
  expect(next?.textContent).toContain("7 of 9");
  expect(labels(neighboursElement("n"))).toHaveLength(3); // the browser's way back
});

it("goes back over the page before, and numbers what it found there", async () => {
  answering({ ids: ["k", "l"], newer: "newer~7~k", older: "older~6~l" });
  keepList(MIDDLE);
  const element = neighboursElement("m");
  await settled();
  expect(links(element)[1]?.[1]).toContain("id=l&");
  expect(element?.textContent).toContain("5 of 9");
  expect(neighboursElement("l")?.textContent).toContain("4 of 9");
});

it("ends where the list ends, also if that shows only when it is asked", async () => {
  answering({ ids: [], newer: "newer~2~o", older: null });
  keepList(MIDDLE);
  const element = neighboursElement("n");
  await settled();
  const last = element?.querySelector("[data-side=older]");
  expect([last?.getAttribute("aria-disabled"), last?.getAttribute("aria-busy")]).toEqual(["true", null]);
  neighboursElement("n");
  expect(asked).toHaveLength(1);
});

it("says that the rest can't be read, and asks anew the next time", async () => {
  answering({ error: "no" }, 503);
  keepList(MIDDLE);
  const element = neighboursElement("n");
  await settled();
  expect(element?.querySelector("[data-side=older]")?.getAttribute("title")).toContain("can't be read");
  answering({ ids: ["o"], newer: null, older: null });
  const again = neighboursElement("n");
  await settled();
  expect(labels(again)).toHaveLength(3);
});

it("asks once for a page while it is on its way", async () => {
  answering({ ids: ["o"], newer: null, older: null });
  keepList(MIDDLE);
  neighboursElement("n");
  neighboursElement("n");
  await settled();
  expect(asked).toHaveLength(1);
  expect(leftList()?.pages.map(({ ids }) => ids)).toEqual([["m", "n"], ["o"]]);
});

it("gives no number where the place is unknown", () => {
  keepList({ ...LIST, before: null, total: null, older: "older~1~d" });
  expect(neighboursElement("b c")?.textContent).toBe("Back to list‹ PreviousNext ›");
});

it("steps by the keys [ and ], not while one types, and only as long as it is in the page", () => {
  keepList(LIST);
  const element = neighboursElement("b c") as HTMLElement;
  const input = document.createElement("input");
  document.body.replaceChildren(element, input);
  const press = (key: string, target: Element = document.body) =>
    target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true }));
  const id = () => new URLSearchParams(window.location.search).get("id");
  press("]", input);
  expect(id()).toBe("a"); // the address that the test began with
  press("]");
  expect(id()).toBe("d");
  document.documentElement.dataset.presenter = "on";
  press("[");
  expect(id()).toBe("d");
  delete document.documentElement.dataset.presenter;
  press("[");
  expect(id()).toBe("a");
  element.remove();
  press("]");
  expect(id()).toBe("a");
});
