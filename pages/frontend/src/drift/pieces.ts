// The pieces of a compared text: what is equal far from a difference is folded.

import { known } from "../shared/sorted";
import type { Piece } from "./types";

const AROUND = 120;

// Long equal stretches as what stands beside the differences.
export function nearDifferences(pieces: Piece[]): Piece[] {
  const last = pieces.length - 1;
  const cut = pieces.flatMap((piece, at): Piece[] => {
    const [kind, value] = piece;
    if (kind !== "same") return [piece];
    const before = at === 0 || known(pieces, at - 1)[0] === "equal" ? 0 : AROUND;
    const after = at === last || known(pieces, at + 1)[0] === "equal" ? 0 : AROUND;
    if (value.length <= before + after + AROUND) return [piece];
    return [
      ["same", value.slice(0, before)],
      ["equal", value.length - before - after],
      ["same", after ? value.slice(-after) : ""],
    ];
  });
  return joinFolds(cut.filter(([, value]) => value));
}

// Neighbouring folds as one.
function joinFolds(pieces: Piece[]): Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const before = joined.at(-1);
    if (piece[0] === "equal" && before?.[0] === "equal") joined.splice(-1, 1, ["equal", before[1] + piece[1]]);
    else joined.push(piece);
  }
  return joined;
}

// Whether a fold of these stands for text that the others show.
export function foldsMore(shown: Piece[], all: Piece[]): boolean {
  return shown.some(([kind, value], at) => kind === "equal" && all[at]?.[1] !== value);
}
