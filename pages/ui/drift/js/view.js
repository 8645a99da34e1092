// Both copies in the page, side by side.

class View extends ListView {
  constructor(root, host, data) {
    super(root, host, data, "Both copies");
    this.unfolded = new Set();
    this.lay([this.bar], [h("span", { text: "Cache" }), h("span", { text: "Database" })]);
    this.load();
  }

  // A rerun of the page: nothing moves unless another reading is shown.
  update(data) {
    const other = ["session", "token", "view", "zone"].some((name) => this.data[name] !== data[name]);
    this.data = data;
    if (other) this.load();
  }

  load() {
    this.read(new Windows("/api/drift", { session: this.data.session, view: this.data.view }));
  }

  show({ index, first }) {
    this.clear();
    this.index = index;
    this.unfolded.clear();
    this.rows = new Rows(index, this.unfolded);
    this.showWords(index.count ? "" : "There are no messages to compare.");
    this.drawBar();
    this.fitter.fit();
    this.list.goTo(Math.max(first - 1, 0));
  }

  drawBar() {
    const parts = this.index.stretches.filter(({ kind }) => !QUIET.has(kind));
    const messages = parts.reduce((sum, { count }) => sum + count, 0);
    const words = parts.length ? `${many(parts.length, "difference")} over ${many(messages, "row")}` : "No message differs";
    this.bar.replaceChildren(h("span", { class: "quiet", text: words }),
      h("div", { class: "segments" },
        h("button", { type: "button", text: "↑ Difference", disabled: !parts.length, onclick: () => this.step(-1) }),
        h("button", { type: "button", text: "↓ Difference", disabled: !parts.length, onclick: () => this.step(1) })),
      h("button", { class: "tool", type: "button", text: "Unfold all", onclick: () => this.unfoldAll() }));
  }

  // To the next stretch that differs, round and round.
  step(direction) {
    const { stretch, stretches } = this.index;
    const at = this.lit ?? -1;
    const own = at < 0 ? null : stretches[stretch[at]];
    const from = at < 0 ? 0 : direction > 0 ? own.first + own.count : own.first - 1;
    let found = this.rows.next(from, direction);
    if (found < 0) found = this.rows.next(direction > 0 ? 0 : this.index.count - 1, direction);
    if (found >= 0) this.light(found);
  }

  unfold(number, ordinal) {
    this.unfolded.add(number);
    this.rows.filter();
    this.list.hold(ordinal);
    this.list.rebuild();
  }

  unfoldAll() {
    this.index.stretches.forEach((_, number) => this.unfolded.add(number));
    this.rows.filter();
    this.list.rebuild();
  }

  want(near, ahead) {
    const shown = (ordinals) => ordinals.filter((ordinal) => !this.rows.folds.has(ordinal));
    super.want(shown(near), shown(ahead));
  }

  open(ordinal, key) {
    this.opened.add(key);
    this.changed(ordinal);
  }

  close(ordinal, key) {
    this.opened.delete(key);
    this.changed(ordinal);
  }
}
