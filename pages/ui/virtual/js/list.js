// The virtual list. Where the reader is, is an anchor (a message and how far its top is above the edge), never
// a number of pixels: heights that are measured later move the canvas, not what is being read.

const AHEAD = 500;
const SETTLE_MS = 140;

class List {
  constructor(view, scroller, canvas) {
    this.view = view;
    this.scroller = scroller;
    this.canvas = canvas;
    this.mounted = new Map();
    this.shift = 0;
    this.set = -1;
    this.timer = 0;
    this.painting = false;
    this.observer = new ResizeObserver(() => this.resized());
    this.observer.observe(scroller);
    scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
  }

  get rows() { return this.view.rows; }
  get anchor() { return this.view.state.anchor; }
  set anchor(anchor) { this.view.state.anchor = anchor; }

  scrolled() {
    if (!this.followScroll()) return;
    this.paint(false);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settle(), SETTLE_MS);
  }

  settle() {
    this.followScroll();
    this.paint(true);
  }

  // Moves the anchor to where the reader scrolled since the last painting, if they did. The browser tells of it in
  // its next frame: whoever paints before that for another reason would scroll back.
  followScroll() {
    const top = this.scroller.scrollTop;
    if (!this.rows || !this.scroller.clientHeight || Math.abs(top - this.set) < 1) return false;
    this.set = -1;
    this.anchorAt(top - this.shift);
    return true;
  }

  anchorAt(height) {
    const { visible } = this.rows;
    if (!visible.length) return;
    const inside = Math.min(Math.max(height, 0), Math.max(this.rows.total - this.scroller.clientHeight, 0));
    const place = this.rows.at(inside);
    this.anchor = { ordinal: visible[place], above: inside - this.rows.tops[place] };
  }

  resized() {
    const width = this.canvas.clientWidth;
    if (!this.rows || !width) return;
    if (Math.abs(width - this.rows.width) > 1) {
      this.rows.width = width;
      this.rows.forgetHeights();
      for (const row of this.mounted.values()) row.clipped = false;
    }
    this.paint(true);
  }

  wantedTop() {
    const tops = this.rows.layout();
    const most = Math.max(this.rows.total - this.scroller.clientHeight, 0);
    if (this.anchor.end) return most;
    const place = this.rows.placeNear(this.anchor.ordinal);
    if (place < 0) return 0;
    const same = this.rows.visible[place] === this.anchor.ordinal;
    return Math.min(Math.max(tops[place] + (same ? this.anchor.above : 0), 0), most);
  }

  // Mounts what is near the edge, measures it, and repeats until nothing moves. While the wheel turns
  // (settle = false) the rows are shifted instead of the scroll bar, which would stop the wheel.
  paint(settle = true) {
    if (!this.rows || this.painting || !this.scroller.clientHeight) return;
    this.painting = true;
    let top = 0;
    for (let round = 0; round < 8; round += 1) {
      top = this.wantedTop();
      this.mountAround(top);
      if (!this.measure()) break;
    }
    top = this.wantedTop();
    this.move(top, settle);
    this.position();
    this.painting = false;
    this.view.painted(top);
  }

  move(top, settle) {
    const height = this.scroller.clientHeight;
    const edge = this.scroller.scrollTop < 2 * height || top > this.rows.total - 3 * height;
    if (settle || edge) {
      this.shift = 0;
      this.size();
      if (Math.abs(this.scroller.scrollTop - top) > 0.5) this.scroller.scrollTop = top;
      this.set = this.scroller.scrollTop;
    } else {
      this.shift = this.scroller.scrollTop - top;
      this.size();
    }
  }

  size() {
    const height = `${Math.max(this.rows.total + this.shift, 0)}px`;
    if (this.canvas.style.height !== height) this.canvas.style.height = height;
  }

  range(top, margin) {
    const { visible } = this.rows;
    const first = this.rows.at(Math.max(top - margin, 0));
    const last = this.rows.at(top + this.scroller.clientHeight + margin);
    return visible.length ? visible.slice(first, last + 1) : [];
  }

  mountAround(top) {
    const near = this.range(top, AHEAD);
    const keep = new Set(near);
    for (const [ordinal, row] of this.mounted) if (!keep.has(ordinal)) this.unmount(ordinal, row);
    for (const ordinal of near) if (!this.mounted.has(ordinal)) this.mount(ordinal);
    this.view.want(near, this.range(top, 3 * AHEAD));
  }

  mount(ordinal) {
    const row = { element: this.view.build(ordinal), clipped: false };
    this.mounted.set(ordinal, row);
    const next = [...this.mounted.keys()].filter((other) => other > ordinal);
    const after = next.length ? this.mounted.get(Math.min(...next)).element : null;
    this.canvas.insertBefore(row.element, after); // in reading order, for screen readers and selections
    this.observer.observe(row.element);
  }

  unmount(ordinal, row) {
    this.observer.unobserve(row.element);
    if (row.element.contains(this.view.focused())) this.scroller.focus({ preventScroll: true });
    row.element.remove();
    this.mounted.delete(ordinal);
  }

  // All reads first, then all writes: one layout for a batch.
  measure() {
    const fresh = [...this.mounted].filter(([, row]) => !row.clipped);
    const clips = fresh.flatMap(([, row]) => [...row.element.querySelectorAll(".clip")]);
    const over = clips.map((clip) => clip.scrollHeight - clip.clientHeight > 24);
    clips.forEach((clip, at) => clip.classList.toggle("fits", !over[at]));
    for (const [, row] of fresh) row.clipped = true;
    let moved = false;
    const sizes = [...this.mounted].map(([ordinal, row]) => [ordinal, row.element.getBoundingClientRect().height]);
    for (const [ordinal, height] of sizes) moved = this.rows.measure(ordinal, height) || moved;
    return moved;
  }

  position() {
    const tops = this.rows.layout();
    for (const [ordinal, row] of this.mounted) {
      row.element.style.transform = `translateY(${tops[this.rows.place[ordinal]] + this.shift}px)`;
    }
  }

  refresh(ordinal) {
    const row = this.mounted.get(ordinal);
    if (!row) return;
    const held = row.element.contains(this.view.focused()) ? this.view.focused() : null;
    const element = this.view.build(ordinal);
    this.observer.unobserve(row.element);
    row.element.replaceWith(element);
    this.mounted.set(ordinal, { element, clipped: false });
    this.observer.observe(element);
    if (held) this.refocus(held, element);
  }

  // A box that somebody writes in keeps the focus and its caret.
  refocus(held, element) {
    const again = held.dataset.focus && element.querySelector(`[data-focus="${CSS.escape(held.dataset.focus)}"]`);
    (again || element).focus({ preventScroll: true });
    if (again && "selectionStart" in again) again.setSelectionRange(held.selectionStart, held.selectionEnd);
  }

  // After a filter, a fold of all, another mode: everything anew, the same message at the edge.
  rebuild() {
    const held = this.view.focused();
    const holder = [...this.mounted].find(([, row]) => row.element.contains(held))?.[0];
    for (const [ordinal, row] of this.mounted) this.unmount(ordinal, row);
    this.rows.forgetHeights();
    this.paint();
    const again = this.mounted.get(holder);
    if (again && held.dataset.focus) this.refocus(held, again.element);
  }

  goTo(ordinal, above = 0) {
    this.anchor = { ordinal, above };
    this.paint();
  }

  goToEnd() {
    const { visible } = this.rows;
    this.anchor = { ordinal: visible[visible.length - 1], above: 0, end: true };
    this.paint();
  }

  by(pixels) {
    this.anchorAt(this.wantedTop() + pixels);
    this.paint();
  }

  // Brings a row into sight with as little movement as can be.
  reveal(ordinal) {
    const place = this.rows.place[ordinal];
    const top = this.rows.layout()[place];
    const height = this.rows.heights[ordinal];
    const now = this.wantedTop();
    const room = this.scroller.clientHeight;
    if (top < now || height > room) this.goTo(ordinal, -4);
    else if (top + height > now + room) this.goTo(ordinal, height - room + 4);
    else this.paint();
    // measuring may have moved its end out of sight again
    const grown = this.rows.heights[ordinal];
    if (grown !== height && grown < room) {
      if (this.rows.layout()[place] + grown > this.wantedTop() + room) this.goTo(ordinal, grown - room + 4);
    }
  }

  // Keeps a row's top where it is while it grows or shrinks; one that begins above the edge comes down to it.
  hold(ordinal) {
    const place = this.rows.place[ordinal];
    const above = this.wantedTop() - this.rows.layout()[place];
    this.anchor = { ordinal, above };
  }

  holdWithin(ordinal) {
    this.hold(ordinal);
    if (this.anchor.above > 0) this.anchor.above = 0;
  }

  stop() {
    clearTimeout(this.timer);
    this.observer.disconnect();
  }
}
