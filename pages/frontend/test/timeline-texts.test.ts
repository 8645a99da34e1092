import { describe, expect, it } from "vitest";
import { isCut } from "../src/timeline/controllers/text-reader";
import { foldCase, rangesIn } from "../src/timeline/matching";
import { isLong } from "../src/timeline/text-block";
import { Typewriter } from "../src/timeline/typewriter";
import { randomFrom } from "./support/random";

function element(html: string): HTMLElement {
  const made = document.createElement("div");
  made.innerHTML = html;
  return made;
}

const given = (length: number) => ({ text: "", length, laid: false });

describe("a text", () => {
  it.each([
    ["", 20, false],
    ["x".repeat(1_800), 20, false],
    ["x".repeat(1_801), 20, true],
    ["x\n".repeat(19), 20, false],
    ["x\n".repeat(20), 20, true],
    ["a\nb", 1, true],
  ])("is long by its characters or its lines: case %#", (text, lines, long) => {
    expect(isLong(text, lines)).toBe(long);
  });

  it("is cut where it has more characters than a window brings", () => {
    expect([isCut(given(20_000)), isCut(given(20_001))]).toEqual([false, true]);
  });
});

describe("folding the case", () => {
  it.each([
    ["Straße", "strasse"],
    ["ΣΊΣΥΦΟΣ", "σίσυφοσ"],
    ["ﬁne", "fine"],
    ["😀A", "😀a"],
    ["", ""],
  ])("of %s gives %s", (text, folded) => {
    expect(foldCase(text)[0]).toBe(folded);
  });

  it("keeps for each unit its place in the text, and the text's end", () => {
    expect(foldCase("ßa")).toEqual(["ssa", [0, 0, 1, 2]]);
    expect(foldCase("😀b")[1]).toEqual([0, 0, 2, 3]);
  });

  it("folds every text to what its characters fold to, with places that lead back", () => {
    const random = randomFrom(3);
    const characters = [..."aZßİıŒﬁ😀𝒜 é\u0301\ud800Ω"];
    for (let n = 0; n < 300; n += 1) {
      const text = Array.from({ length: 12 }, () => characters[Math.floor(random() * characters.length)]).join("");
      const [folded, places] = foldCase(text);
      expect(folded).toBe([...text].map((character) => character.toUpperCase().toLowerCase()).join(""));
      expect([places.length, places.at(-1)]).toEqual([folded.length + 1, text.length]);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    }
  });
});

describe("words in an element", () => {
  const words = (html: string, wanted: string) => rangesIn(element(html), wanted).map((range) => range.toString());

  it.each([
    ["Zebra zebra ZEBRA", "zebra", ["Zebra", "zebra", "ZEBRA"]],
    ["one <b>two</b> three", "e two t", ["e two t"]],
    ["<i>STRASSE</i> and Straße", "strasse", ["STRASSE", "Straße"]],
    ["aaaa", "aa", ["aa", "aa"]],
    ["😀😀", "😀", ["😀", "😀"]],
    ["nothing here", "zebra", []],
    ["", "x", []],
  ])("of %s: %s is found as it stands", (html, wanted, found) => {
    expect(words(html, wanted)).toEqual(found);
  });

  it("are five hundred at most", () => {
    expect(words("ab ".repeat(900), "ab")).toHaveLength(500);
  });

  it("are all found, across elements too, wherever they stand", () => {
    const random = randomFrom(11);
    for (let n = 0; n < 200; n += 1) {
      const pieces = Array.from({ length: 6 }, () => ["ab", "b", "aab", "x", "Ab"][Math.floor(random() * 5)] as string);
      const made = element(pieces.map((piece) => (random() < 0.5 ? `<b>${piece}</b>` : piece)).join(""));
      const text = pieces.join("").toLowerCase();
      const ranges = rangesIn(made, "ab");
      expect(ranges.map((range) => range.toString().toLowerCase())).toEqual(text.match(/ab/g) ?? []);
    }
  });
});

describe("a typewriter", () => {
  it("writes up to a share of the text, and opens an element with the text that follows it", () => {
    const made = element("<p>one</p><p>two</p>");
    const typewriter = new Typewriter(made);
    expect(made.textContent).toBe("");
    typewriter.to(0.5);
    expect(made.textContent).toBe("one");
    expect([...made.children].map((child) => (child as HTMLElement).hidden)).toEqual([false, true]);
    typewriter.to(1);
    expect(made.innerHTML).toBe("<p>one</p><p>two</p>");
  });

  it("never takes back, and opens at its end what has no text", () => {
    const made = element("words<hr>");
    const typewriter = new Typewriter(made);
    typewriter.to(0.8);
    typewriter.to(0.2);
    expect([made.textContent, made.querySelector("hr")?.hidden]).toEqual(["word", true]);
    typewriter.to(1);
    expect(made.innerHTML).toBe("words<hr>");
  });

  it("never splits a character in two", () => {
    for (let share = 0; share <= 1; share += 0.05) {
      const made = element("<b>😀</b>😀a😀");
      new Typewriter(made).to(share);
      expect(made.textContent).not.toMatch(/\p{Cs}/u);
    }
  });

  it("ends with the text as it was, however it is told to go on", () => {
    const random = randomFrom(5);
    const html = "<h1>Title</h1><p>It is <b>12</b> km 🚲<br>away</p><ul><li>a</li><li></li></ul>";
    for (let n = 0; n < 100; n += 1) {
      const made = element(html);
      const typewriter = new Typewriter(made);
      let before = "";
      for (let share = 0; share < 1; share += random() / 4) {
        typewriter.to(share);
        expect(made.textContent?.startsWith(before)).toBe(true);
        before = made.textContent ?? "";
      }
      typewriter.to(1);
      expect(made.innerHTML).toBe(html);
    }
  });
});
