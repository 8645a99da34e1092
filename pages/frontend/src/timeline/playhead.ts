// Where a replay is. It moves only when it is told how much time went by.

import { known } from "../shared/sorted";
import type { Moment, Schedule } from "./schedule";

export const SPEEDS = [0.5, 1, 2, 4, 8];

export class Playhead {
  time = 0;
  playing = false;

  constructor(
    readonly schedule: Schedule,
    public speed = 1,
  ) {}

  get moment(): Moment {
    return this.schedule.moment(this.time);
  }

  get ended(): boolean {
    return this.time >= this.schedule.length;
  }

  // At the end it starts over.
  play(): void {
    if (this.ended) this.time = 0;
    this.playing = this.schedule.count > 0;
  }

  pause(): void {
    this.playing = false;
  }

  // ready(beat): whether a message can be drawn; the time stands still before one that can't.
  advance(milliseconds: number, ready: (beat: number) => boolean = () => true): void {
    if (!this.playing) return;
    const { appears, count, length } = this.schedule;
    let goal = Math.min(this.time + milliseconds * this.speed, length);
    for (let beat = this.moment.beat + 1; beat < count && known(appears, beat) <= goal; beat += 1) {
      if (!ready(beat)) goal = Math.max(this.time, known(appears, beat) - 1);
    }
    this.time = goal;
    if (this.ended) this.playing = false;
  }

  // Stops where a message is whole.
  seek(beat: number): void {
    this.playing = false;
    const { count, settled } = this.schedule;
    if (count) this.time = known(settled, Math.min(Math.max(beat, 0), count - 1));
  }

  // A step on makes a message whole that is still appearing, else shows the next one.
  step(by: 1 | -1): void {
    const { beat } = this.moment;
    const whole = beat < 0 || this.time >= known(this.schedule.settled, beat);
    this.seek(by > 0 && !whole ? beat : beat + by);
  }

  // Goes on from where a message begins to appear.
  start(beat: number): void {
    this.seek(beat);
    this.time = this.schedule.appears[this.moment.beat] ?? 0;
    this.play();
  }

  // Steps through the speeds.
  faster(by: number): void {
    const next = SPEEDS.indexOf(this.speed) + by;
    this.speed = known(SPEEDS, Math.min(Math.max(next, 0), SPEEDS.length - 1));
  }
}
