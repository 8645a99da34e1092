import { describe, expect, it } from "vitest";
import { isMeantFor } from "../src/shared/keys";
import { takesKey } from "../src/timeline/keys";

function element(html: string): Element {
  const made = document.createElement("div");
  made.innerHTML = html;
  return made.firstElementChild as Element;
}

const MOVES = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"];
const OTHERS = ["j", "/", "Escape", "+", "p"];

describe("a key", () => {
  it.each([
    ["<input>", true],
    ["<input type=search>", true],
    ["<textarea></textarea>", true],
    ["<select></select>", true],
    ["<div contenteditable></div>", true],
    ["<div contenteditable=true></div>", true],
    ["<div contenteditable=false></div>", false],
    ["<button>Replay</button>", false],
    ["<a href='#'>link</a>", false],
    ["<article tabindex=-1></article>", false],
  ])("is taken by %s: %s", (html, taken) => {
    for (const key of [...MOVES, ...OTHERS]) expect([key, takesKey(element(html), key)]).toEqual([key, taken]);
  });

  it("that presses is taken by what can be pressed", () => {
    const takes = (html: string) => takesKey(element(html), " ");
    expect(["<button></button>", "<a href='#'></a>", "<summary></summary>"].map(takes)).toEqual([true, true, true]);
    expect([takes("<article></article>"), takes("<div></div>")]).toEqual([false, false]);
  });

  it("is taken by a range where it moves the range", () => {
    const range = element("<input type=range>");
    expect(MOVES.filter((key) => !takesKey(range, key))).toEqual([]);
    expect([...OTHERS, " "].filter((key) => takesKey(range, key))).toEqual([]);
  });
});

describe("a key that is pressed", () => {
  const page = document.createElement("div");
  page.innerHTML =
    "<main><section class=host><div class=root><p tabindex=0></p></div></section></main><aside><input></aside>";
  document.body.replaceChildren(page);
  const [root, host] = [page.querySelector(".root") as Element, page.querySelector(".host") as Element];

  function isMeant(target: HTMLElement | null): boolean {
    target?.focus();
    let meant = false;
    const listen = (event: Event) => {
      meant = isMeantFor(event, root, host);
    };
    document.addEventListener("keydown", listen);
    (target ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, composed: true }));
    document.removeEventListener("keydown", listen);
    target?.blur();
    return meant;
  }

  it("is meant for the view inside it and on the page around it, not elsewhere", () => {
    expect(isMeant(page.querySelector("p"))).toBe(true);
    expect(isMeant(null)).toBe(true);
    expect(isMeant(page.querySelector("input"))).toBe(false);
  });
});
