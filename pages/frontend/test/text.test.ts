import { describe, expect, it } from "vitest";
import { fill, hasUnseen, markUnseen, runsOf, textNodes } from "../src/shared/text";

const plainOf = (text: string): string =>
  runsOf(text)
    .filter((run) => typeof run === "string")
    .join("");

describe("what cannot be seen", () => {
  it.each([
    ["nothing", ""],
    ["words, a tab and a line break", "one\ttwo\nthree"],
    ["a no-break space", "10\u00a0km"],
    ["accents, also combining ones", "Z\u0337\u0322alg\u0361o é"],
    ["Arabic", "سلام"],
    ["a family joined by zero width joiners", "👩\u200d👩\u200d👧\u200d👦"],
    ["a joiner after a skin tone", "🧑🏽\u200d💻"],
    ["a joiner after a variation selector", "❤\ufe0f\u200d🔥"],
    ["a pair of surrogates", "😀"],
  ])("is not: %s", (_name, text) => {
    expect(hasUnseen(text)).toBe(false);
    expect(runsOf(text)).toEqual(text ? [text] : []);
  });

  it.each([
    ["NUL", "\0", "NUL", "U+0000 NUL"],
    ["a carriage return", "\r", "CR", "U+000D carriage return"],
    ["escape", "\x1b", "ESC", "U+001B escape"],
    ["a control without a longer name", "\x07", "BEL", "U+0007"],
    ["delete", "\x7f", "DEL", "U+007F delete"],
    ["a C1 control", "\x9b", "U+009B", "U+009B"],
    ["a soft hyphen", "\u00ad", "U+00AD", "U+00AD soft hyphen"],
    ["a zero width space", "\u200b", "U+200B", "U+200B zero width space"],
    ["a joiner that joins no picture", "\u200d", "U+200D", "U+200D zero width joiner"],
    ["an override of direction", "\u202e", "U+202E", "U+202E right-to-left override"],
    ["an isolate", "\u2066", "U+2066", "U+2066 left-to-right isolate"],
    ["a byte order mark", "\ufeff", "U+FEFF", "U+FEFF byte order mark"],
    ["the first half of a character", "\ud83d", "U+D83D", "U+D83D lone surrogate"],
    ["the second half of a character", "\ude00", "U+DE00", "U+DE00 lone surrogate"],
    ["a tag", "\u{e0041}", "U+E0041", "U+E0041 invisible tag character"],
    ["an extra variation selector of the last plane", "\u{e0100}", "U+E0100", "U+E0100"],
  ])("is: %s", (_name, character, shown, name) => {
    expect(runsOf(`a${character}b`)).toEqual(["a", { shown: [shown], names: [name] }, "b"]);
  });

  it("is a second variation selector, not the first", () => {
    expect(runsOf("❤\ufe0f\ufe0f")).toEqual(["❤\ufe0f", { shown: ["U+FE0F"], names: ["U+FE0F"] }]);
  });

  it("is found as often as it is asked for", () => {
    expect([1, 2, 3].map(() => hasUnseen("a\u200b"))).toEqual([true, true, true]);
    expect(hasUnseen("\u200ba")).toBe(true);
  });
});

describe("runs of text", () => {
  it("hold neighbours in one glyph, and name six of them at most", () => {
    const [run, ...rest] = runsOf("\0\x01\x02\x03\x04\x05\x06\x07");
    expect(rest).toEqual([]);
    expect(run).toEqual({
      shown: ["NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL"],
      names: ["U+0000 NUL", "U+0001", "U+0002", "U+0003", "U+0004", "U+0005"],
    });
  });

  it("keep all plain text in its order", () => {
    expect(plainOf("\u200bone\u200b two \u202e\u202cthree\0")).toBe("one two three");
  });

  it("spell out in the plain text what comes after 150 glyphs, neighbours too", () => {
    const runs = runsOf(`${"x\0".repeat(150)}y\u200b\u200bz\x1b`);
    expect(runs.filter((run) => typeof run !== "string")).toHaveLength(150);
    expect(runs.at(-1)).toBe("y⟦U+200B⟧⟦U+200B⟧z⟦ESC⟧");
  });
});

describe("text as nodes", () => {
  it("is one text node where everything can be seen, also of an empty text", () => {
    expect(textNodes("").map((node) => node.textContent)).toEqual([""]);
    expect(textNodes("<b>bold</b>").map((node) => [node.nodeType, node.textContent])).toEqual([[3, "<b>bold</b>"]]);
  });

  it("shows forty characters of a glyph and counts the rest", () => {
    const fits = textNodes("\0".repeat(40))[0] as HTMLElement;
    expect(fits.textContent).toBe(Array(40).fill("NUL").join(" "));
    const more = textNodes("\0".repeat(41))[0] as HTMLElement;
    expect(more.textContent).toBe(`${Array(40).fill("NUL").join(" ")} … 41 in all`);
  });

  it("replaces what an element had and never becomes markup", () => {
    const element = fill(document.createElement("p"), "before");
    fill(element, '<img src=x onerror="alert(1)">\u202e"><script>');
    expect([...element.children].map((child) => [child.tagName, child.className])).toEqual([["SPAN", "glyph"]]);
    expect(element.textContent).toBe('<img src=x onerror="alert(1)">U+202E"><script>');
    expect(element.querySelector(".glyph")?.getAttribute("title")).toBe("U+202E right-to-left override");
  });

  it("marks the text inside safe HTML and leaves elements and attributes alone", () => {
    const root = document.createElement("div");
    root.innerHTML = '<p title="a\u200bb">one\u200b <em>two\u202e</em></p><code>three</code>';
    const code = root.querySelector("code")?.firstChild;
    markUnseen(root);
    expect([...root.querySelectorAll(".glyph")].map((glyph) => glyph.textContent)).toEqual(["U+200B", "U+202E"]);
    expect(root.querySelector("em > .glyph")).not.toBeNull();
    expect(root.querySelector("p")?.title).toBe("a\u200bb");
    expect(root.querySelector("code")?.firstChild).toBe(code);
  });
});
