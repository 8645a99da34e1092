// One payload in the page: ties the source, the verdicts, the bar and the list together.

const WAYS = { all: "All", changed: "Changed or lost", found: "With findings" };

class View extends ListView {
  constructor(root, host, data) {
    super(root, host, data, "Payload");
    this.state.shown = "all";
    this.reasons = new Map();
    this.flash = 0;
    this.verdicts = h("div", { class: "verdicts", role: "region", "aria-label": "Verdicts" });
    this.stored = h("span", { class: "storedhead" });
    this.lay([this.verdicts, this.bar], [this.stored, h("span", { text: "Sent to the model" })]);
    this.onkey = payloadKeys(this);
    document.addEventListener("keydown", this.onkey);
    this.load();
  }

  // A rerun of the page: nothing moves unless what is asked for is another payload.
  update(data) {
    const before = this.data;
    this.data = data;
    const other = ["session", "source", "model", "token", "view"].some((name) => before[name] !== data[name]);
    if (other) this.load();
    else if (before.message !== data.message) this.deepLink();
  }

  load() {
    const { session, source, model, view, message } = this.data;
    this.read(new Source({ session, source, model, view }), message === null || message === undefined ? {} : { message });
  }

  show({ index, summary }) {
    this.clear();
    this.index = index;
    this.summary = summary;
    this.reasons.clear();
    this.rows = new Rows(index, this.state);
    this.stored.textContent = `Stored in the ${this.data.source}`;
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
    this.flash = performance.now() + 1800;
    this.light(ordinal);
  }

  whereIs(row) {
    if (row < 0) return "";
    const positions = this.index.positions[row];
    return positions.length ? `#${positions.join(", #")}`.slice(0, 40) : "the next message";
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

  stop() {
    document.removeEventListener("keydown", this.onkey);
    super.stop();
  }
}
