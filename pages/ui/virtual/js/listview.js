// What views share whose rows are read in windows: the list with its words and its toast, and reading a source.
// Who extends it has show(answer) for what an opening brings; a component's buildRow(view, ordinal) makes a row.

class ListView {
  constructor(root, host, data, label) {
    this.root = root;
    this.host = host;
    this.data = data;
    this.state = { anchor: { ordinal: 0, above: 0 } };
    this.opened = new Set();
    this.lit = null;
    this.bar = h("div", { class: "toolbar" });
    this.scroller = h("div", { class: "scroller", tabindex: "0", role: "feed", "aria-label": label });
    this.canvas = h("div", { class: "canvas", role: "presentation" });
    this.words = h("div", { class: "words-instead", hidden: true });
    this.toast = h("div", { class: "toast", role: "status", "aria-live": "polite" });
    this.scroller.append(this.canvas);
  }

  // The columns under two heads; `above` stands over them.
  lay(above, heads) {
    this.root.replaceChildren(...above, h("div", { class: "columns" }, h("div", { class: "heads" }, ...heads),
      h("div", { class: "stage" }, this.scroller, this.words, this.toast)));
    this.list = new List(this, this.scroller, this.canvas);
    this.fitter = new Fitter(this);
  }

  async read(source, parameters) {
    if (this.source) this.source.stopped = true;
    this.source = source;
    source.onitems = (ordinals) => this.arrived(ordinals);
    source.onfail = (error) => this.say(error.message);
    this.root.setAttribute("aria-busy", "true");
    try {
      const answer = await source.opening(parameters);
      if (!source.stopped) this.show(answer);
    } catch (error) {
      if (!source.stopped) this.showWords(`Nothing to show: ${error.message}`);
    }
    this.root.removeAttribute("aria-busy");
  }

  clear() {
    for (const [ordinal, row] of this.list.mounted) this.list.unmount(ordinal, row);
  }

  light(ordinal) {
    const before = this.lit;
    this.lit = ordinal;
    for (const n of [before, ordinal]) if (n !== null) this.list.refresh(n);
    this.list.goTo(ordinal, -12);
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

  updateBar() {}

  focused() {
    return this.root.getRootNode().activeElement;
  }

  changed(ordinal) {
    this.list.holdWithin(ordinal);
    this.list.refresh(ordinal);
    this.list.paint();
  }

  linkTo(source, position) {
    const query = new URLSearchParams({ session: this.data.session, source, message: position });
    const here = new URLSearchParams(window.location.search);
    for (const name of ["tz", "view"]) if (here.get(name)) query.set(name, here.get(name));
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
    this.list.stop();
    this.fitter.stop();
  }
}
