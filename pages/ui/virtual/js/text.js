// Text on its way to the screen: nothing is ever parsed as HTML here, and what can't be seen gets a glyph.

function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "text") element.textContent = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// Controls but tab and newline, soft hyphen, zero-width, bidi, lone surrogates, tags, odd variation selectors.
// A joiner or selector inside an emoji is left alone: the picture shows it.
const UNSEEN = new RegExp(
  "[\\u0000-\\u0008\\u000B-\\u001F\\u007F-\\u009F\\u00AD\\u061C\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F" +
    "\\u200B\\u200C\\u200E\\u200F\\u2028-\\u202E\\u2060-\\u206F\\u3164\\uFEFF\\uFFA0\\uFFF0-\\uFFFB]|" +
    "(?<![\\p{Extended_Pictographic}\\uFE0F\\p{Emoji_Modifier}])\\u200D|" +
    "(?<=[\\uFE00-\\uFE0F])[\\uFE00-\\uFE0F]|" +
    "\\p{Cs}|[\\u{E0000}-\\u{E0FFF}]",
  "gu",
);
const NAMES = {
  0: "NUL", 0x08: "backspace", 0x0d: "carriage return", 0x1b: "escape", 0x7f: "delete", 0xad: "soft hyphen",
  0x61c: "Arabic letter mark", 0x200b: "zero width space", 0x200c: "zero width non-joiner",
  0x200d: "zero width joiner", 0x200e: "left-to-right mark", 0x200f: "right-to-left mark",
  0x2028: "line separator", 0x2029: "paragraph separator", 0x202a: "left-to-right embedding",
  0x202b: "right-to-left embedding", 0x202c: "pop directional formatting", 0x202d: "left-to-right override",
  0x202e: "right-to-left override", 0x2060: "word joiner", 0x2066: "left-to-right isolate",
  0x2067: "right-to-left isolate", 0x2068: "first strong isolate", 0x2069: "pop directional isolate",
  0xfeff: "byte order mark",
};
const CONTROLS = ("NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM " +
  "SUB ESC FS GS RS US").split(" ");
const MOST_GLYPHS = 150;

const hex = (point) => `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;

// search, unlike test, leaves no position behind in the expression
const hasUnseen = (text) => text.search(UNSEEN) >= 0;

function glyph(point) {
  return point === 0x7f ? "DEL" : CONTROLS[point] ?? hex(point);
}

function pointName(point) {
  if (point >= 0xd800 && point <= 0xdfff) return `${hex(point)} lone surrogate`;
  if (point >= 0xe0000 && point <= 0xe007f) return `${hex(point)} invisible tag character`;
  return NAMES[point] ? `${hex(point)} ${NAMES[point]}` : hex(point);
}

// The text as nodes: plain runs as text, unseen characters as small marked glyphs, runs of them as one.
function textNodes(text) {
  if (!hasUnseen(text)) return [document.createTextNode(text)];
  const nodes = [];
  let plain = "";
  let at = 0;
  let glyphs = 0;
  let run = null;
  for (const match of text.matchAll(UNSEEN)) {
    const between = text.slice(at, match.index);
    const point = match[0].codePointAt(0);
    at = match.index + match[0].length;
    if (run && !between) {
      run.shown.push(glyph(point));
      if (run.names.length < 6) run.names.push(pointName(point));
      continue;
    }
    plain += between;
    if (glyphs >= MOST_GLYPHS) {
      plain += `\u27e6${glyph(point)}\u27e7`;
      continue;
    }
    if (plain) nodes.push(plain);
    plain = "";
    run = { shown: [glyph(point)], names: [pointName(point)] };
    glyphs += 1;
    nodes.push(run);
  }
  plain += text.slice(at);
  if (plain) nodes.push(plain);
  return nodes.map((node) =>
    typeof node === "string" ? document.createTextNode(node) : glyphElement(node));
}

function glyphElement(run) {
  const shown = run.shown.length > 40 ? [...run.shown.slice(0, 40), `… ${run.shown.length} in all`] : run.shown;
  return h("span", { class: "glyph", title: run.names.join(", "), text: shown.join(" ") });
}

function fill(element, text) {
  element.replaceChildren(...textNodes(text));
  return element;
}

// The same marks in HTML that the server made safe: only its text nodes are touched.
function markUnseen(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    if (hasUnseen(walker.currentNode.data)) found.push(walker.currentNode);
  }
  for (const node of found) node.replaceWith(...textNodes(node.data));
}

const NUMBER = new Intl.NumberFormat();
const many = (count, one, more = `${one}s`) => `${NUMBER.format(count)} ${count === 1 ? one : more}`;
const CLOCK_PARTS = {
  day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
};
let clocks = null;

// The zone that the page shows times in, by its name; every component is told with its data.
function useZone(timeZone) {
  const format = (parts) => new Intl.DateTimeFormat(undefined, { ...parts, timeZone });
  try {
    clocks = {
      zone: timeZone || "your zone",
      year: format({ year: "numeric" }),
      thisYear: format(CLOCK_PARTS),
      otherYears: format({ ...CLOCK_PARTS, year: "numeric" }),
      calendar: format({ dateStyle: "full", timeStyle: "long" }),
    };
  } catch {
    useZone(undefined); // a zone that the browser does not know
  }
}
useZone(undefined);

function timeElement(at) {
  if (!at) return null;
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return h("span", { class: "quiet", text: at });
  const utc = at.replace("T", " ").replace("+00:00", " UTC");
  const thisYear = clocks.year.format(moment) === clocks.year.format(new Date());
  const clock = thisYear ? clocks.thisYear : clocks.otherYears;
  const title = `${utc}\n${clocks.calendar.format(moment)} (${clocks.zone})`;
  return h("time", { datetime: at, title, text: clock.format(moment) });
}

function gapWords(seconds) {
  if (seconds === null || seconds === undefined) return "";
  const sign = seconds < 0 ? "\u2212" : "+";
  const size = Math.abs(seconds);
  if (size < 9.95) return `${sign}${Number(size.toFixed(1))} s`;
  const whole = Math.round(size);
  if (whole < 60) return `${sign}${whole} s`;
  if (whole < 3600) return `${sign}${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86400) return `${sign}${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${sign}${Math.floor(whole / 86400)} d ${Math.floor((whole % 86400) / 3600)} h`;
}

// Without a secure origin there is no clipboard API: an old command still copies then.
async function copyText(text, root) {
  if (navigator.clipboard?.writeText) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch { /* refused: try the old way */ }
  }
  const area = h("textarea", { class: "aside", "aria-hidden": "true" });
  area.value = text;
  root.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}
