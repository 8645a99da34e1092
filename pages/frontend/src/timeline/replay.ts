// A replay in the timeline: what the schedule says is there is drawn into the list, one row at a time.
// Between two messages only the text of the last row changes; the list is laid out when that row grows a line.

import { known } from "../shared/sorted";
import type { Address } from "./address";
import type { TextReader } from "./controllers/text-reader";
import { Playhead } from "./playhead";
import { type Moment, Schedule } from "./schedule";
import { hasRendered } from "./source";
import type { Timeline } from "./timeline";
import { Typewriter } from "./typewriter";

const MOST_FRAME_MS = 100; // a tab that slept goes on where it was
const AHEAD_BEATS = 12;
const AHEAD_RESULTS = 3;
const STILL = window.matchMedia("(prefers-reduced-motion: reduce)");
let lastSpeed = 1;

export interface ReplayView extends Timeline {
  readonly address: Address;
  readonly texts: Pick<TextReader, "fetchResult">;
  readonly replayBar: { update(): void };
}

export class Replay {
  head: Playhead;
  drawn: Moment = { beat: -2, typed: 1, calls: 0, passing: false };
  private frame = 0;
  private typewriter: Typewriter | null = null;

  constructor(
    private readonly view: ReplayView,
    ordinal: number,
  ) {
    this.head = this.headAt(ordinal, lastSpeed);
  }

  private headAt(ordinal: number, speed: number): Playhead {
    const { index, kept } = this.view.shown;
    const head = new Playhead(new Schedule(index, kept), speed);
    head.seek(head.schedule.beatOf(ordinal));
    return head;
  }

  get schedule(): Schedule {
    return this.head.schedule;
  }

  get playing(): boolean {
    return this.head.playing;
  }

  // The last message that is there, or -1, and the row that shows it.
  get now(): number {
    return this.schedule.ordinals[this.drawn.beat] ?? -1;
  }

  get row(): number {
    return this.now < 0 ? -1 : this.view.shown.rowOf(this.now);
  }

  get position(): number | null {
    return this.now < 0 ? null : this.view.shown.entry(this.now).position;
  }

  has(ordinal: number): boolean {
    return ordinal <= this.now;
  }

  play(): void {
    this.head.play();
    this.run();
  }

  pause(): void {
    this.head.pause();
    this.draw();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  step(way: 1 | -1): void {
    this.head.step(way);
    this.draw(true);
  }

  seek(beat: number): void {
    this.head.seek(beat);
    this.draw(true);
  }

  // Plays from a message on.
  start(ordinal: number): void {
    this.head.start(this.schedule.beatOf(ordinal));
    this.run();
  }

  setSpeed(speed: number): void {
    lastSpeed = speed;
    this.head.speed = speed;
    this.view.replayBar.update();
  }

  faster(by: 1 | -1): void {
    this.head.faster(by);
    this.setSpeed(this.head.speed);
  }

  // Other messages pass the filter now: the same message stays the last one that is there.
  refilter(): void {
    this.head = this.headAt(this.now, this.head.speed);
    this.draw(true);
  }

  private run(): void {
    this.draw(true);
    cancelAnimationFrame(this.frame);
    let before: number | null = null;
    const tick = (time: number) => {
      if (!this.playing) return;
      const passed = before === null ? 0 : Math.min(time - before, MOST_FRAME_MS);
      this.head.advance(passed, (beat) => this.isReady(beat));
      before = time;
      if (this.view.source.failed) this.head.pause();
      this.draw();
      this.frame = requestAnimationFrame(tick);
    };
    this.frame = requestAnimationFrame(tick);
  }

  private isReady(beat: number): boolean {
    const { source, mode, shown } = this.view;
    const row = shown.rowOf(known(this.schedule.ordinals, beat));
    const item = source.items.get(row);
    return item !== undefined && (mode !== "rendered" || !hasRendered(item) || source.html.has(row));
  }

  // `jumped`: also where the message is the same one.
  draw(jumped = false): void {
    const { moment } = this.head;
    if (moment.beat !== this.drawn.beat || jumped) this.turn(moment);
    else if (moment.calls !== this.drawn.calls) this.openCalls(moment);
    this.drawn = moment;
    if (moment.typed < 1 && !STILL.matches) this.type(moment);
    else this.typewriter?.to(1);
    this.view.replayBar.update();
  }

  private type({ typed }: Moment): void {
    this.typewriter?.to(typed);
    const { list, shown } = this.view;
    const last = shown.placeOf(this.row) === shown.visible.length - 1;
    if (last && !list.anchor.end) list.goToEnd();
  }

  // Another message is the last one: rows end with it, and those that it changed are made anew.
  private turn(moment: Moment): void {
    const { list, shown, address } = this.view;
    const before = this.row;
    this.drawn = moment;
    shown.until(this.now);
    this.typewriter = null;
    for (const ordinal of [...list.mounted.keys()]) {
      if (ordinal === before || ordinal === this.row || shown.index.calls[ordinal]) list.refresh(ordinal);
    }
    this.follow();
    this.fetchAhead();
    address.set("replay", this.position);
  }

  // Its end at the end of the view; its beginning, where it is whole and taller.
  follow(): void {
    const { list, shown, stage } = this.view;
    const { row } = this;
    const place = row < 0 ? -1 : shown.placeOf(row);
    if (place < 0) list.paint();
    else if (place < shown.visible.length - 1) list.reveal(row);
    else {
      list.goToEnd();
      const whole = this.drawn.typed === 1 || STILL.matches;
      if (whole && row === this.now && shown.heightOf(row) > stage.scroller.clientHeight) list.goTo(row, -4);
    }
  }

  // The next call of the message opens.
  private openCalls({ calls }: Moment): void {
    const { list } = this.view;
    const row = list.mounted.get(this.row)?.element;
    if (row) hideCalls(row, calls);
    list.paint();
  }

  // A row that was made while its message appears: what is not there yet is taken out of it.
  dress(row: HTMLElement, ordinal: number): void {
    if (ordinal !== this.row || ordinal !== this.now) return;
    this.typewriter = null;
    const { moment } = this.head;
    if (this.schedule.ordinals[moment.beat] !== ordinal) return;
    hideCalls(row, moment.calls);
    const text = row.querySelector(".text[data-part=content]");
    if (!text || moment.typed === 1 || STILL.matches) return;
    this.typewriter = new Typewriter(text);
    this.typewriter.to(moment.typed);
  }

  // The rows that come next.
  get upcoming(): number[] {
    const { beat } = this.drawn;
    const next = this.schedule.ordinals.slice(Math.max(beat, 0), beat + AHEAD_BEATS);
    return next.map((ordinal) => this.view.shown.rowOf(ordinal));
  }

  // The results that come next, so that they open with their text.
  private fetchAhead(): void {
    const { source, shown, texts } = this.view;
    const { beat } = this.drawn;
    for (const ordinal of this.schedule.ordinals.slice(beat + 1, beat + 1 + AHEAD_RESULTS)) {
      const item = source.items.get(shown.rowOf(ordinal));
      const result = item?.calls.find((call) => call.result?.ordinal === ordinal)?.result;
      if (result?.length) texts.fetchResult(result);
    }
  }

  stop(): void {
    this.head.pause();
    cancelAnimationFrame(this.frame);
  }
}

function hideCalls(row: HTMLElement, shown: number): void {
  row.querySelectorAll<HTMLElement>(".call").forEach((call, number) => {
    call.hidden = number >= shown;
  });
}
