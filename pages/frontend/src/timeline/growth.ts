// Which messages of a copy that was read again are as they were: their rows keep their items and their heights.

import { known } from "../shared/sorted";
import type { Index } from "./types";

// The messages that are unchanged; null where the new copy is not the old one with changes and more at its end.
export function unchanged(before: Index, after: Index): Set<number> | null {
  if (!before.count || after.count < before.count) return null;
  const results = [resultsOf(before), resultsOf(after)] as const;
  const same = new Set<number>();
  for (let n = 0; n < before.count; n += 1) {
    if (before.positions[n] !== after.positions[n] || before.kinds[n] !== after.kinds[n]) return null;
    const columns = [before.lengths, before.lines, before.calls, before.notes, before.under] as const;
    const others = [after.lengths, after.lines, after.calls, after.notes, after.under] as const;
    const equal = columns.every((column, at) => column[n] === others[at]?.[n]);
    if (equal && (results[0].get(n) ?? 0) === (results[1].get(n) ?? 0)) same.add(n);
  }
  return same;
}

// How many results are shown in each message's row.
function resultsOf(index: Index): Map<number, number> {
  const counts = new Map<number, number>();
  for (let n = 0; n < index.count; n += 1) {
    const under = known(index.under, n);
    if (under >= 0) counts.set(under, (counts.get(under) ?? 0) + 1);
  }
  return counts;
}
