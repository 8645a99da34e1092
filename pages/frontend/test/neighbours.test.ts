import { beforeEach, expect, it } from "vitest";
import { neighboursElement } from "../src/facts/neighbours";
import { keepList, leftList } from "../src/shared/left-list";

const LIST = { list: "/sessions?words=pears", id: "a", ids: ["a", "b c", "d"] };

beforeEach(() => {
  window.sessionStorage.clear();
  window.history.replaceState(null, "", "/session?id=a&tab=payload&message=3&tz=Asia%2FTokyo");
});

const links = (element: HTMLElement | null): (string | null)[][] =>
  [...(element?.querySelectorAll("a") ?? [])].map((link) => [link.textContent, link.getAttribute("href")]);

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
  expect(links(last).map(([label]) => label)).toEqual(["Back to list", "‹ Previous"]);
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
