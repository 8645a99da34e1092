// Finds words in the page without regard to case, as ranges over its text.

import { textNodesOf } from "../shared/dom";
import { known, lastWhere } from "../shared/sorted";

const MOST_RANGES = 500;

// The text with its case folded one character at a time, and for each unit of it its place in the text.
export function foldCase(text: string): [folded: string, places: number[]] {
  const places: number[] = [];
  let folded = "";
  for (let at = 0; at < text.length; ) {
    const size = sizeAt(text, at);
    const fold = text
      .slice(at, at + size)
      .toUpperCase()
      .toLowerCase();
    for (let unit = 0; unit < fold.length; unit += 1) places.push(at);
    folded += fold;
    at += size;
  }
  places.push(text.length);
  return [folded, places];
}

// How many units the character at a place has.
const sizeAt = (text: string, at: number): number => ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);

// Where `wanted`, whose case is folded, stands in an element, also across its children.
export function rangesIn(element: Element, wanted: string): Range[] {
  const nodes: [start: number, node: Text][] = [];
  let text = "";
  for (const node of textNodesOf(element)) {
    nodes.push([text.length, node]);
    text += node.data;
  }
  const [folded, places] = foldCase(text);
  const ranges: Range[] = [];
  let at = folded.indexOf(wanted);
  while (at >= 0 && ranges.length < MOST_RANGES) {
    const end = at + wanted.length;
    const last = known(places, end - 1);
    ranges.push(rangeOf(nodes, known(places, at), last + sizeAt(text, last)));
    at = folded.indexOf(wanted, end);
  }
  return ranges;
}

function rangeOf(nodes: [start: number, node: Text][], start: number, end: number): Range {
  const nodeAt = (offset: number) =>
    known(
      nodes,
      Math.max(
        lastWhere(nodes.length, (n) => known(nodes, n)[0] <= offset),
        0,
      ),
    );
  const [from, first] = nodeAt(start);
  const [to, last] = nodeAt(end - 1);
  const range = document.createRange();
  range.setStart(first, start - from);
  range.setEnd(last, Math.min(end - to, last.data.length));
  return range;
}
