// Text on its way to the screen: nothing is ever parsed as HTML here, and what can't be seen gets a glyph.

import { h, textNodesOf } from "./dom";

// Controls but tab and newline, soft hyphen, zero-width, bidi, lone surrogates, tags, odd variation selectors.
// A joiner or selector inside an emoji is left alone: the picture shows it.
export const UNSEEN = new RegExp(
  "[\\u0000-\\u0008\\u000B-\\u001F\\u007F-\\u009F\\u00AD\\u061C\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F" +
    "\\u200B\\u200C\\u200E\\u200F\\u2028-\\u202E\\u2060-\\u206F\\u3164\\uFEFF\\uFFA0\\uFFF0-\\uFFFB]|" +
    "(?<![\\p{Extended_Pictographic}\\uFE0F\\p{Emoji_Modifier}])\\u200D|" +
    "(?<=[\\uFE00-\\uFE0F])[\\uFE00-\\uFE0F]|" +
    "\\p{Cs}|[\\u{E0000}-\\u{E0FFF}]",
  "gu",
);
const NAMES: Record<number, string> = {
  0: "NUL",
  8: "backspace",
  13: "carriage return",
  27: "escape",
  127: "delete",
  173: "soft hyphen",
  1564: "Arabic letter mark",
  8203: "zero width space",
  8204: "zero width non-joiner",
  8205: "zero width joiner",
  8206: "left-to-right mark",
  8207: "right-to-left mark",
  8232: "line separator",
  8233: "paragraph separator",
  8234: "left-to-right embedding",
  8235: "right-to-left embedding",
  8236: "pop directional formatting",
  8237: "left-to-right override",
  8238: "right-to-left override",
  8288: "word joiner",
  8294: "left-to-right isolate",
  8295: "right-to-left isolate",
  8296: "first strong isolate",
  8297: "pop directional isolate",
  65279: "byte order mark",
};
const CONTROLS = (
  "NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM " +
  "SUB ESC FS GS RS US"
).split(" ");
const MOST_GLYPHS = 150;
const MOST_IN_A_GLYPH = 40;
const MOST_NAMES = 6;

interface GlyphRun {
  shown: string[];
  names: string[];
}

const hex = (point: number): string => `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;

// search, unlike test, leaves no position behind in the expression
export const hasUnseen = (text: string): boolean => text.search(UNSEEN) >= 0;

const glyph = (point: number): string => (point === 0x7f ? "DEL" : (CONTROLS[point] ?? hex(point)));

function pointName(point: number): string {
  if (point >= 0xd800 && point <= 0xdfff) return `${hex(point)} lone surrogate`;
  if (point >= 0xe0000 && point <= 0xe007f) return `${hex(point)} invisible tag character`;
  return NAMES[point] ? `${hex(point)} ${NAMES[point]}` : hex(point);
}

// The text in runs: plain text, and neighbouring unseen characters as one glyph. After many glyphs they are
// spelled out in the plain text.
export function runsOf(text: string): (string | GlyphRun)[] {
  const runs: (string | GlyphRun)[] = [];
  let plain = "";
  let at = 0;
  let glyphs = 0;
  let run: GlyphRun | null = null;
  for (const match of text.matchAll(UNSEEN)) {
    const between = text.slice(at, match.index);
    const point = match[0].codePointAt(0) as number;
    at = match.index + match[0].length;
    if (run && !between) {
      run.shown.push(glyph(point));
      if (run.names.length < MOST_NAMES) run.names.push(pointName(point));
      continue;
    }
    plain += between;
    if (glyphs >= MOST_GLYPHS) {
      run = null;
      plain += `\u27e6${glyph(point)}\u27e7`;
      continue;
    }
    if (plain) runs.push(plain);
    plain = "";
    run = { shown: [glyph(point)], names: [pointName(point)] };
    glyphs += 1;
    runs.push(run);
  }
  plain += text.slice(at);
  if (plain) runs.push(plain);
  return runs;
}

// The text as nodes: plain runs as text, unseen characters as small marked glyphs.
export function textNodes(text: string): Node[] {
  if (!hasUnseen(text)) return [document.createTextNode(text)];
  return runsOf(text).map((run) => (typeof run === "string" ? document.createTextNode(run) : glyphElement(run)));
}

function glyphElement({ shown, names }: GlyphRun): HTMLElement {
  const words =
    shown.length > MOST_IN_A_GLYPH ? [...shown.slice(0, MOST_IN_A_GLYPH), `… ${shown.length} in all`] : shown;
  return h("span", { class: "glyph", title: names.join(", "), text: words.join(" ") });
}

export function fill<Kind extends Element>(element: Kind, text: string): Kind {
  element.replaceChildren(...textNodes(text));
  return element;
}

// Puts the glyphs into HTML that the server made safe: only its text nodes are touched.
export function markUnseen(root: Node): void {
  for (const node of textNodesOf(root)) if (hasUnseen(node.data)) node.replaceWith(...textNodes(node.data));
}
