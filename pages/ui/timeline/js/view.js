// One timeline in the page: ties the source, the rows, the list, the outline and the bar together.

class View {
  constructor(root, host, data) {
    this.root = root;
    this.host = host;
    this.data = data;
    this.live = true;
    this.replay = null;
    this.presenting = false;
    this.address = placeOf(this);
    this.state = State.of(data.session, data.source);
    this.find = new Find(this);
    this.noting = new Noting(this);
    this.toolbar = new Toolbar(this);
    this.scroller = h("div", { class: "scroller", tabindex: "0", role: "feed", "aria-label": "Messages" });
    this.canvas = h("div", { class: "canvas", role: "presentation" });
    this.notice = h("div", { class: "notice", hidden: true });
    this.words = h("div", { class: "words-instead", hidden: true });
    this.toast = h("div", { class: "toast", role: "status", "aria-live": "polite" });
    this.nav = h("nav", { class: "outline", "aria-label": "Questions" },
      h("div", { class: "outlinehead" }, "Questions ", h("span", { class: "outlinecount" })),
      h("p", { class: "none quiet", hidden: true, text: "The user asked nothing here." }), h("div", { class: "entries" }));
    this.help = helpDialog();
    this.replayBar = new ReplayBar(this);
    this.title = h("h1", { class: "title" });
    this.scroller.append(this.canvas);
    root.replaceChildren(this.title, this.toolbar.element, this.notice,
      h("div", { class: "columns" }, this.nav, h("div", { class: "stage" }, this.scroller, this.words, this.toast)),
      this.replayBar.element, this.help);
    this.outline = new Outline(this, this.nav);
    this.list = new List(this, this.scroller, this.canvas);
    this.onkey = keyHandler(this);
    document.addEventListener("keydown", this.onkey);
    this.fitter = new Fitter(this);
    this.scroller.addEventListener("click", (event) => this.clicked(event));
    this.scroller.addEventListener("wheel", (event) => { if (event.deltaY < 0) this.strays(); }, { passive: true });
    this.scroller.addEventListener("touchmove", () => this.strays(), { passive: true });
    this.scroller.addEventListener("pointerdown", (event) => { if (event.target === this.scroller) this.strays(); });
    this.entitle();
    if (this.address.presenter !== null) this.present(this.address.presenter);
    this.open();
  }

  // A rerun of the page: nothing changes unless what is asked for did.
  update(data) {
    const before = this.data;
    this.data = data;
    this.entitle();
    const other = ["session", "source", "view"].some((name) => before[name] !== data[name]);
    if (other) this.clear();
    if (other || before.token !== data.token) this.open();
    else if (before.message !== data.message) this.deepLink();
    else if (before.zone !== data.zone) this.redraw();
  }

  redraw() {
    for (const ordinal of this.list.mounted.keys()) this.list.refresh(ordinal);
    this.list.paint();
  }

  // Another conversation: nothing of the one before stays on the screen.
  clear() {
    for (const [ordinal, row] of this.list.mounted) this.list.unmount(ordinal, row);
    this.state = State.of(this.data.session, this.data.source);
    this.endReplay();
    this.rows = null;
    this.find.forget();
    this.noting.forget();
    this.updateBar();
  }

  async open() {
    if (this.source) this.source.stopped = true;
    const source = new Source(this.data);
    this.source = source;
    source.onitems = (ordinals) => this.arrived(ordinals);
    source.onfail = (error) => this.showError(error, () => source.retry());
    this.hideNotice();
    this.root.setAttribute("aria-busy", "true");
    try {
      const { index, questions } = await source.opening(this.replay?.position ?? this.address.replay ?? this.data.message);
      if (!source.stopped) this.opened(index, questions);
    } catch (error) {
      if (!source.stopped) this.failed(error);
    }
  }

  opened(index, questions) {
    this.root.removeAttribute("aria-busy");
    for (const [ordinal, row] of this.list.mounted) this.list.unmount(ordinal, row);
    this.index = index;
    this.rows = new Rows(index, this.state);
    this.rows.width = this.canvas.clientWidth || 800;
    this.rows.scale = this.presenting ? PRESENTED_SCALE : 1;
    const digits = String(index.positions[index.count - 1] ?? 0).length;
    this.root.style.setProperty("--gutter", `${Math.max(digits, 2) * 8 + 24}px`);
    this.updateBar();
    this.outline.fill(questions);
    this.showWords(index.count ? "" : "This copy has no messages. There is nothing to show yet.");
    this.fitter.fit();
    this.toolbar.input.value = this.state.query;
    this.takePlace();
    if (this.state.query) this.find.run(this.state.query, false);
    this.readMarks(this.source);
    this.noting.read(this.source);
  }

  // A replay of the address comes before its message; a copy that is read again keeps its replay.
  takePlace() {
    const position = this.replay ? this.replay.position : this.address.replay;
    this.endReplay();
    if (position !== null && this.resumeReplay(position)) this.state.asked = this.data.message;
    else if (this.state.asked !== this.data.message) this.deepLink();
    else this.list.paint();
  }

  entitle() {
    fill(this.title, this.data.title ?? "");
    this.root.classList.toggle("wordless", this.data.view === "structure");
  }

  // What the other copy has otherwise; it is read after this one, so the marks come a moment later.
  async readMarks(source) {
    this.marks = new Map();
    try {
      const { marks } = await source.get("marks");
      if (source.stopped || !marks.length) return;
      this.marks = new Map(marks);
      this.redraw();
    } catch { /* without the other copy there are no marks; the page says why */ }
  }

  failed(error) {
    this.root.removeAttribute("aria-busy");
    if (!this.rows) this.showWords("Nothing to show: the conversation could not be read.");
    this.showError(error, () => this.open());
  }

  // How text is shown.
  get mode() {
    return this.presenting ? this.state.presented : this.state.mode;
  }

  place(ordinal) {
    const { positions, kinds, gaps, times, lengths } = this.index;
    return { position: positions[ordinal], kind: kinds[ordinal], gap: gaps[ordinal], at: times[ordinal],
      length: lengths[ordinal] };
  }

  build(ordinal) {
    const row = buildMessage(this, ordinal);
    if (performance.now() < this.state.flash) row.classList.add("flash");
    this.replay?.dress(row, ordinal);
    return row;
  }

  want(near, ahead) {
    const order = [...new Set([...near, ...(this.replay?.upcoming() ?? []), ...ahead])];
    this.source.want(order, this.mode === "rendered");
  }

  arrived(ordinals) {
    this.list.followScroll();
    for (const ordinal of ordinals) this.list.refresh(ordinal);
    this.list.paint();
    if (this.replay && this.list.anchor.end && ordinals.includes(this.replay.row)) this.replay.follow();
    for (const [waiting, done] of this.waiting ?? []) if (this.source.items.has(waiting)) done();
  }

  painted() {
    dropUnused(this);
    if (this.find.query) this.find.relight();
    this.outline.follow(this.topPosition());
  }

  topPosition() {
    const { visible } = this.rows;
    return visible.length ? this.index.positions[this.topOrdinal()] : -1;
  }

  topOrdinal() {
    const { visible } = this.rows;
    const tops = this.rows.layout();
    const lit = this.state.current >= 0 && this.inSight(this.state.current) ? this.rows.place[this.state.current] : -1;
    const edge = this.rows.at(Math.min(this.list.wantedTop() + 24, Math.max(tops[visible.length] - 1, 0)));
    return visible[Math.max(lit, edge)];
  }

  inSight(ordinal) {
    const place = this.rows.place[ordinal];
    if (place < 0) return false;
    const top = this.rows.layout()[place];
    const now = this.list.wantedTop();
    return top >= now - 1 && top < now + this.scroller.clientHeight - 60;
  }

  // Resolves when a row's item is here and, for a result, its text too.
  async loaded(row, ordinal) {
    if (!this.source.items.has(row)) {
      this.waiting ??= new Map();
      await Promise.race([new Promise((done) => this.waiting.set(row, done)), later(5000)]);
      this.waiting.delete(row);
    }
    await this.reading?.get(ordinal);
  }

  focused() {
    return this.root.getRootNode().activeElement;
  }

  outlineOpen() {
    return this.state.outline ?? this.root.clientWidth >= 860;
  }

  helpOpen() {
    return this.help.open;
  }

  updateBar() {
    this.toolbar.update();
    this.replayBar.update();
    this.nav.hidden = !this.rows || this.presenting || !this.outlineOpen();
  }

  showWords(words) {
    this.words.textContent = words;
    this.words.hidden = !words;
    this.scroller.hidden = Boolean(words);
  }

  showError(error, again) {
    this.notice.hidden = false;
    this.notice.className = "notice error";
    this.notice.replaceChildren(h("span", { role: "alert" }, ...textNodes(error.message)), h("button", { class: "tool", type: "button",
      text: "Try again", onclick: () => { this.hideNotice(); again(); } }));
    this.list.paint();
  }

  showNotice(words) {
    this.notice.hidden = false;
    this.notice.className = "notice";
    this.notice.replaceChildren(h("span", { role: "status", text: words }),
      h("button", { class: "link", type: "button", text: "Dismiss", onclick: () => this.hideNotice() }));
  }

  // Its buttons go with it: the focus must not stay on one that nobody sees, where it would take the keys.
  hideNotice() {
    if (this.notice.contains(this.focused())) this.scroller.focus({ preventScroll: true });
    this.notice.hidden = true;
    this.list?.paint();
  }

  say(words, quiet = false) {
    if (quiet) {
      this.toolbar.found.textContent = words;
      return;
    }
    this.toast.textContent = words;
    this.toast.classList.add("up");
    clearTimeout(this.toasting);
    this.toasting = setTimeout(() => this.toast.classList.remove("up"), 2600);
  }

  // Another timeline takes its place; its own element is still in the page for some frames.
  retire() {
    this.live = false;
    document.removeEventListener("keydown", this.onkey);
    this.endReplay();
    this.uncover();
    this.address.stop();
  }

  stop() {
    leavePlace(this);
    this.retire();
    this.source.stopped = true;
    this.find.stop();
    for (const row of this.list.mounted.values()) dropRanges(row.element);
    this.list.stop();
    this.outline.stop();
    this.fitter.stop();
  }
}

const later = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });

// Ranges of rows that left the page would keep their nodes in memory.
function dropUnused(view) {
  const mounted = new Set([...view.list.mounted.values()].map((row) => row.element));
  for (const element of view.paintedRows ?? []) if (!mounted.has(element)) dropRanges(element);
  view.paintedRows = mounted;
}
