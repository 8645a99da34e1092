// The running turn under the messages: its words as they are produced, and where they are by now.

import { h, setText } from "../shared/dom";
import { many, NUMBER } from "../shared/format";
import { fill } from "../shared/text";
import type { CallPart, LivePart, LiveTurn, LiveView, Piece, Place, TextPart, Waiting } from "./live-types";

const PLACES: Record<Place, string> = {
  stream: "only in the stream",
  cache: "in the cache, not in the database",
  database: "in the database, not in the cache",
  both: "in both copies",
  unknown: "not known to be in a copy",
};
const ACTIVITIES: Record<LiveView["activity"], string> = {
  idle: "Idle",
  queued: "Queued",
  running: "Running",
  stuck: "Stuck (no worker)",
  unknown: "No status",
};
const OUTCOMES: Record<LiveTurn["outcome"], string> = {
  running: "Running",
  completed: "Completed",
  failed: "Failed",
  worker_gone: "Stopped (no worker)",
};
const SETTLE_SECONDS = 5;
const NEAR_END = 12;

export class LivePanel {
  readonly element = h("section", { class: "live", "aria-label": "Running turn", hidden: true });
  private readonly dot = h("span", { class: "live-dot", "aria-hidden": "true" });
  private readonly status = h("span", { class: "live-status", role: "status" });
  private readonly age = h("span", { class: "live-age" });
  private readonly counts = h("span", { class: "live-age" });
  private readonly body = h("div", {
    class: "live-body",
    tabindex: "0",
    role: "log",
    "aria-live": "off",
    "aria-label": "Output",
  });
  private readonly parts = h("div", { class: "live-parts" });
  private readonly after = h("div", { class: "live-after" });
  private drawn: string[] = [];
  private atEnd = true; // by what the reader scrolled, since the panel itself may get lower or higher

  constructor() {
    this.body.addEventListener("scroll", () => {
      this.atEnd = this.body.scrollTop + this.body.clientHeight >= this.body.scrollHeight - NEAR_END;
    });
    this.body.append(this.parts, this.after);
    this.element.append(h("header", { class: "live-head" }, this.dot, this.status, this.age, this.counts), this.body);
  }

  hide(): void {
    this.element.hidden = true;
    this.atEnd = true;
    this.drawn = [];
    this.parts.replaceChildren();
    this.after.replaceChildren();
  }

  show(view: LiveView, now: number): void {
    this.element.hidden = false;
    this.element.classList.toggle("running", view.running);
    setText(this.status, statusOf(view));
    this.tick(view, now);
    setText(this.counts, countsOf(view));
    this.drawParts(view.turn?.parts ?? [], view.turn?.outcome === "running");
    this.after.replaceChildren(...waitingOf(view, now), ...endingOf(view, now));
    if (this.atEnd) this.body.scrollTop = this.body.scrollHeight;
  }

  // How long ago the turn gave a sign of life.
  tick(view: LiveView, now: number): void {
    const last = view.turn?.last_at ?? null;
    setText(this.age, last === null ? "" : `last sign ${ageOf(last, now)} ago`);
  }

  // A failure to ask: what was shown stays.
  fail(words: string): void {
    this.element.hidden = false;
    setText(this.status, `Not updated: ${words}`);
  }

  private drawParts(parts: LivePart[], running: boolean): void {
    const made = parts.map((part) => JSON.stringify([part, running]));
    parts.forEach((part, at) => {
      const before = this.parts.children[at];
      if (before && this.drawn[at] === made[at]) return;
      const element = partOf(part, running);
      if (before) before.replaceWith(element);
      else this.parts.append(element);
    });
    while (this.parts.children.length > parts.length) this.parts.lastElementChild?.remove();
    this.drawn = made;
  }
}

function statusOf(view: LiveView): string {
  const { turn, unavailable = [] } = view;
  if (unavailable.includes("cache")) return "The cache is unavailable, so the running turn can't be read.";
  if (!turn) return `${ACTIVITIES[view.activity]} · no turn in the stream`;
  const words = turn.outcome === "running" && view.activity !== "unknown" ? ACTIVITIES[view.activity] : "";
  const about = [words || OUTCOMES[turn.outcome]];
  if (turn.trimmed) about.push("the beginning of the stream was trimmed");
  if (turn.problem) about.push(turn.problem);
  else if (!turn.has_stream) about.push("there is no stream");
  return about.join(" · ");
}

// How many messages each copy has by now; the head of the page tells it a moment later.
function countsOf({ messages }: LiveView): string {
  const told = (count: number | null) => (count === null ? "no readable copy" : many(count, "message"));
  return `Database: ${told(messages.database)} · Cache: ${told(messages.cache)}`;
}

function partOf(part: LivePart, running: boolean): HTMLElement {
  switch (part.kind) {
    case "text":
      return textOf(part);
    case "call":
      return callOf(part, running);
    case "usage":
      return h("div", { class: "live-part live-note", text: `Tokens: ${tokensOf(part)}` });
    case "error": {
      const more = [part.code, part.details].filter(Boolean).join(", ");
      const words = `Error: ${part.text}${more ? ` (${more})` : ""}`;
      return fill(h("div", { class: "live-part live-error" }), words);
    }
    case "unknown":
      return unknownOf(part.type, part.count, part.readable, part.sample);
  }
}

function textOf(part: TextPart): HTMLElement {
  const text = h("div", { class: "live-text" });
  let at = 0;
  const add = (place: Place, length: number) => {
    const words = part.text.slice(at, at + length);
    if (words) text.append(fill(h("span", { class: `place ${place}`, title: titled(PLACES[place]) }), words));
    at += length;
  };
  const told = part.places.reduce((sum, [, length]) => sum + length, 0);
  if (told === part.text.length) for (const [place, length] of part.places) add(place, length);
  else fill(text, part.text); // the structure view: the lengths are those of words that are not shown
  if (!part.begun) text.prepend(h("span", { class: "live-note", text: "… " }));
  const held = part.withheld
    ? `${many(part.withheld, "character")} withheld until nothing in them has to be masked`
    : "";
  return h(
    "div",
    { class: "live-part" },
    text,
    placesLine(part.places),
    held && h("div", { class: "live-note", text: held }),
  );
}

function callOf(part: CallPart, running: boolean): HTMLElement {
  const head = fill(
    h("div", { class: "live-call-head" }),
    `Tool call ${part.name || part.id} · ${stateOf(part, running)}`,
  );
  const given = part.called && part.input !== null && blockOf("Input", part.input);
  const result = part.answered && part.output !== null && blockOf("Output", part.output);
  return h("div", { class: "live-part live-call" }, head, given, result, placesLine(part.places, "call"));
}

function stateOf(part: CallPart, running: boolean): string {
  if (part.answered) return part.success === false ? "failed" : "done";
  return running ? "running" : "no result";
}

const blockOf = (label: string, words: string): HTMLElement =>
  h("div", { class: "live-block" }, h("span", { class: "live-note", text: label }), fill(h("pre", {}), words));

function placesLine(places: Piece[], kind: "text" | "call" = "text"): HTMLElement | null {
  if (!places.length) return null;
  const told = places.map(([place, length]) => {
    const size = kind === "call" ? (length > 1 ? "call and result " : "") : `${many(length, "character")} `;
    return places.length === 1 && kind === "text" ? titled(PLACES[place]) : `${size}${PLACES[place]}`;
  });
  return h("div", { class: "live-places", text: titled(told.join(" · ")) });
}

function unknownOf(type: string, count: number, readable: boolean, sample: string): HTMLElement {
  const entries = many(count, "entry", "entries");
  const words = readable ? `${entries} of the unknown type ${type}` : `${entries} that can't be read: ${type}`;
  const summary = fill(h("summary", {}), words);
  if (!sample) return fill(h("div", { class: "live-part live-note" }), words);
  return h("details", { class: "live-part live-note" }, summary, fill(h("pre", {}), sample));
}

function tokensOf(part: { prompt_tokens: number | null; completion_tokens: number | null }): string {
  if (part.prompt_tokens === null && part.completion_tokens === null) return "not reported";
  const known = (count: number | null) => (count === null ? "not reported" : NUMBER.format(count));
  return `${known(part.prompt_tokens)} input, ${known(part.completion_tokens)} output`;
}

function waitingOf(view: LiveView, now: number): HTMLElement[] {
  return view.waiting.map((item) => {
    const age = item.enqueued_at === null ? "" : ` for ${ageOf(item.enqueued_at, now)}`;
    const told = `${waits(item)}${age}`;
    return h(
      "div",
      { class: "live-waiting" },
      h("div", { class: "live-note", text: told }),
      fill(h("div"), item.content),
    );
  });
}

const waits = (item: Waiting): string => (item.given ? "Given to the model but not stored" : "Waiting to be sent");

// What never arrived, once the turn is over.
function endingOf(view: LiveView, now: number): HTMLElement[] {
  const { turn } = view;
  if (!turn || turn.outcome === "running") return [];
  if (!turn.unsaved) {
    return turn.parts.length ? [h("div", { class: "live-note", text: "All of this turn has arrived in a copy." })] : [];
  }
  const ended = turn.last_at === null ? SETTLE_SECONDS : (now - Date.parse(turn.last_at)) / 1000;
  if (turn.outcome !== "worker_gone" && ended < SETTLE_SECONDS) {
    return [h("div", { class: "live-note", text: "The turn has ended; its last words may still arrive." })];
  }
  const left = turn.expires_at === null ? "" : ` in ${secondsWords((Date.parse(turn.expires_at) - now) / 1000)}`;
  const parts = `${many(turn.unsaved, "part")} of this turn ${turn.unsaved === 1 ? "is" : "are"}`;
  const words = `${parts} missing or incomplete in both copies: lost when the stream expires${left}.`;
  return [h("div", { class: "live-lost", role: "alert", text: words })];
}

const titled = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

const ageOf = (at: string, now: number): string => secondsWords((now - Date.parse(at)) / 1000);

// A length of time as people say it: 4 s, 3 min, 2 h.
export function secondsWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
