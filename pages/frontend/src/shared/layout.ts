// Where each row stands: estimated heights until a row was measured. `visible` are the ordinals that are rows;
// who extends it fills them, calls placed(), and says how high a row may be.

import { known, lastAtMost } from "./sorted";

export abstract class Layout {
  readonly heights: Float64Array;
  readonly measured: Uint8Array;
  visible: number[] = [];
  place: Int32Array;
  width = 800;
  private tops: Float64Array | null = null;

  constructor(readonly count: number) {
    this.heights = new Float64Array(count);
    this.measured = new Uint8Array(count);
    this.place = new Int32Array(count).fill(-1);
  }

  // About how high a row is.
  protected abstract estimate(ordinal: number): number;

  placed(): void {
    this.place = new Int32Array(this.count).fill(-1);
    this.visible.forEach((ordinal, place) => {
      this.place[ordinal] = place;
    });
    this.tops = null;
  }

  placeOf(ordinal: number): number {
    return this.place[ordinal] ?? -1;
  }

  // The nearest visible place at or after an ordinal; the last one where none is after it.
  placeNear(ordinal: number): number {
    for (let n = Math.max(0, Math.min(ordinal, this.count - 1)); n < this.count; n += 1) {
      if (this.placeOf(n) >= 0) return this.placeOf(n);
    }
    return this.visible.length - 1;
  }

  forgetHeights(): void {
    this.measured.fill(0);
    this.tops = null;
  }

  heightOf(ordinal: number): number {
    return known(this.heights, ordinal);
  }

  // Takes the measured heights of these rows from another layout of the same width.
  carry(before: Layout, ordinals: ReadonlySet<number>): void {
    this.width = before.width;
    for (const ordinal of ordinals) {
      this.heights[ordinal] = before.heightOf(ordinal);
      this.measured[ordinal] = known(before.measured, ordinal);
    }
    this.tops = null;
  }

  measure(ordinal: number, height: number): boolean {
    if (this.measured[ordinal] && Math.abs(this.heightOf(ordinal) - height) < 0.5) return false;
    this.measured[ordinal] = 1;
    this.heights[ordinal] = height;
    const last = this.visible.length - 1;
    if (this.tops && this.placeOf(ordinal) === last) this.tops[last + 1] = known(this.tops, last) + height;
    else this.tops = null;
    return true;
  }

  layout(): Float64Array {
    if (this.tops) return this.tops;
    const tops = new Float64Array(this.visible.length + 1);
    let top = 0;
    this.visible.forEach((ordinal, place) => {
      tops[place] = top;
      if (!this.measured[ordinal]) this.heights[ordinal] = this.estimate(ordinal);
      top += this.heightOf(ordinal);
    });
    tops[this.visible.length] = top;
    this.tops = tops;
    return tops;
  }

  topOf(place: number): number {
    return known(this.layout(), place);
  }

  get total(): number {
    return this.topOf(this.visible.length);
  }

  // The place of the row at a height.
  at(height: number): number {
    return Math.max(lastAtMost(this.layout().subarray(0, this.visible.length), height), 0);
  }
}
