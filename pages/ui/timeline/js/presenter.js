// The presenter view: large type and nothing but the conversation, over the whole window. The page behind it stays
// as it is, unseen, so that the way back loses nothing. `presenter` of the address is on (the page's colours),
// light or dark.

const COLOURS = { light: "Light", dark: "Dark" };
const PRESENTED_SCALE = 1.45;
const PAGE = document.documentElement;
let presentingView = null;

Object.assign(View.prototype, {
  togglePresenter() {
    if (this.presenting) this.leavePresenter();
    else this.present("on");
  },

  present(colours) {
    const first = !this.presenting;
    this.presenting = true;
    this.address.set("presenter", colours);
    for (const name of Object.keys(COLOURS)) this.root.classList.toggle(name, name === colours);
    if (first) this.cover();
    this.replayBar.update();
  },

  cover() {
    presentingView = this;
    PAGE.dataset.presenter = "on";
    this.root.classList.add("presenter");
    if (this.root.showPopover) {
      this.root.setAttribute("popover", "manual");
      this.root.showPopover();
    }
    this.relaid();
    this.scroller.focus({ preventScroll: true });
  },

  leavePresenter() {
    this.presenting = false;
    this.address.set("presenter", null);
    this.uncover("off");
    this.fitter.fit();
    this.relaid();
    this.scroller.focus({ preventScroll: true });
  },

  // "off": the page knows that the view was left, though its address may have said otherwise when it was drawn.
  uncover(left) {
    if (presentingView !== this) return;
    presentingView = null;
    if (left) PAGE.dataset.presenter = left;
    else delete PAGE.dataset.presenter;
    this.root.removeAttribute("popover");
    this.root.classList.remove("presenter", ...Object.keys(COLOURS));
  },

  // Another size of type: rows are made anew, and the same message stays at the edge.
  relaid() {
    this.updateBar();
    if (!this.rows) return;
    this.rows.width = this.canvas.clientWidth || this.rows.width;
    this.rows.scale = this.presenting ? PRESENTED_SCALE : 1;
    if (!this.list.anchor.end) this.list.anchor = { ordinal: this.list.anchor.ordinal, above: 0 };
    this.list.rebuild();
    this.replay?.follow();
  },

  // A call that is over is a line, unless its message was opened.
  showsArguments(ordinal) {
    return !this.presenting || this.replay?.row === ordinal || this.state.viewOf(ordinal) === "open";
  },

  colours() {
    if (this.address.presenter in COLOURS) return this.address.presenter;
    return getComputedStyle(this.root).colorScheme.startsWith("dark") ? "dark" : "light";
  },
});

// In the presenter view a message says who speaks, and how long that took to come.
function presentedHeader(view, ordinal, item, way) {
  const { kind, gap } = view.place(ordinal);
  const head = h("header", {}, roleLabel(item, kind));
  if (item && way === "folded") head.append(preview(item));
  if (gap >= 60) head.append(h("span", { class: "gap", text: laterWords(gap) }));
  return head;
}
