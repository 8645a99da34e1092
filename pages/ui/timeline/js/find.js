// Find in every message, on screen or not: the server counts, the page lights up what it shows.

class Find {
  constructor(view) {
    this.view = view;
    this.query = "";
    this.all = [];
    this.matches = [];
    this.total = 0;
    this.hidden = 0;
    this.now = -1;
    this.origin = -1;
    this.turn = 0;
    this.lit = new Map();
  }

  type(query) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(query), 180);
  }

  async run(query, move = true) {
    clearTimeout(this.timer);
    if (query === this.query || !this.view.rows) return;
    if (!this.query) this.origin = this.view.topPosition(); // typing on looks from where it began
    this.query = query;
    this.view.state.query = query;
    this.now = -1;
    const turn = (this.turn += 1);
    if (!query) {
      this.use([]);
      return;
    }
    this.view.say("Searching…", true);
    try {
      const { matches } = await this.view.source.get("find", { query });
      if (turn !== this.turn) return;
      this.use(matches);
      if (this.total && move) await this.goTo(this.firstFrom(this.origin));
    } catch (error) {
      if (turn === this.turn) this.view.showError(error, () => { this.query = ""; this.run(query); });
    }
  }

  use(matches) {
    this.all = matches;
    this.refilter();
    this.relight();
  }

  // Matches in messages that the filter hides are counted, and passed over.
  refilter() {
    const { rows } = this.view;
    this.matches = [];
    this.total = 0;
    this.hidden = 0;
    for (const [position, count] of this.all) {
      const ordinal = rows.ordinalOf.get(position);
      if (ordinal === undefined || !rows.shows(ordinal)) {
        this.hidden += count;
        continue;
      }
      this.matches.push([position, count, this.total]);
      this.total += count;
    }
    if (this.now >= this.total) this.now = -1;
    this.tell();
  }

  tell() {
    const more = this.hidden ? ` (${NUMBER.format(this.hidden)} more in hidden messages)` : "";
    const at = this.now >= 0 ? `${NUMBER.format(this.now + 1)} of ` : "";
    const words = !this.query ? "" : this.total ? at + NUMBER.format(this.total) + more : `No match${more}`;
    this.view.toolbar.count(words, this.total > 0);
  }

  firstFrom(position) {
    const match = this.matches.find(([at]) => at >= position) ?? this.matches[0];
    return match[2];
  }

  step(by) {
    if (!this.total) return;
    const next = this.now < 0 ? this.firstFrom(this.view.topPosition()) : this.now + by;
    const wrapped = (next + this.total) % this.total;
    [this.origin] = this.matchAt(wrapped);
    this.goTo(wrapped);
  }

  matchAt(n) {
    let low = 0;
    let high = this.matches.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.matches[middle][2] <= n) low = middle;
      else high = middle - 1;
    }
    return this.matches[low];
  }

  async goTo(n) {
    this.now = n;
    this.tell();
    const turn = (this.turn += 1);
    const [position, , start] = this.matchAt(n);
    const { view } = this;
    const ordinal = view.rows.ordinalOf.get(position);
    const row = view.rows.rowOf(ordinal);
    view.reach(ordinal);
    view.unfoldFor(ordinal);
    view.select(row, false);
    if (!view.inSight(row)) view.list.goTo(row, -60);
    await view.loaded(row, ordinal);
    if (turn !== this.turn) return;
    const range = await this.rangeFor(row, position, n - start, turn);
    if (turn === this.turn) this.show(range, row, ordinal);
  }

  // The range of the match, reading on in a text that is cut until it is there.
  async rangeFor(row, position, number, turn) {
    for (let reads = 0; ; reads += 1) {
      this.relight();
      const ranges = this.rangesOf(row, position);
      const cut = [...(this.view.list.mounted.get(row)?.element.querySelectorAll("[data-part]") ?? [])]
        .map((element) => this.view.cutPart(element)).find((part) => part && part.position === position);
      if (ranges.length > number || !cut || reads >= 20 || turn !== this.turn) {
        return ranges[Math.min(number, ranges.length - 1)];
      }
      await this.view.readOn(cut);
    }
  }

  rangesOf(row, position) {
    const element = this.view.list.mounted.get(row)?.element;
    return (this.lit.get(element) ?? []).filter((range) =>
      range.startContainer.parentElement?.closest("[data-find]")?.dataset.find === String(position));
  }

  show(range, row, ordinal) {
    const { view } = this;
    if (!range) return;
    const body = range.startContainer.parentElement.closest("[data-part]");
    const clip = body?.closest(".clip:not(.fits)");
    if (clip && range.getBoundingClientRect().bottom > clip.getBoundingClientRect().bottom - 20) {
      const where = [...this.rangesOf(row, Number(body.dataset.find))].indexOf(range);
      view.openText(ordinal, `${ordinal} ${body.dataset.part}`);
      this.relight();
      range = this.rangesOf(row, view.index.positions[ordinal])[where] ?? range;
    }
    paints?.["tl-hit-now"].clear();
    paints?.["tl-hit-now"].add(range);
    const box = range.getBoundingClientRect();
    const room = view.scroller.getBoundingClientRect();
    if (box.top < room.top + 20 || box.bottom > room.bottom - 20) view.list.by(box.top - room.top - room.height / 3);
  }

  // Ranges for the rows in the page: made once for a row's element, dropped with it.
  relight() {
    const mounted = new Set([...this.view.list.mounted.values()].map((row) => row.element));
    const wanted = this.query ? folded(this.query)[0] : "";
    for (const [element, ranges] of this.lit) {
      if (mounted.has(element) && ranges.wanted === wanted) continue;
      for (const range of ranges) this.unlight(range);
      this.lit.delete(element);
    }
    if (!wanted) return;
    for (const element of mounted) {
      if (this.lit.has(element)) continue;
      const ranges = [...element.querySelectorAll("[data-find]")].flatMap((part) => rangesIn(part, wanted));
      ranges.wanted = wanted;
      for (const range of ranges) paints?.["tl-hit"].add(range);
      this.lit.set(element, ranges);
    }
  }

  unlight(range) {
    paints?.["tl-hit"].delete(range);
    paints?.["tl-hit-now"].delete(range);
  }

  forget() {
    this.stop();
    this.turn += 1;
    this.query = "";
    this.all = this.matches = [];
    this.total = 0;
    this.view.toolbar.count("", false);
  }

  stop() {
    for (const ranges of this.lit.values()) ranges.forEach((range) => this.unlight(range));
    this.lit.clear();
    clearTimeout(this.timer);
  }
}
