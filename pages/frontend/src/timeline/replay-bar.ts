// The bar under the list: a replay's controls, and those of the presenter view.

import { h, setPressed, setText } from "../shared/dom";
import { laterWords, NUMBER } from "../shared/format";
import { COLOURS, type Colours } from "./address";
import { SPEEDS } from "./playhead";
import type { Replay } from "./replay";
import type { Rows } from "./rows";
import type { Mode } from "./state";

const COLOUR_WORDS: Record<Colours, string> = { light: "Light", dark: "Dark" };

// What the bar shows, and what its buttons do.
export interface ReplayBarView {
  readonly rows: Rows | null;
  readonly mode: Mode;
  readonly replayer: { readonly replay: Replay | null; start(): void; leave(): void };
  readonly presenter: {
    readonly on: boolean;
    readonly colours: Colours;
    present(colours: Colours): void;
    toggle(): void;
  };
  setMode(mode: Mode): void;
}

export class ReplayBar {
  readonly element: HTMLElement;
  private readonly back: HTMLButtonElement;
  private readonly play: HTMLButtonElement;
  private readonly next: HTMLButtonElement;
  private readonly range: HTMLInputElement;
  private readonly where = h("span", { class: "where" });
  private readonly time = h("span", {
    class: "passing",
    title: "Pauses are capped at 2 s",
  });
  private readonly words = h("span", { class: "replaywords", role: "status" }, this.where, this.time);
  private readonly speeds: Map<number, HTMLButtonElement>;
  private readonly transport: HTMLElement;
  private readonly start: HTMLButtonElement;
  private readonly rendered: HTMLButtonElement;
  private readonly colours: Map<Colours, HTMLButtonElement>;
  private readonly colourGroup: HTMLElement;
  private readonly presenter: HTMLButtonElement;
  private readonly leave: HTMLButtonElement;

  constructor(private readonly view: ReplayBarView) {
    this.back = this.icon("back", "Back", "Previous message (\u2190)", (replay) => replay.step(-1));
    this.play = this.icon("play", "Play", "Play (Space)", (replay) => replay.toggle());
    this.next = this.icon("next", "Next", "Next message (\u2192)", (replay) => replay.step(1));
    this.range = h("input", {
      type: "range",
      min: "1",
      step: "1",
      "aria-label": "Position in the conversation",
      oninput: () => this.view.replayer.replay?.seek(Number(this.range.value) - 1),
    });
    this.speeds = new Map(SPEEDS.map((speed) => [speed, this.speed(speed)]));
    this.transport = h(
      "div",
      { class: "transport", role: "group", "aria-label": "Replay" },
      h("div", { class: "pair" }, this.back, this.play, this.next),
      this.range,
      this.words,
      h("div", { class: "segments", role: "group", "aria-label": "Speed" }, ...this.speeds.values()),
    );
    this.start = tool("Replay", "Play the conversation as it happened (p)", () => view.replayer.start());
    this.rendered = tool("Markdown", "Markdown rendered safely, or the text as it is stored", () =>
      view.setMode(view.mode === "rendered" ? "exact" : "rendered"),
    );
    this.colours = new Map(COLOURS.map((colours) => [colours, this.colour(colours)]));
    this.colourGroup = h(
      "div",
      { class: "segments", role: "group", "aria-label": "Colours" },
      ...this.colours.values(),
    );
    this.presenter = tool("", "", () => view.presenter.toggle());
    this.leave = tool("Exit replay", "Exit replay (Esc)", () => view.replayer.leave());
    this.element = h(
      "div",
      { class: "replaybar", hidden: true, onmousedown: keepFocus },
      this.transport,
      this.start,
      this.rendered,
      this.colourGroup,
      this.presenter,
      this.leave,
    );
  }

  private icon(name: string, label: string, title: string, act: (replay: Replay) => void): HTMLButtonElement {
    const onclick = () => {
      const { replay } = this.view.replayer;
      if (replay) act(replay);
    };
    return h("button", { class: `tool icon ${name}`, type: "button", "aria-label": label, title, onclick });
  }

  private speed(speed: number): HTMLButtonElement {
    return h("button", {
      type: "button",
      text: `${speed}\u00d7`,
      "aria-label": `${speed} times the speed`,
      title: "Speed (\u2212 +)",
      onclick: () => this.view.replayer.replay?.setSpeed(speed),
    });
  }

  private colour(colours: Colours): HTMLButtonElement {
    const onclick = () => this.view.presenter.present(colours);
    return h("button", { type: "button", text: COLOUR_WORDS[colours], onclick });
  }

  update(): void {
    const { replayer, presenter, rows, mode } = this.view;
    const { replay } = replayer;
    this.element.hidden = !replay && !presenter.on;
    this.transport.hidden = !replay;
    this.leave.hidden = !replay;
    this.start.hidden = Boolean(replay) || !rows?.visible.length;
    this.colourGroup.hidden = !presenter.on;
    this.rendered.hidden = !presenter.on;
    setPressed(this.rendered, mode === "rendered");
    setText(this.presenter, presenter.on ? "Exit presentation" : "Present");
    this.presenter.title = presenter.on ? "Exit presentation (Esc)" : "Large type, nothing but the conversation (P)";
    const shown = presenter.colours;
    for (const [colours, button] of this.colours) setPressed(button, colours === shown);
    if (replay && rows) this.tell(replay, rows);
  }

  private tell(replay: Replay, rows: Rows): void {
    const { head, schedule, drawn, playing } = replay;
    const at = drawn.beat + 1;
    this.tellState(playing ? "Pause" : head.ended ? "Play again" : "Play", playing);
    this.range.max = String(schedule.count);
    this.range.value = String(at);
    const place = `${NUMBER.format(at)} of ${NUMBER.format(schedule.count)}`;
    this.range.setAttribute("aria-valuetext", `Message ${place}, ${rows.index.kinds[replay.now] ?? ""}`);
    this.words.setAttribute("aria-live", playing ? "off" : "polite");
    setText(this.where, this.view.presenter.on ? place : `#${replay.position} \u00b7 ${place}`);
    this.tellTime(replay, at);
    this.back.disabled = at <= 1;
    this.next.disabled = head.ended;
    for (const [speed, button] of this.speeds) setPressed(button, head.speed === speed);
  }

  private tellState(state: string, playing: boolean): void {
    if (this.play.getAttribute("aria-label") === state) return;
    this.play.setAttribute("aria-label", state);
    this.play.title = `${state} (Space)`;
    this.play.classList.toggle("on", playing);
  }

  // How much time passes up to the next message, else what passed before this one.
  private tellTime({ drawn, schedule }: Replay, at: number): void {
    const next = schedule.gaps[at] ?? 0;
    const passing = drawn.passing && next >= 1;
    setText(this.time, passing ? `${laterWords(next)}\u2026` : laterWords(schedule.gaps[at - 1]));
    this.time.classList.toggle("now", passing);
  }
}

const tool = (text: string, title: string, onclick: () => void): HTMLButtonElement =>
  h("button", { class: "tool", type: "button", text, title, onclick });

// A click with the mouse leaves the keys where they are.
function keepFocus(event: MouseEvent): void {
  if (event.target instanceof Element && event.target.closest("button")) event.preventDefault();
}
