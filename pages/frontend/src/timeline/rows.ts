// Which messages are rows under the filter, and where each row stands. A result is no row: it is in its call's.

import { Layout } from "../shared/layout";
import { type Group, groupOf } from "../shared/roles";
import { known, lastAtMost } from "../shared/sorted";
import type { State } from "./state";
import type { Index } from "./types";

export const FOLD_LINES = 20;
export const FIRST_CALLS = 12;
const FOLDED_HEIGHT = 33;
const LINE_HEIGHT = 21;

// What the index says of a message.
export interface Entry {
  position: number;
  kind: string;
  gap: number | null;
  at: string | null;
  length: number;
}

type Choice = Pick<State, "groups" | "wayOf">;

export class Rows extends Layout {
  readonly ordinalOf: ReadonlyMap<number, number>;
  readonly counts: Record<Group, number> = { user: 0, assistant: 0, tools: 0, other: 0 };
  scale = 1;
  noted: ReadonlySet<number> | null = null; // rows with notes, where only those are wanted
  kept: number[] = []; // the messages that pass the filter, those in their call's row too
  private all: number[] = [];
  private isRow: Uint8Array;
  private last: number | null = null;

  constructor(
    readonly index: Index,
    private readonly state: Choice,
  ) {
    super(index.count);
    this.isRow = new Uint8Array(index.count);
    const ordinals = index.positions.map((position, ordinal) => [position, ordinal] as const);
    this.ordinalOf = new Map(ordinals.reverse()); // of a position that comes twice, the first
    for (const kind of index.kinds) this.counts[groupOf(kind)] += 1;
    this.filter();
  }

  entry(ordinal: number): Entry {
    const { positions, kinds, gaps, times, lengths } = this.index;
    return {
      position: known(positions, ordinal),
      kind: known(kinds, ordinal),
      gap: known(gaps, ordinal),
      at: known(times, ordinal),
      length: known(lengths, ordinal),
    };
  }

  filter(): void {
    this.all = [];
    this.kept = [];
    this.isRow = new Uint8Array(this.count);
    for (let n = 0; n < this.count; n += 1) {
      const under = known(this.index.under, n);
      if (under >= 0) {
        if (this.isRow[under] && this.state.groups.has("tools")) this.kept.push(n);
      } else if (this.passes(n) && (!this.noted || this.noted.has(n))) {
        this.isRow[n] = 1;
        this.all.push(n);
        this.kept.push(n);
      }
    }
    this.until(this.last);
  }

  // An assistant message that only calls is gone with the tools, and stays for them.
  private passes(n: number): boolean {
    const on = this.state.groups;
    const calls = known(this.index.calls, n) > 0;
    if (calls && on.has("tools")) return true;
    return on.has(groupOf(known(this.index.kinds, n))) && !(calls && this.index.lengths[n] === 0);
  }

  // In a replay the messages after the last one are not there yet; null: all are there.
  until(last: number | null): void {
    this.last = last;
    this.visible = last === null ? this.all : this.all.slice(0, lastAtMost(this.all, last) + 1);
    this.placed();
  }

  // The row that shows a message: its own, or that of the call it answers.
  rowOf(ordinal: number): number {
    const under = known(this.index.under, ordinal);
    return under >= 0 ? under : ordinal;
  }

  rowAt(position: number): number | undefined {
    const ordinal = this.ordinalOf.get(position);
    return ordinal === undefined ? undefined : this.rowOf(ordinal);
  }

  shows(ordinal: number): boolean {
    const row = this.rowOf(ordinal);
    return this.isRow[row] === 1 && (row === ordinal || this.state.groups.has("tools"));
  }

  // Which positions there are, in words.
  get extent(): string {
    const { positions, count } = this.index;
    return count ? `it has ${positions[0]}\u2013${positions[count - 1]}` : "it has no messages";
  }

  protected estimate(ordinal: number): number {
    return this.scale * (this.state.wayOf(ordinal) === "folded" ? FOLDED_HEIGHT : this.unfoldedHeight(ordinal));
  }

  private unfoldedHeight(ordinal: number): number {
    const { lines, lengths, calls, notes } = this.index;
    const perLine = Math.max(40, this.width / (7.2 * this.scale));
    const wrapped = Math.ceil(Math.min(known(lengths, ordinal), 4000) / perLine);
    const text = Math.min(FOLD_LINES, Math.max(known(lines, ordinal), wrapped, 1));
    return 56 + text * LINE_HEIGHT + Math.min(known(calls, ordinal), FIRST_CALLS) * 150 + known(notes, ordinal) * 26;
  }

  override placeNear(ordinal: number): number {
    const inside = Math.max(0, Math.min(ordinal, this.count - 1));
    return super.placeNear(this.count ? this.rowOf(inside) : 0);
  }
}
