// What a reader can do with a replay: begin it at a message, leave it, look elsewhere meanwhile.
Object.assign(View.prototype, {
  startReplay() {
    if (this.replay) this.leaveReplay();
    else this.replayFrom(this.state.current >= 0 && this.inSight(this.state.current) ? this.state.current : this.topOrdinal());
  },

  replayFrom(ordinal) {
    if (!this.replay && !this.enterReplay(ordinal)) return;
    this.replay.start(ordinal);
    this.scroller.focus({ preventScroll: true });
  },

  // Paused, with this message as the last one; false where no message can be shown.
  enterReplay(ordinal) {
    if (!this.rows?.kept.length) return false;
    if (this.state.fold === "folded") this.foldAll("folded"); // once more undoes it
    this.select(-1, false);
    this.replay = new Replay(this, ordinal);
    this.replay.draw(true);
    this.list.rebuild();
    this.updateBar();
    this.replay.follow();
    return true;
  },

  // A position of the address: where this copy has no such message, the last one before it.
  resumeReplay(position) {
    let ordinal = this.rows.ordinalOf.get(position);
    if (ordinal === undefined) {
      ordinal = lastAtMost(this.index.positions, position);
      const stands = ordinal < 0 ? "begins with the first one" : `stands at message ${this.index.positions[ordinal]}`;
      if (this.index.count) this.showNotice(`Message ${position} is not in this copy: ${this.extent()}. The replay ${stands}.`);
    }
    if (ordinal >= 0) this.unhide(ordinal);
    return this.enterReplay(ordinal);
  },

  leaveReplay() {
    const { row } = this.replay;
    this.endReplay();
    this.address.set("replay", null);
    if (row >= 0) this.list.hold(row);
    this.rows.until(null);
    this.list.rebuild();
    this.updateBar();
    if (row >= 0) this.select(row);
  },

  // Other messages pass the filter: the replay is at the same one, or over where none passes.
  refilterReplay() {
    if (!this.replay) return;
    if (this.rows.kept.length) {
      this.replay.refilter();
      return;
    }
    this.endReplay();
    this.address.set("replay", null);
    this.rows.until(null);
  },

  endReplay() {
    this.replay?.stop();
    this.replay = null;
  },

  toggleReplay() {
    if (this.replay) this.replay.toggle();
    else this.startReplay();
  },

  // The reader looks elsewhere: what goes on would take it away.
  strays() {
    if (this.replay?.playing) this.replay.pause();
  },

  isThere(ordinal) {
    return !this.replay || this.replay.has(ordinal);
  },
});
