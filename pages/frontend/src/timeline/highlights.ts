// Colours inside a text are highlights over ranges, not elements: a megabyte of JSON is still one text node.

const NAMES = ["tl-key", "tl-hit", "tl-hit-now"] as const;
type Name = (typeof NAMES)[number];

const MOST_KEYS = 3000;
const JSON_KEY = /"(?:[^"\\\n]|\\.)*"(?=\s*:)/g;

const keyRanges = new WeakMap<Element, StaticRange[]>();

// One of each name for all timelines of the page; none where the browser has no highlights.
const highlights: Map<Name, Highlight> | null = (() => {
  if (!globalThis.CSS?.highlights || !globalThis.Highlight) return null;
  const named = new Map<Name, Highlight>();
  NAMES.forEach((name, priority) => {
    const highlight = CSS.highlights.get(name) ?? new Highlight();
    highlight.priority = priority;
    CSS.highlights.set(name, highlight);
    named.set(name, highlight);
  });
  return named;
})();

export function paint(name: Name, range: AbstractRange): void {
  highlights?.get(name)?.add(range);
}

export function unpaint(name: Name, range: AbstractRange): void {
  highlights?.get(name)?.delete(range);
}

export function clearPaint(name: Name): void {
  highlights?.get(name)?.clear();
}

// Tells the keys of laid out JSON apart.
export function paintKeys(element: Element): void {
  if (!highlights) return;
  const ranges: StaticRange[] = [];
  keyRanges.set(element, ranges);
  for (const node of element.childNodes) {
    if (!(node instanceof Text)) continue;
    for (const { 0: key, index } of node.data.matchAll(JSON_KEY)) {
      if (ranges.length >= MOST_KEYS) return;
      const range = new StaticRange({
        startContainer: node,
        startOffset: index,
        endContainer: node,
        endOffset: index + key.length,
      });
      paint("tl-key", range);
      ranges.push(range);
    }
  }
}

// Ranges of rows that left the page would keep their nodes in memory.
export function dropKeys(row: Element): void {
  if (!highlights) return;
  for (const element of row.querySelectorAll(".json")) {
    for (const range of keyRanges.get(element) ?? []) unpaint("tl-key", range);
    keyRanges.delete(element);
  }
}
