// Which rows are shown, and about how high each is until it was measured.

import { Layout } from "../shared/layout";
import { known } from "../shared/sorted";
import type { Index } from "./types";

export const MOST_LINES = 14;
const LINE_HEIGHT = 18;

export const FILTERS = ["all", "changed", "found"] as const;
export type Filter = (typeof FILTERS)[number];

const SHOWN: Record<Filter, (index: Index, n: number) => boolean> = {
  all: () => true,
  changed: (index, n) => known(index.notes, n) > 0 || index.worst[n] !== null || known(index.sent, n) < 0,
  found: (index, n) => index.worst[n] !== null,
};

export class Rows extends Layout {
  readonly rowOf = new Map<number, number>();
  readonly counts: Record<Filter, number>;

  constructor(
    readonly index: Index,
    shown: Filter,
  ) {
    super(index.count);
    index.positions.forEach((positions, n) => {
      for (const position of positions) this.rowOf.set(position, n);
    });
    const count = (filter: Filter) => index.positions.filter((_, n) => SHOWN[filter](index, n)).length;
    this.counts = { all: count("all"), changed: count("changed"), found: count("found") };
    this.filter(shown);
  }

  filter(shown: Filter): void {
    this.visible = this.index.positions.map((_, n) => n).filter((n) => SHOWN[shown](this.index, n));
    this.placed();
  }

  protected estimate(ordinal: number): number {
    const { lines, notes, worst } = this.index;
    const text = Math.min(known(lines, ordinal), MOST_LINES) * LINE_HEIGHT;
    return 48 + text + known(notes, ordinal) * 26 + (worst[ordinal] ? 110 : 0);
  }
}
