// Which rows are shown: equal stretches are one line each but for a message beside each difference.

import { Layout } from "../shared/layout";
import { known } from "../shared/sorted";
import type { Index, Stretch } from "./types";

export const MOST_LINES = 12;
const LINE_HEIGHT = 20;
const FOLD_HEIGHT = 38;
const LEAST_FOLD = 3;
const QUIET = new Set(["equal", "windowed_cache", "reasoning_rows"]);

export const isQuiet = (kind: string): boolean => QUIET.has(kind);

export interface Fold {
  number: number;
  count: number;
}

export class Rows extends Layout {
  readonly folds = new Map<number, Fold>();

  constructor(
    readonly index: Index,
    private readonly unfolded: ReadonlySet<number>,
  ) {
    super(index.count);
    this.filter();
  }

  stretchOf(ordinal: number): Stretch {
    return known(this.index.stretches, known(this.index.stretch, ordinal));
  }

  // The rows of a stretch that its line stands for: [first, count], count 0 for none.
  private hidden(number: number): [first: number, count: number] {
    const { stretches } = this.index;
    const { kind, first, count } = known(stretches, number);
    if (!isQuiet(kind) || this.unfolded.has(number)) return [first, 0];
    const before = number > 0 ? 1 : 0;
    const after = number < stretches.length - 1 ? 1 : 0;
    const hidden = count - before - after;
    return hidden >= LEAST_FOLD ? [first + before, hidden] : [first, 0];
  }

  filter(): void {
    this.visible = [];
    this.folds.clear();
    this.index.stretches.forEach(({ first, count }, number) => {
      const [start, hidden] = this.hidden(number);
      for (let n = first; n < first + count; n += 1) {
        const inside = hidden && n >= start && n < start + hidden;
        if (inside && n !== start) continue;
        if (inside) this.folds.set(n, { number, count: hidden });
        this.visible.push(n);
      }
    });
    this.placed();
  }

  protected estimate(ordinal: number): number {
    if (this.folds.has(ordinal)) return FOLD_HEIGHT;
    return 46 + Math.min(known(this.index.lines, ordinal), MOST_LINES) * LINE_HEIGHT;
  }

  // The first row of the next stretch that differs, from a row on; -1 where there is none.
  next(from: number, step: 1 | -1): number {
    for (let n = from; n >= 0 && n < this.count; n += step) {
      const { kind, first } = this.stretchOf(n);
      if (!isQuiet(kind)) return first;
    }
    return -1;
  }

  // As next, from the row that is lit, round and round.
  nextAround(lit: number | null, step: 1 | -1): number {
    const own = lit === null ? null : this.stretchOf(lit);
    const from = !own ? 0 : step > 0 ? own.first + own.count : own.first - 1;
    const found = this.next(from, step);
    return found >= 0 ? found : this.next(step > 0 ? 0 : this.count - 1, step);
  }
}
