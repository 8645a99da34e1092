// Which rows are shown: equal stretches are one line each but for a message beside each difference.

const LINE_HEIGHT = 20;
const MOST_LINES = 12;
const LEAST_FOLD = 3;
const QUIET = new Set(["equal", "windowed_cache"]);

class Rows extends Layout {
  constructor(index, unfolded) {
    super(index.count);
    this.index = index;
    this.unfolded = unfolded;
    this.filter();
  }

  // The rows of a stretch that its line stands for: [first, count], count 0 for none.
  hidden(number) {
    const { stretches } = this.index;
    const { kind, first, count } = stretches[number];
    if (!QUIET.has(kind) || this.unfolded.has(number)) return [first, 0];
    const before = number > 0 ? 1 : 0;
    const after = number < stretches.length - 1 ? 1 : 0;
    const hidden = count - before - after;
    return hidden >= LEAST_FOLD ? [first + before, hidden] : [first, 0];
  }

  filter() {
    this.visible = [];
    this.folds = new Map();
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

  estimate(ordinal) {
    if (this.folds.has(ordinal)) return 38;
    return 46 + Math.min(this.index.lines[ordinal], MOST_LINES) * LINE_HEIGHT;
  }

  placeNear(ordinal) {
    for (let n = Math.max(0, Math.min(ordinal, this.count - 1)); n < this.count; n += 1) {
      if (this.place[n] >= 0) return this.place[n];
    }
    return this.visible.length - 1;
  }

  // The next row that differs, from one on; -1 where there is none.
  next(from, step) {
    const { stretch, stretches } = this.index;
    for (let n = from; n >= 0 && n < this.count; n += step) {
      const { kind, first } = stretches[stretch[n]];
      if (!QUIET.has(kind)) return first;
    }
    return -1;
  }
}
