// Which messages are rows under the filter, and where each row stands. A result is no row: it is in its call's.

const GROUPS = ["user", "assistant", "tools", "other"];
const FOLDED_HEIGHT = 33;
const LINE_HEIGHT = 21;

class Rows extends Layout {
  constructor(index, state) {
    super(index.count);
    this.index = index;
    this.state = state;
    this.ordinalOf = new Map(index.positions.map((position, ordinal) => [position, ordinal]).reverse());
    this.counts = { user: 0, assistant: 0, tools: 0, other: 0 };
    for (const kind of index.kinds) this.counts[groupOf(kind)] += 1;
    this.scale = 1;
    this.last = null;
    this.noted = null; // rows with notes, where only those are wanted
    this.filter();
  }

  filter() {
    const { kinds, under, lengths, calls } = this.index;
    const on = this.state.groups;
    this.all = [];
    this.kept = [];
    const row = new Uint8Array(this.index.count);
    for (let n = 0; n < kinds.length; n += 1) {
      if (under[n] >= 0) {
        if (row[under[n]] && on.has("tools")) this.kept.push(n);
        continue;
      }
      const group = groupOf(kinds[n]);
      // an assistant message that only calls is gone with the tools, and stays for them
      const asTools = calls[n] > 0 && on.has("tools");
      const asItself = on.has(group) && !(calls[n] > 0 && lengths[n] === 0 && !on.has("tools"));
      if ((!asItself && !asTools) || (this.noted && !this.noted.has(n))) continue;
      row[n] = 1;
      this.all.push(n);
      this.kept.push(n);
    }
    this.row = row;
    this.until(this.last);
  }

  // In a replay the messages after the last one are not there yet; null: all are there.
  until(last) {
    this.last = last;
    this.visible = last === null ? this.all : this.all.slice(0, lastAtMost(this.all, last) + 1);
    this.placed();
  }

  // How many messages pass the filter, those in their call's row too.
  get shown() {
    return this.kept.length;
  }

  // The row that shows a message: its own, or that of the call it answers.
  rowOf(ordinal) {
    return this.index.under[ordinal] >= 0 ? this.index.under[ordinal] : ordinal;
  }

  shows(ordinal) {
    const row = this.rowOf(ordinal);
    return this.row[row] === 1 && (row === ordinal || this.state.groups.has("tools"));
  }

  estimate(ordinal) {
    return this.scale * (this.state.viewOf(ordinal) === "folded" ? FOLDED_HEIGHT : this.lines(ordinal));
  }

  lines(ordinal) {
    const { lines, lengths, calls, notes } = this.index;
    const perLine = Math.max(40, this.width / (7.2 * this.scale));
    const wrapped = Math.ceil(Math.min(lengths[ordinal], 4000) / perLine);
    const text = Math.min(FOLD_LINES, Math.max(lines[ordinal], wrapped, 1));
    return 56 + text * LINE_HEIGHT + Math.min(calls[ordinal], FIRST_CALLS) * 150 + notes[ordinal] * 26;
  }

  // The nearest visible place at or after an ordinal.
  placeNear(ordinal) {
    for (let n = this.rowOf(Math.min(ordinal, this.index.count - 1)); n >= 0 && n < this.index.count; n += 1) {
      if (this.place[n] >= 0) return this.place[n];
    }
    return this.visible.length - 1;
  }
}
