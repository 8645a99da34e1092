// One payload in the page: ties the source, the verdicts, the bar and the list together.

const WAYS = { all: "All", changed: "Changed or lost", found: "With findings" };

class View {
  constructor(root, host, data) {
    this.root = root;
    this.host = host;
    this.data = data;
    this.state = { anchor: { ordinal: 0, above: 0 }, shown: "all" };
    this.opened = new Set();
    this.reasons = new Map();
    this.lit = null;
    this.flash = 0;
    this.verdicts = h("div", { class: "verdicts", role: "region", "aria-label": "Verdicts" });
    this.bar = h("div", { class: "toolbar" });
    this.scroller = h("div", { class: "scroller", tabindex: "0", role: "feed", "aria-label": "Payload" });
    this.canvas = h("div", { class: "canvas", role: "presentation" });
    this.words = h("div", { class: "words-instead", hidden: true });
    this.toast = h("div", { class: "toast", role: "status", "aria-live": "polite" });
    this.heads = h("div", { class: "heads" }, h("span", { class: "storedhead" }), h("span", { text: "Sent to the model" }));
    this.scroller.append(this.canvas);
    root.replaceChildren(this.verdicts, this.bar, h("div", { class: "columns" }, this.heads,
      h("div", { class: "stage" }, this.scroller, this.words, this.toast)));
    this.list = new List(this, this.scroller, this.canvas);
    this.fitter = new Fitter(this);
    this.onkey = payloadKeys(this);
    document.addEventListener("keydown", this.onkey);
    this.load();
  }

  // A rerun of the page: nothing moves unless what is asked for is another payload.
  update(data) {
    const before = this.data;
    this.data = data;
    const other = ["session", "source", "model", "token"].some((name) => before[name] !== data[name]);
    if (other) this.load();
    else if (before.message !== data.message) this.deepLink();
  }

  async load() {
    if (this.source) this.source.stopped = true;
    const { session, source, model, message: here } = this.data;
    const from = new Source({ session, source, model });
    this.source = from;
    from.onitems = (ordinals) => this.arrived(ordinals);
    from.onfail = (error) => this.say(error.message);
    this.root.setAttribute("aria-busy", "true");
    try {
      const { index, summary } = await from.opening(here === null || here === undefined ? {} : { message: here });
      if (!from.stopped) this.show(index, summary);
    } catch (error) {
      if (!from.stopped) this.showWords(`Nothing to show: ${error.message}`);
    }
    this.root.removeAttribute("aria-busy");
  }

  show(index, summary) {
    for (const [ordinal, row] of this.list.mounted) this.list.unmount(ordinal, row);
    this.index = index;
    this.summary = summary;
    this.reasons.clear();
    this.rows = new Rows(index, this.state);
    this.heads.firstChild.textContent = `Stored in the ${this.data.source}`;
    this.drawVerdicts();
    this.drawBar();
    this.showWords(index.count ? "" : "This copy has no messages: there is nothing to send.");
    this.fitter.fit();
    if (this.data.message === null || this.data.message === undefined) this.list.paint();
    else this.deepLink();
  }

  providerName(provider) {
    return this.summary.names[provider] ?? provider;
  }

  drawVerdicts() {
    this.verdicts.replaceChildren(...verdictLines(this));
    this.fitter?.fit();
  }

  showVerdicts() {
    this.allVerdicts = true;
    this.drawVerdicts();
  }

  drawBar() {
    const counts = this.rows.counts;
    this.bar.replaceChildren(h("div", { class: "segments", role: "group", "aria-label": "Rows shown" },
      ...Object.entries(WAYS).map(([name, words]) => h("button", { type: "button", "aria-pressed": String(this.state.shown === name),
        disabled: name !== "all" && !counts[name], text: `${words} ${NUMBER.format(counts[name])}`, onclick: () => this.filter(name) }))),
    h("span", { class: "quiet", text: this.totals() }));
  }

  totals() {
    const { stored, sent, skipped } = this.summary;
    const gone = skipped ? `, ${NUMBER.format(skipped)} not sent` : "";
    return `${many(stored, "stored message")} become ${NUMBER.format(sent)}${gone}`;
  }

  updateBar() {}

  filter(name) {
    this.state.shown = name;
    this.rows.filter();
    this.drawBar();
    this.list.rebuild();
  }

  // The next of a provider's reasons, round and round.
  nextReason(provider) {
    const { rejections } = this.summary.verdicts.find((verdict) => verdict.provider === provider);
    const at = this.reasons.get(provider) ?? 0;
    this.reasons.set(provider, (at + 1) % rejections.length);
    this.goTo(rejections[at].row);
  }

  deepLink() {
    const { message } = this.data;
    const ordinal = this.rows?.rowOf.get(message);
    if (ordinal !== undefined) this.goTo(ordinal);
    else if (message !== null && message !== undefined && this.rows) {
      this.list.paint();
      this.say(`Message ${message} is not in this copy.`);
    }
  }

  goTo(ordinal) {
    if (ordinal < 0) {
      this.say("It is about the payload as a whole, not about one message.");
      return;
    }
    if (this.rows.place[ordinal] < 0) this.filter("all");
    const before = this.lit;
    this.lit = ordinal;
    this.flash = performance.now() + 1800;
    for (const n of [before, ordinal]) if (n !== null) this.list.refresh(n);
    this.list.goTo(ordinal, -12);
  }

  whereIs(row) {
    if (row < 0) return "";
    const positions = this.index.positions[row];
    return positions.length ? `#${positions.join(", #")}`.slice(0, 40) : "the next message";
  }

  build(ordinal) {
    return buildRow(this, ordinal);
  }

  want(near, ahead) {
    this.source.want([...near, ...ahead.filter((ordinal) => !near.includes(ordinal))]);
  }

  arrived(ordinals) {
    for (const ordinal of ordinals) this.list.refresh(ordinal);
    this.list.paint();
  }

  painted() {}

  focused() {
    return this.root.getRootNode().activeElement;
  }

  changed(ordinal) {
    this.list.holdWithin(ordinal);
    this.list.refresh(ordinal);
    this.list.paint();
  }

  async open(ordinal, part, given) {
    this.opened.add(`${ordinal} ${part}`);
    if (given.length > given.cut && !this.source.text(ordinal, part)) await this.readOn(ordinal, part);
    else this.changed(ordinal);
  }

  close(ordinal, part) {
    this.opened.delete(`${ordinal} ${part}`);
    this.changed(ordinal);
  }

  async readOn(ordinal, part) {
    try {
      await this.source.more(ordinal, part);
    } catch (error) {
      this.say(error.message);
    }
    this.changed(ordinal);
  }

  async copySent(ordinal) {
    try {
      let held = this.source.text(ordinal, "sent");
      while (!held || held.next !== null) {
        await this.source.more(ordinal, "sent");
        held = this.source.text(ordinal, "sent");
      }
      this.say(await copyText(held.text, this.root) ? "Copied as JSON" : "The browser did not allow copying.");
    } catch (error) {
      this.say(error.message);
    }
  }

  conversation(position) {
    const query = new URLSearchParams({ session: this.data.session, source: this.data.source, message: position });
    return `conversation?${query}`;
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
    document.removeEventListener("keydown", this.onkey);
    this.list.stop();
    this.fitter.stop();
  }
}
