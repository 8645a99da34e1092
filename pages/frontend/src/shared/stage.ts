// Where a list stands: its scroller, the words in its place where it is empty, and a toast over it.

import { h } from "./dom";

const TOAST_MS = 2_500;

export class Stage {
  readonly scroller: HTMLElement;
  readonly canvas = h("div", { class: "canvas", role: "presentation" });
  readonly element: HTMLElement;
  private readonly words = h("div", { class: "words-instead", hidden: true });
  private readonly toast = h("div", { class: "toast", role: "status", "aria-live": "polite" });
  private saying = 0;
  // A feed without an article is none: while it is read, or where nothing is left to show, this is only a group.
  private readonly filled = new MutationObserver(() =>
    this.scroller.setAttribute("role", this.canvas.childElementCount ? "feed" : "group"),
  );

  constructor(label: string) {
    this.scroller = h("div", { class: "scroller", tabindex: "0", role: "group", "aria-label": label }, this.canvas);
    this.element = h("div", { class: "stage" }, this.scroller, this.words, this.toast);
    this.filled.observe(this.canvas, { childList: true });
  }

  focus(): void {
    this.scroller.focus({ preventScroll: true });
  }

  // A list that begins below the window's edge comes up to where its rows can be seen.
  bringIntoSight(): void {
    this.element.scrollIntoView({ block: "nearest" });
  }

  // Words instead of the list; none bring the list back.
  showWords(words: string): void {
    this.words.textContent = words;
    this.words.hidden = !words;
    this.scroller.hidden = Boolean(words);
  }

  say(words: string): void {
    this.toast.textContent = words;
    this.toast.classList.add("up");
    clearTimeout(this.saying);
    this.saying = window.setTimeout(() => this.toast.classList.remove("up"), TOAST_MS);
  }

  stop(): void {
    this.filled.disconnect();
    clearTimeout(this.saying);
  }
}
