// The user's questions at the left: a list of equal heights, of which only what is in sight is in the page.

import { h } from "../shared/dom";
import { NUMBER } from "../shared/format";
import { known, lastWhere } from "../shared/sorted";
import { fill } from "../shared/text";
import type { Question } from "./types";

const ENTRY = 46;
const AROUND = 4;

interface Entry {
  place: HTMLElement;
  button: HTMLElement;
}

export class Outline {
  readonly element: HTMLElement;
  private readonly canvas = h("div", { class: "entrycanvas", role: "list" });
  private readonly list = h("div", { class: "entries" }, this.canvas);
  private readonly count = h("span", { class: "outlinecount" });
  private readonly none = h("p", { class: "none quiet", hidden: true, text: "No user turns." });
  private readonly entries = new Map<number, Entry>();
  private readonly observer: ResizeObserver;
  private questions: Question[] = [];
  private now = -1;
  private hovered = false;

  constructor(private readonly jump: (position: number) => void) {
    const head = h("div", { class: "outlinehead" }, "Turns ", this.count);
    this.element = h("nav", { class: "outline", "aria-label": "Turns" }, head, this.none, this.list);
    this.list.addEventListener("scroll", () => this.paint(), { passive: true });
    this.element.addEventListener("pointerenter", () => {
      this.hovered = true;
    });
    this.element.addEventListener("pointerleave", () => {
      this.hovered = false;
    });
    this.observer = new ResizeObserver(() => this.paint());
    this.observer.observe(this.list);
  }

  fill(questions: Question[]): void {
    this.questions = questions;
    this.now = -1;
    for (const n of this.entries.keys()) this.drop(n);
    this.count.textContent = NUMBER.format(questions.length);
    this.canvas.style.height = `${questions.length * ENTRY}px`;
    this.none.hidden = questions.length > 0;
    this.paint();
  }

  // Marks the last question at or before what is being read.
  follow(position: number): void {
    const now = lastWhere(this.questions.length, (n) => known(this.questions, n)[0] <= position);
    if (now === this.now) return;
    this.now = now;
    const top = now * ENTRY;
    const { scrollTop, clientHeight } = this.list;
    if (!this.hovered && now >= 0 && (top < scrollTop || top + ENTRY > scrollTop + clientHeight)) {
      this.list.scrollTop = Math.max(top - clientHeight / 3, 0);
    }
    this.paint();
  }

  paint(): void {
    const { scrollTop, clientHeight } = this.list;
    const first = Math.max(Math.floor(scrollTop / ENTRY) - AROUND, 0);
    const last = Math.min(Math.ceil((scrollTop + clientHeight) / ENTRY) + AROUND, this.questions.length);
    for (const n of this.entries.keys()) if (n < first || n >= last) this.drop(n);
    for (let n = first; n < last; n += 1) {
      const { button } = this.entries.get(n) ?? this.mount(n);
      if (n === this.now) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }

  private mount(n: number): Entry {
    const [position, words] = known(this.questions, n);
    const button = h(
      "button",
      { class: "entry", type: "button", title: `Message ${position}`, onclick: () => this.jump(position) },
      h("span", { class: "position", text: `#${position}` }),
      fill(h("span", { class: "words", dir: "auto" }), words || "(empty)"),
    );
    const place = h("div", { role: "listitem", class: "entryplace", style: `top:${n * ENTRY}px` }, button);
    this.canvas.append(place);
    this.entries.set(n, { place, button });
    return { place, button };
  }

  private drop(n: number): void {
    this.entries.get(n)?.place.remove();
    this.entries.delete(n);
  }

  stop(): void {
    this.observer.disconnect();
  }
}
