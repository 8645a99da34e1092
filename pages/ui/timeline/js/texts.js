// One text of a message: folded when long, more of it on demand, JSON keys told apart, found words lit.
// Colours inside a text are highlights over ranges, not elements: a megabyte of JSON is still one text node.

const FOLD_LINES = 20;
const ARGUMENT_LINES = 12;
const MOST_KEYS = 3000;
const JSON_KEY = /"(?:[^"\\\n]|\\.)*"(?=\s*:)/g;

const paints = (() => {
  if (!globalThis.CSS?.highlights || !globalThis.Highlight) return null;
  const named = {};
  for (const name of ["tl-key", "tl-hit", "tl-hit-now"]) {
    named[name] = CSS.highlights.get(name) ?? new Highlight();
    CSS.highlights.set(name, named[name]);
  }
  named["tl-hit"].priority = 1;
  named["tl-hit-now"].priority = 2;
  return named;
})();

function paintKeys(element) {
  if (!paints) return;
  let left = MOST_KEYS;
  for (const node of element.childNodes) {
    if (node.nodeType !== Node.TEXT_NODE) continue;
    for (const match of node.data.matchAll(JSON_KEY)) {
      if ((left -= 1) < 0) return;
      const range = new StaticRange({ startContainer: node, startOffset: match.index,
        endContainer: node, endOffset: match.index + match[0].length });
      paints["tl-key"].add(range);
      (element.keyRanges ??= []).push(range);
    }
  }
}

function dropRanges(root) {
  if (!paints) return;
  for (const element of root.querySelectorAll(".json")) {
    for (const range of element.keyRanges ?? []) paints["tl-key"].delete(range);
    element.keyRanges = null;
  }
}

// A text block. `name` is the part's name in the text route; `given` what the window brought of it.
function textBlock(view, ordinal, name, given, { code = false, lines = FOLD_LINES, label = "text" } = {}) {
  const { position } = view.place(ordinal);
  const key = `${ordinal} ${name}`;
  const held = view.source.text(position, name);
  const text = held && held.text.length > given.text.length ? held.text : given.text;
  const whole = held?.length ?? given.length;
  const rest = held ? held.next !== null : given.text.length > 0 && cutShort(given);
  const open = view.isOpenText(ordinal, key);
  const body = fill(h("div", { class: `text${code ? " code" : ""}`, dir: code ? "ltr" : "auto", "data-find": position,
    "data-part": name }), text);
  if (code && given.laid) {
    body.classList.add("json");
    paintKeys(body);
  }
  const block = h("div", { class: "block" }, open ? body : h("div", { class: "clip", style: `--lines:${lines}` }, body));
  if (!open) {
    block.append(h("button", { class: "link more", type: "button", onclick: () => view.openText(ordinal, key),
      text: `Show all (${many(whole, "character")})`, "aria-label": `Show all of the ${label}` }));
  } else {
    block.append(...openFooter(view, ordinal, { key, name, position, text, whole, rest, long: isLong(text, lines) }));
  }
  return block;
}

// Python counts code points, JavaScript half of each: compare with what was cut, never with .length.
const cutShort = (given) => given.length > 20_000;
const isLong = (text, lines) => text.length > lines * 90 || text.split("\n", lines + 1).length > lines;

function openFooter(view, ordinal, { key, name, position, text, whole, rest, long }) {
  const footer = [];
  if (rest) {
    const shown = NUMBER.format([...text].length);
    footer.push(h("span", { class: "quiet", text: `${shown} of ${many(whole, "character")} ` }),
      h("button", { class: "link", type: "button", text: "Show 100,000 more",
        onclick: (event) => view.moreText(event.currentTarget, ordinal, position, name) }));
  }
  if (long) {
    footer.push(h("button", { class: "link", type: "button", text: "Show less",
      onclick: () => view.closeText(ordinal, key) }));
  }
  return footer.length ? [h("div", { class: "footer" }, ...footer)] : [];
}

// The server's safe HTML: parsed without running or loading, refused if it is out of all proportion.
function renderedBlock(view, ordinal, html, cut) {
  const template = document.createElement("template");
  template.innerHTML = html;
  if (template.content.querySelectorAll("*").length > 500) {
    return [h("p", { class: "note", text: "Too many parts to render: shown exactly." }), null];
  }
  markUnseen(template.content);
  const key = `${ordinal} content`;
  const open = view.isOpenText(ordinal, key);
  const body = h("div", { class: "text markdown", dir: "auto", "data-find": view.place(ordinal).position,
    "data-part": "content" }, template.content);
  const block = h("div", { class: "block" }, open ? body : h("div", { class: "clip", style: `--lines:${FOLD_LINES}` }, body));
  if (!open) {
    block.append(h("button", { class: "link more", type: "button", text: "Show all",
      onclick: () => view.openText(ordinal, key) }));
  }
  if (cut) block.append(h("div", { class: "quiet", text: `Rendered from the first 20,000 of ${many(cut, "character")}.` }));
  return [null, block];
}

// Case folded one character at a time, so that an offset in the fold leads back to the text.
function folded(text) {
  const map = [];
  let out = "";
  for (let at = 0; at < text.length; ) {
    const size = text.codePointAt(at) > 0xffff ? 2 : 1;
    const fold = text.slice(at, at + size).toUpperCase().toLowerCase();
    for (let k = 0; k < fold.length; k += 1) map.push(at);
    out += fold;
    at += size;
  }
  map.push(text.length);
  return [out, map];
}

function rangesIn(element, wanted, most = 500) {
  const nodes = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let text = "";
  while (walker.nextNode()) {
    nodes.push([text.length, walker.currentNode]);
    text += walker.currentNode.data;
  }
  const [fold, map] = folded(text);
  const ranges = [];
  for (let at = fold.indexOf(wanted); at >= 0 && ranges.length < most; at = fold.indexOf(wanted, at + wanted.length)) {
    ranges.push(rangeOf(nodes, map[at], map[at + wanted.length - 1] + 1));
  }
  return ranges;
}

function rangeOf(nodes, start, end) {
  const range = document.createRange();
  const [from, first] = nodeAt(nodes, start);
  const [to, last] = nodeAt(nodes, end - 1);
  range.setStart(first, start - from);
  range.setEnd(last, Math.min(end - to, last.data.length));
  return range;
}

function nodeAt(nodes, offset) {
  let low = 0;
  let high = nodes.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (nodes[middle][0] <= offset) low = middle;
    else high = middle - 1;
  }
  return nodes[low];
}
