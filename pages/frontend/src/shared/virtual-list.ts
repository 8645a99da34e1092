// The virtual list. Where the reader is, is an anchor (a message and how far its top is above the edge), never
// a number of pixels: heights that are measured later move the canvas, not what is being read.

import { focusedIn } from "./dom";
import type { Layout } from "./layout";
import { known } from "./sorted";

const AHEAD = 500;
const SETTLE_MS = 140;
const MOST_ROUNDS = 8;

export interface Anchor {
  ordinal: number;
  above: number;
  end?: boolean;
}

export interface MountedRow {
  element: HTMLElement;
  clipped: boolean;
}

// What fills the list: its layout, where its reader is, and its rows.
export interface Rows {
  readonly rows: Layout | null;
  readonly state: { anchor: Anchor };
  build(ordinal: number): HTMLElement;
  // What should be here: the rows near the edge, then those farther away.
  want(near: number[], ahead: number[]): void;
  painted(): void;
}

export class VirtualList {
  readonly mounted = new Map<number, MountedRow>();
  private shift = 0;
  private set = -1;
  private timer = 0;
  private painting = false;
  private readonly observer: ResizeObserver;

  constructor(
    private readonly view: Rows,
    private readonly scroller: HTMLElement,
    private readonly canvas: HTMLElement,
  ) {
    this.observer = new ResizeObserver(() => this.resized());
    this.observer.observe(scroller);
    scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
  }

  get anchor(): Anchor {
    return this.view.state.anchor;
  }

  set anchor(anchor: Anchor) {
    this.view.state.anchor = anchor;
  }

  private get rows(): Layout {
    return this.view.rows as Layout;
  }

  private scrolled(): void {
    if (!this.followScroll()) return;
    this.paint(false);
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.settle(), SETTLE_MS);
  }

  private settle(): void {
    this.followScroll();
    this.paint(true);
  }

  // Moves the anchor to where the reader scrolled since the last painting, if they did. The browser tells of it in
  // its next frame: whoever paints before that for another reason would scroll back.
  followScroll(): boolean {
    const top = this.scroller.scrollTop;
    if (!this.view.rows || !this.scroller.clientHeight || Math.abs(top - this.set) < 1) return false;
    this.set = -1;
    this.anchorAt(top - this.shift);
    return true;
  }

  private anchorAt(height: number): void {
    const { visible } = this.rows;
    if (!visible.length) return;
    const inside = Math.min(Math.max(height, 0), Math.max(this.rows.total - this.scroller.clientHeight, 0));
    const place = this.rows.at(inside);
    this.anchor = { ordinal: known(visible, place), above: inside - this.rows.topOf(place) };
  }

  resized(): void {
    const width = this.canvas.clientWidth;
    if (!this.view.rows || !width) return;
    if (Math.abs(width - this.rows.width) > 1) {
      this.rows.width = width;
      this.rows.forgetHeights();
      for (const row of this.mounted.values()) row.clipped = false;
    }
    this.paint(true);
  }

  // Where the top edge of the view should be.
  wantedTop(): number {
    const most = Math.max(this.rows.total - this.scroller.clientHeight, 0);
    if (this.anchor.end) return most;
    const place = this.rows.placeNear(this.anchor.ordinal);
    if (place < 0) return 0;
    const same = this.rows.visible[place] === this.anchor.ordinal;
    return Math.min(Math.max(this.rows.topOf(place) + (same ? this.anchor.above : 0), 0), most);
  }

  // Mounts what is near the edge, measures it, and repeats until nothing moves. While the wheel turns
  // (settle = false) the rows are shifted instead of the scroll bar, which would stop the wheel.
  paint(settle = true): void {
    if (!this.view.rows || this.painting || !this.scroller.clientHeight) return;
    this.painting = true;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      this.mountAround(this.wantedTop());
      if (!this.measure()) break;
    }
    this.move(this.wantedTop(), settle);
    this.position();
    this.painting = false;
    this.view.painted();
  }

  private move(top: number, settle: boolean): void {
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

  private size(): void {
    const height = `${Math.max(this.rows.total + this.shift, 0)}px`;
    if (this.canvas.style.height !== height) this.canvas.style.height = height;
  }

  private range(top: number, margin: number): number[] {
    const { visible } = this.rows;
    const first = this.rows.at(Math.max(top - margin, 0));
    const last = this.rows.at(top + this.scroller.clientHeight + margin);
    return visible.length ? visible.slice(first, last + 1) : [];
  }

  private mountAround(top: number): void {
    const near = this.range(top, AHEAD);
    const keep = new Set(near);
    for (const [ordinal, row] of this.mounted) if (!keep.has(ordinal)) this.unmount(ordinal, row);
    for (const ordinal of near) if (!this.mounted.has(ordinal)) this.mount(ordinal);
    this.view.want(near, this.range(top, 3 * AHEAD));
  }

  private mount(ordinal: number): void {
    const row = { element: this.view.build(ordinal), clipped: false };
    this.mounted.set(ordinal, row);
    const next = [...this.mounted.keys()].filter((other) => other > ordinal);
    const after = next.length ? (this.mounted.get(Math.min(...next))?.element ?? null) : null;
    this.canvas.insertBefore(row.element, after); // in reading order, for screen readers and selections
    this.observer.observe(row.element);
  }

  private unmount(ordinal: number, row: MountedRow): void {
    this.observer.unobserve(row.element);
    if (row.element.contains(focusedIn(this.scroller))) this.scroller.focus({ preventScroll: true });
    row.element.remove();
    this.mounted.delete(ordinal);
  }

  // Takes all rows out of the page.
  clear(): void {
    for (const [ordinal, row] of this.mounted) this.unmount(ordinal, row);
  }

  // All reads first, then all writes: one layout for a batch.
  private measure(): boolean {
    const fresh = [...this.mounted.values()].filter((row) => !row.clipped);
    const clips = fresh.flatMap((row) => [...row.element.querySelectorAll(".clip")]);
    const over = clips.map((clip) => clip.scrollHeight - clip.clientHeight > 24);
    clips.forEach((clip, at) => {
      clip.classList.toggle("fits", !over[at]);
    });
    for (const row of fresh) row.clipped = true;
    let moved = false;
    const sizes = [...this.mounted].map(
      ([ordinal, row]) => [ordinal, row.element.getBoundingClientRect().height] as const,
    );
    for (const [ordinal, height] of sizes) moved = this.rows.measure(ordinal, height) || moved;
    return moved;
  }

  private position(): void {
    for (const [ordinal, row] of this.mounted) {
      row.element.style.transform = `translateY(${this.rows.topOf(this.rows.placeOf(ordinal)) + this.shift}px)`;
    }
  }

  // Makes a row anew; paint() lays it out.
  refresh(ordinal: number): void {
    const row = this.mounted.get(ordinal);
    if (!row) return;
    const focused = focusedIn(this.scroller);
    const held = row.element.contains(focused) ? focused : null;
    const element = this.view.build(ordinal);
    this.observer.unobserve(row.element);
    row.element.replaceWith(element);
    this.mounted.set(ordinal, { element, clipped: false });
    this.observer.observe(element);
    if (held) refocus(held, element);
  }

  // Makes all rows in the page anew.
  redraw(): void {
    for (const ordinal of [...this.mounted.keys()]) this.refresh(ordinal);
    this.paint();
  }

  // After a filter, a fold of all, another mode: everything anew, the same message at the edge.
  rebuild(): void {
    const held = focusedIn(this.scroller);
    const holder = [...this.mounted].find(([, row]) => row.element.contains(held))?.[0];
    this.clear();
    this.rows.forgetHeights();
    this.paint();
    const again = holder === undefined ? undefined : this.mounted.get(holder);
    if (again && held?.dataset.focus) refocus(held, again.element);
  }

  goTo(ordinal: number, above = 0): void {
    this.anchor = { ordinal, above };
    this.paint();
  }

  goToEnd(): void {
    this.anchor = { ordinal: this.rows.visible.at(-1) as number, above: 0, end: true };
    this.paint();
  }

  by(pixels: number): void {
    this.anchorAt(this.wantedTop() + pixels);
    this.paint();
  }

  // Brings a row into sight with as little movement as can be.
  reveal(ordinal: number): void {
    const place = this.rows.placeOf(ordinal);
    const top = this.rows.topOf(place);
    const height = this.rows.heightOf(ordinal);
    const now = this.wantedTop();
    const room = this.scroller.clientHeight;
    if (top < now || height > room) this.goTo(ordinal, -4);
    else if (top + height > now + room) this.goTo(ordinal, height - room + 4);
    else this.paint();
    // measuring may have moved its end out of sight again
    const grown = this.rows.heightOf(ordinal);
    if (grown !== height && grown < room && this.rows.topOf(place) + grown > this.wantedTop() + room) {
      this.goTo(ordinal, grown - room + 4);
    }
  }

  // Keeps a row's top where it is while it grows or shrinks.
  hold(ordinal: number): void {
    const above = this.wantedTop() - this.rows.topOf(this.rows.placeOf(ordinal));
    this.anchor = { ordinal, above };
  }

  // As hold, but a row that begins above the edge comes down to it.
  holdWithin(ordinal: number): void {
    this.hold(ordinal);
    if (this.anchor.above > 0) this.anchor.above = 0;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.observer.disconnect();
  }
}

// What had the focus has it again, by its data-focus; a box that somebody writes in keeps its caret.
function refocus(held: HTMLElement, element: HTMLElement): void {
  const name = held.dataset.focus;
  const again = name ? element.querySelector<HTMLElement>(`[data-focus="${CSS.escape(name)}"]`) : null;
  (again ?? element).focus({ preventScroll: true });
  if (isTextBox(held) && again && isTextBox(again)) again.setSelectionRange(held.selectionStart, held.selectionEnd);
}

const isTextBox = (element: HTMLElement): element is HTMLTextAreaElement => "selectionStart" in element;
