// Both copies in the page, side by side.

class View {
  constructor(root, host, data) {
    this.root = root;
    this.host = host;
    this.data = data;
    this.state = { anchor: { ordinal: 0, above: 0 } };
    this.opened = new Set();
    this.unfolded = new Set();
    this.lit = null;
    this.bar = h("div", { class: "toolbar" });
    this.scroller = h("div", { class: "scroller", tabindex: "0", role: "feed", "aria-label": "Both copies" });
    this.canvas = h("div", { class: "canvas", role: "presentation" });
    this.words = h("div", { class: "words-instead", hidden: true });
    this.toast = h("div", { class: "toast", role: "status", "aria-live": "polite" });
    this.scroller.append(this.canvas);
    root.replaceChildren(this.bar, h("div", { class: "columns" },
      h("div", { class: "heads" }, h("span", { text: "Cache" }), h("span", { text: "Database" })),
      h("div", { class: "stage" }, this.scroller, this.words, this.toast)));
    this.list = new List(this, this.scroller, this.canvas);
    this.fitter = new Fitter(this);
    this.load();
  }

  // A rerun of the page: nothing moves unless another reading is shown.
  update(data) {
    const other = ["session", "token"].some((name) => this.data[name] !== data[name]);
    this.data = data;
    if (other) this.load();
  }

  async load() {
    if (this.source) this.source.stopped = true;
    const from = new Windows("/api/drift", { session: this.data.session });
    this.source = from;
    from.onitems = (ordinals) => this.arrived(ordinals);
    from.onfail = (error) => this.say(error.message);
    this.root.setAttribute("aria-busy", "true");
    try {
      const { index, first } = await from.opening();
      if (!from.stopped) this.show(index, first);
    } catch (error) {
      if (!from.stopped) this.showWords(`Nothing to show: ${error.message}`);
    }
    this.root.removeAttribute("aria-busy");
  }

  show(index, first) {
    for (const [ordinal, row] of this.list.mounted) this.list.unmount(ordinal, row);
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

  updateBar() {}

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

  light(ordinal) {
    const before = this.lit;
    this.lit = ordinal;
    for (const n of [before, ordinal]) if (n !== null) this.list.refresh(n);
    this.list.goTo(ordinal, -12);
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

  build(ordinal) {
    return buildRow(this, ordinal);
  }

  want(near, ahead) {
    const all = [...near, ...ahead.filter((ordinal) => !near.includes(ordinal))];
    this.source.want(all.filter((ordinal) => !this.rows.folds.has(ordinal)));
  }

  arrived(ordinals) {
    for (const ordinal of ordinals) this.list.refresh(ordinal);
    this.list.paint();
  }

  painted() {}

  focused() {
    return this.root.getRootNode().activeElement;
  }

  open(ordinal, key) {
    this.opened.add(key);
    this.changed(ordinal);
  }

  close(ordinal, key) {
    this.opened.delete(key);
    this.changed(ordinal);
  }

  changed(ordinal) {
    this.list.holdWithin(ordinal);
    this.list.refresh(ordinal);
    this.list.paint();
  }

  conversation(source, position) {
    return `conversation?${new URLSearchParams({ session: this.data.session, source, message: position })}`;
  }

  showWords(words) {
    this.words.textContent = words;
    this.words.hidden = !words;
    this.scroller.hidden = Boolean(words);
  }

  say(words) {
    this.toast.textContent = words;
    this.toast.classList.add("up");
    clearTimeout(this.saying);
    this.saying = setTimeout(() => this.toast.classList.remove("up"), 2500);
  }

  stop() {
    if (this.source) this.source.stopped = true;
    clearTimeout(this.saying);
    this.list.stop();
    this.fitter.stop();
  }
}
