// Which rows are shown, and about how high each is until it was measured.

const LINE_HEIGHT = 18;
const MOST_LINES = 14;

const SHOWN = {
  all: () => true,
  changed: (index, n) => index.notes[n] > 0 || index.worst[n] !== null || index.sent[n] < 0,
  found: (index, n) => index.worst[n] !== null,
};

class Rows extends Layout {
  constructor(index, state) {
    super(index.count);
    this.index = index;
    this.state = state;
    this.rowOf = new Map();
    index.positions.forEach((positions, n) => positions.forEach((position) => this.rowOf.set(position, n)));
    this.counts = Object.fromEntries(Object.entries(SHOWN).map(([name, shows]) =>
      [name, index.positions.filter((_, n) => shows(index, n)).length]));
    this.filter();
  }

  filter() {
    const shows = SHOWN[this.state.shown];
    this.visible = [];
    for (let n = 0; n < this.count; n += 1) if (shows(this.index, n)) this.visible.push(n);
    this.placed();
  }

  estimate(ordinal) {
    const { lines, notes, worst } = this.index;
    return 48 + Math.min(lines[ordinal], MOST_LINES) * LINE_HEIGHT + notes[ordinal] * 26 + (worst[ordinal] ? 110 : 0);
  }

  placeNear(ordinal) {
    for (let n = Math.max(0, Math.min(ordinal, this.count - 1)); n < this.count; n += 1) {
      if (this.place[n] >= 0) return this.place[n];
    }
    return this.visible.length - 1;
  }
}
