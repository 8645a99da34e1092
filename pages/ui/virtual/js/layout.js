// Where each row stands: estimated heights until a row was measured. `visible` are the ordinals that are rows;
// who extends it fills them, calls placed(), and says how high a row may be: estimate(ordinal).

class Layout {
  constructor(count) {
    this.count = count;
    this.heights = new Float64Array(count);
    this.measured = new Uint8Array(count);
    this.visible = [];
    this.width = 800;
    this.tops = null;
  }

  placed() {
    this.place = new Int32Array(this.count).fill(-1);
    this.visible.forEach((ordinal, place) => { this.place[ordinal] = place; });
    this.tops = null;
  }

  forgetHeights() {
    this.measured.fill(0);
    this.tops = null;
  }

  forgetHeight(ordinal) {
    this.measured[ordinal] = 0;
  }

  measure(ordinal, height) {
    if (this.measured[ordinal] && Math.abs(this.heights[ordinal] - height) < 0.5) return false;
    this.measured[ordinal] = 1;
    this.heights[ordinal] = height;
    const last = this.visible.length - 1;
    if (this.tops && this.place[ordinal] === last) this.tops[last + 1] = this.tops[last] + height;
    else this.tops = null;
    return true;
  }

  layout() {
    if (this.tops) return this.tops;
    const tops = new Float64Array(this.visible.length + 1);
    let top = 0;
    this.visible.forEach((ordinal, place) => {
      tops[place] = top;
      if (!this.measured[ordinal]) this.heights[ordinal] = this.estimate(ordinal);
      top += this.heights[ordinal];
    });
    tops[this.visible.length] = top;
    this.tops = tops;
    return tops;
  }

  get total() {
    return this.layout()[this.visible.length];
  }

  // The place of the row at a height.
  at(height) {
    const tops = this.layout();
    let low = 0;
    let high = this.visible.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (tops[middle] <= height) low = middle;
      else high = middle - 1;
    }
    return Math.max(low, 0);
  }
}
