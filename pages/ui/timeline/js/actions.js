// What is said is whole in a replay: it has been seen being typed.
const SPOKEN = new Set(["user", "assistant"]);

// What a reader can do: move, open, fold, filter, copy. Each ends in one paint.

Object.assign(View.prototype, {
  select(ordinal, focus = true) {
    const before = this.list.mounted.get(this.state.current);
    before?.element.classList.remove("current");
    this.state.current = ordinal;
    this.state.notedAt = null;
    const row = this.list.mounted.get(ordinal);
    row?.element.classList.add("current");
    if (focus) row?.element.focus({ preventScroll: true });
  },

  step(by) {
    const { visible, place } = this.rows;
    if (!visible.length) return;
    this.strays();
    const now = place[this.state.current] ?? -1;
    const inPage = this.list.mounted.has(this.state.current);
    const edge = this.rows.at(this.list.wantedTop() + 1);
    const next = now >= 0 && inPage ? now + by : edge;
    const ordinal = visible[Math.min(Math.max(next, 0), visible.length - 1)];
    this.list.reveal(ordinal);
    this.select(ordinal);
  },

  // As step, but first through the rest of a message that is taller than the view.
  walk(by) {
    const row = this.list.mounted.get(this.state.current);
    const room = this.scroller.getBoundingClientRect();
    const box = row?.element.getBoundingClientRect();
    const rest = !box ? 0 : by > 0 ? box.bottom - room.bottom : room.top - box.top;
    const inSight = box && box.bottom > room.top && box.top < room.bottom;
    if (inSight && rest > 8) this.list.by(by * Math.min(rest + 8, room.height * 0.6));
    else this.step(by);
  },

  page(by) {
    this.strays();
    this.list.by(by * (this.scroller.clientHeight - 48));
    this.state.current = -1;
    this.scroller.focus({ preventScroll: true });
  },

  home() {
    if (!this.rows.visible.length) return;
    this.list.goTo(this.rows.visible[0], -8);
    this.select(this.rows.visible[0]);
  },

  end() {
    const { visible } = this.rows;
    if (!visible.length) return;
    this.list.goToEnd();
    this.select(visible[visible.length - 1]);
  },

  jump(position) {
    const ordinal = this.rows.ordinalOf.get(position);
    if (ordinal === undefined) return;
    this.unhide(ordinal);
    const row = this.rows.rowOf(ordinal);
    if (this.replay) {
      this.replay.seek(this.replay.schedule.beatOf(ordinal));
      return;
    }
    this.list.goTo(row, -6);
    this.select(row);
  },

  // A replay goes on to a message that it has not come to.
  reach(ordinal) {
    this.strays();
    if (!this.isThere(ordinal)) this.replay.seek(this.replay.schedule.beatOf(ordinal));
  },

  // A filter never stands between a link and its message.
  unhide(ordinal) {
    if (this.rows.shows(ordinal)) return;
    this.state.groups = new Set(GROUPS);
    this.state.noted = false;
    this.rows.noted = null;
    this.filtered();
    this.say("The filter hid that message: all are shown again");
  },

  deepLink() {
    const { message } = this.data;
    this.state.asked = message;
    this.hideNotice();
    if (message === null || message === undefined) {
      this.light(null);
      return;
    }
    const ordinal = this.rows?.ordinalOf.get(message);
    if (ordinal === undefined) {
      if (this.rows) this.showNotice(`Message ${message} is not in this copy: ${this.extent()}.`);
      this.list.paint();
      return;
    }
    this.state.flash = performance.now() + 1800;
    this.unfoldFor(ordinal);
    this.jump(message);
    this.light(message);
  },

  extent() {
    const { positions, count } = this.index;
    return count ? `it has ${positions[0]}\u2013${positions[count - 1]}` : "it has no messages";
  },

  light(position) {
    const before = this.state.lit;
    this.state.lit = position;
    for (const at of [before, position]) {
      const ordinal = at === null ? undefined : this.rows?.ordinalOf.get(at);
      if (ordinal !== undefined) this.list.refresh(this.rows.rowOf(ordinal));
    }
    this.list.paint();
  },

  // One thing at a time is left: the presenter view, the replay, then the marks.
  escape() {
    if (this.presenting) this.leavePresenter();
    else if (this.replay) this.leaveReplay();
    else this.calm();
  },

  calm() {
    this.light(null);
    this.select(-1, false);
    this.toolbar.input.value = "";
    this.find.run("");
    paints?.["tl-hit-now"].clear();
  },

  // Opens what would keep a message out of sight: a folded row, a closed result, calls not shown yet.
  unfoldFor(ordinal, results = true) {
    const row = this.rows.rowOf(ordinal);
    if (this.state.viewOf(row) === "folded") this.state.ways.set(row, "auto");
    if (results && row !== ordinal) this.state.results.set(ordinal, true);
    if (this.index.calls[row] > FIRST_CALLS) this.state.callsShown.set(row, Math.min(this.index.calls[row], 100));
    this.list.refresh(row);
  },

  changed(ordinal, within = true) {
    const row = this.rows.rowOf(ordinal);
    if (within) this.list.holdWithin(row);
    else this.list.hold(row);
    this.list.refresh(row);
    this.list.paint();
  },

  fold(ordinal, fold) {
    this.state.setWay(ordinal, fold ? "folded" : this.state.fold === "folded" ? "auto" : this.state.fold);
    this.select(ordinal, false);
    this.changed(ordinal);
  },

  toggleFold() {
    const { current } = this.state;
    if (current >= 0) this.fold(current, this.state.viewOf(current) !== "folded");
  },

  toggleOpen() {
    const { current } = this.state;
    if (current < 0) return;
    const way = this.state.viewOf(current) === "open" ? "auto" : "open";
    this.state.setWay(current, way);
    for (const result of this.state.results.keys()) if (this.rows.rowOf(result) === current) this.state.results.delete(result);
    this.changed(current);
  },

  foldAll(way) {
    this.state.fold = this.state.fold === way ? "auto" : way;
    this.state.forgetWays();
    this.updateBar();
    this.list.rebuild();
  },

  setMode(mode) {
    if (this.mode === mode) return;
    if (this.presenting) this.state.presented = mode;
    else this.state.mode = mode;
    this.updateBar();
    this.list.rebuild();
    this.replay?.follow();
  },

  toggleGroup(group) {
    const { groups } = this.state;
    if (!groups.delete(group)) groups.add(group);
    this.filtered();
  },

  filtered() {
    this.rows.filter();
    this.refilterReplay();
    this.find.refilter();
    this.updateBar();
    const none = this.index.count && !this.rows.visible.length;
    const words = this.state.noted ? "No message with a note is of the kinds chosen above."
      : "The filter hides every message: choose at least one kind above.";
    this.showWords(none ? words : "");
    this.list.rebuild();
    this.replay?.follow();
  },

  toggleOutline() {
    this.state.outline = !this.outlineOpen();
    this.updateBar();
    this.list.resized();
    this.outline.paint();
  },

  showHelp() {
    this.help.showModal();
  },

  showCalls(ordinal, count) {
    this.state.callsShown.set(ordinal, count);
    this.changed(ordinal, false);
  },

  isOpenText(ordinal, key) {
    const said = this.replay && key === `${ordinal} content` && SPOKEN.has(groupOf(this.index.kinds[ordinal]));
    return this.state.texts.get(key) ?? (said || this.state.viewOf(this.rows.rowOf(ordinal)) === "open");
  },

  openText(ordinal, key) {
    this.state.texts.set(key, true);
    this.changed(ordinal, false);
  },

  closeText(ordinal, key) {
    this.state.texts.set(key, false);
    this.changed(ordinal);
  },

  async moreText(button, ordinal, position, name) {
    button.disabled = true;
    await this.reads(() => this.source.more(position, name));
    this.changed(ordinal, false);
  },

  async reads(read) {
    try {
      return await read();
    } catch (error) {
      this.showError(error, () => this.list.rebuild());
      return null;
    }
  },

  isResultOpen(ordinal, result) {
    return this.state.results.get(result) ?? (this.replay?.now === result || this.state.viewOf(ordinal) === "open");
  },

  openResult(ordinal, result, open) {
    this.state.results.set(result, open);
    this.changed(ordinal, false);
    this.list.mounted.get(ordinal)?.element
      .querySelector(`[data-result="${this.index.positions[result]}"] .opener`)?.focus({ preventScroll: true });
  },

  fetchResult(result, part) {
    this.reading ??= new Map();
    if (this.reading.has(result.ordinal) || this.source.text(result.position, part)) return;
    const read = this.reads(() => this.source.more(result.position, part));
    this.reading.set(result.ordinal, read.then((got) => {
      this.reading.delete(result.ordinal);
      if (!got) return;
      this.list.refresh(this.rows.rowOf(result.ordinal));
      this.list.paint();
    }));
  },

  async switchExact(ordinal, part) {
    const key = `${ordinal} ${part}`;
    const { position } = this.place(ordinal);
    if (!this.state.exact.delete(key)) {
      if (!this.source.text(position, part)) await this.reads(() => this.source.more(position, part));
      if (this.source.text(position, part)) this.state.exact.add(key);
    }
    this.changed(ordinal, false);
  },

  // The part that an element shows, if the rest of it isn't here yet.
  cutPart(element) {
    const position = Number(element.dataset.find);
    const { part } = element.dataset;
    const held = this.source.text(position, part);
    const ordinal = this.rows.ordinalOf.get(position);
    const item = this.source.items.get(ordinal);
    const given = held ?? (part.startsWith("content") ? item?.content : partOf(item, part));
    const cut = held ? held.next !== null : given && cutShort(given);
    return cut ? { position, part, ordinal } : null;
  },

  async readOn({ position, part, ordinal }) {
    await this.reads(() => this.source.more(position, part));
    this.list.refresh(this.rows.rowOf(ordinal));
    this.list.paint();
  },

  // A click selects the message, unless it was for something in it or the reader selects text.
  clicked(event) {
    const row = event.target.closest?.(".row");
    if (!row || event.target.closest("button, a") || String(window.getSelection())) return;
    this.select(Number(row.dataset.ordinal), false);
  },
});

function partOf(item, part) {
  const [kind, number] = part.split(".");
  if (kind === "call") return item?.calls[number]?.arguments;
  return kind === "more" ? item?.calls[number]?.more : item?.[kind];
}
