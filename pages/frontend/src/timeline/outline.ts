// The user's questions at the left: a list of equal heights, of which only what is in sight is in the page.

import { h, setText } from "../shared/dom";
import { clockWords, many, NUMBER, spanWords } from "../shared/format";
import { known, lastWhere } from "../shared/sorted";
import { fill } from "../shared/text";
import { costWords, type Figures, figuresOf, shortNumber } from "./turn-figures";
import type { Question } from "./types";

const ENTRY = 63;
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
  private figures = new Map<number, Figures>();
  private now = -1;
  private hovered = false;
  private isTold = true; // whether the figures of these turns were asked for

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
    if (!goesOn(this.questions, questions)) this.figures = new Map();
    this.questions = questions;
    this.now = -1;
    for (const n of this.entries.keys()) this.drop(n);
    this.count.textContent = NUMBER.format(questions.length);
    this.canvas.style.height = `${questions.length * ENTRY}px`;
    this.none.hidden = questions.length > 0;
    this.isTold = false;
    this.paint();
  }

  // The figures are asked for where they are seen, which a phone's outline is not before it is opened.
  private askOnce(): void {
    if (this.isTold) return;
    this.isTold = true;
    const { questions } = this;
    void figuresOf(questions).then((figures) => this.figured(questions, figures));
  }

  private figured(questions: Question[], figures: Map<number, Figures>): void {
    if (questions !== this.questions || !figures.size) return;
    this.figures = figures;
    for (const [n, { button }] of this.entries) {
      const question = known(this.questions, n);
      const found = figures.get(question[0]);
      button.title = told(question, found);
      setText(known([...button.querySelectorAll(".figures")], 0), figureWords(question, found));
    }
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
    if (clientHeight) this.askOnce();
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
    const button = this.button(n);
    const place = h("div", { role: "listitem", class: "entryplace", style: `top:${n * ENTRY}px` }, button);
    this.canvas.append(place);
    this.entries.set(n, { place, button });
    return { place, button };
  }

  private button(n: number): HTMLElement {
    const question = known(this.questions, n);
    const [position, words] = question;
    const figures = this.figures.get(position);
    return h(
      "button",
      {
        class: "entry",
        type: "button",
        title: told(question, figures),
        onclick: () => this.jump(position),
      },
      h("span", { class: "position", text: `#${position}` }),
      fill(h("span", { class: "words", dir: "auto" }), words || "(empty)"),
      h("span", { class: "figures", text: figureWords(question, figures) }),
    );
  }

  private drop(n: number): void {
    this.entries.get(n)?.place.remove();
    this.entries.delete(n);
  }

  stop(): void {
    this.observer.disconnect();
  }
}

// Whether it is the same conversation, which was read again.
const goesOn = ([before]: Question[], [after]: Question[]): boolean => before?.join() === after?.join();

// When, how long, input and output tokens, cost: what is known of them.
function figureWords([, , at, seconds]: Question, figures: Figures | undefined): string {
  return [
    clockWords(at),
    typeof seconds === "number" ? spanWords(seconds) : "",
    figures ? `${shortNumber(figures.input)} / ${shortNumber(figures.output)}` : "",
    figures && figures.cost !== null ? costWords(figures.cost, figures.currency) : "",
  ]
    .filter(Boolean)
    .join(" · ");
}

function told([position, , , seconds]: Question, figures: Figures | undefined): string {
  const lines = [`Message ${position}`];
  if (typeof seconds === "number") lines.push(`Took ${spanWords(seconds)} to the last message of the turn`);
  if (figures) {
    const { input, output, responses } = figures;
    lines.push(
      `${NUMBER.format(input)} input and ${many(output, "output token")} in ${many(responses, "response")}, as recorded`,
    );
  }
  if (figures && figures.cost !== null) {
    lines.push(`About ${figures.cost.toFixed(4)} ${figures.currency ?? ""} at list prices`);
  }
  return lines.join("\n");
}
