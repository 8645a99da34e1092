// What shows when in a replay, in milliseconds at normal speed. Arithmetic alone: no clock, no page.

import { known, lastAtMost } from "../shared/sorted";
import type { Index } from "./types";

const UNKNOWN_PAUSE = 700;
const SHORTEST_PAUSE = 250;
const LONGEST_PAUSE = 2_000;
const LONGEST_TYPING = 8_000;
const MS_PER_CHARACTER = 11;
const CALL_MS = 450;
const MOST_CALLS = 12;
const REST_MS = 400;
const LONGEST_READING = 2_000;

export type Timing = Pick<Index, "kinds" | "lengths" | "calls" | "gaps" | "times">;

// What is there at a time. `beat`: the last message, or -1; `typed`: the share of its text; `calls`: how many of its
// calls; `passing`: the time up to the next message is passing.
export interface Moment {
  beat: number;
  typed: number;
  calls: number;
  passing: boolean;
}

// A real gap in seconds as a pause. It grows with the logarithm: a second, a minute and a day can be told apart.
export function pauseFor(gap: number | null | undefined): number {
  if (gap === null || gap === undefined) return UNKNOWN_PAUSE;
  return Math.min(SHORTEST_PAUSE + 130 * Math.log2(1 + Math.max(gap, 0)), LONGEST_PAUSE);
}

// Only the assistant is seen typing: what others send is there at once.
const typingFor = (kind: string, length: number): number =>
  kind === "assistant" ? Math.min(length * MS_PER_CHARACTER, LONGEST_TYPING) : 0;

// Time to read what was not seen being typed, or to see that a text is over.
const restFor = (kind: string, length: number): number =>
  kind === "assistant" ? REST_MS : REST_MS + Math.min(length * MS_PER_CHARACTER, LONGEST_READING);

// Seconds since the message shown before, over those that the filter hides.
function gapBefore(index: Timing, ordinal: number, before: number | undefined): number | null {
  if (before === undefined) return null;
  if (before === ordinal - 1) return known(index.gaps, ordinal);
  const seconds = secondsBetween(index.times[before], index.times[ordinal]);
  return Number.isFinite(seconds) ? seconds : null;
}

// Not a number where a time is missing.
export function secondsBetween(from: string | null | undefined, to: string | null | undefined): number {
  return from && to ? (Date.parse(to) - Date.parse(from)) / 1000 : Number.NaN;
}

// Each message shown is a beat: a pause, then it is there, its text is typed, its calls open, and a rest.
export class Schedule {
  readonly count: number;
  readonly gaps: (number | null)[];
  readonly appears: Float64Array;
  readonly typed: Float64Array;
  readonly settled: Float64Array;
  readonly ends: Float64Array;

  constructor(
    index: Timing,
    readonly ordinals: readonly number[],
  ) {
    this.count = ordinals.length;
    this.gaps = ordinals.map((ordinal, beat) => gapBefore(index, ordinal, ordinals[beat - 1]));
    this.appears = new Float64Array(this.count);
    this.typed = new Float64Array(this.count);
    this.settled = new Float64Array(this.count);
    this.ends = new Float64Array(this.count);
    let time = 0;
    ordinals.forEach((ordinal, beat) => {
      const [kind, length] = [known(index.kinds, ordinal), known(index.lengths, ordinal)];
      if (beat) time += pauseFor(this.gaps[beat]);
      this.appears[beat] = time;
      time += typingFor(kind, length);
      this.typed[beat] = time;
      time += Math.min(known(index.calls, ordinal), MOST_CALLS) * CALL_MS;
      this.settled[beat] = time;
      time += restFor(kind, length);
      this.ends[beat] = time;
    });
  }

  // When the last message is whole.
  get length(): number {
    return this.settled.at(-1) ?? 0;
  }

  // The last beat of a message at or before an ordinal, or -1.
  beatOf(ordinal: number): number {
    return lastAtMost(this.ordinals, ordinal);
  }

  moment(time: number): Moment {
    const beat = lastAtMost(this.appears, time);
    if (beat < 0) return { beat, typed: 1, calls: 0, passing: false };
    const [appears, typed] = [known(this.appears, beat), known(this.typed, beat)];
    const writing = typed - appears;
    const calling = time - typed;
    const begun = calling < 0 ? 0 : Math.floor(calling / CALL_MS) + 1;
    return {
      beat,
      typed: writing > 0 ? Math.min((time - appears) / writing, 1) : 1,
      calls: time >= known(this.settled, beat) ? Number.POSITIVE_INFINITY : begun,
      passing: time >= known(this.ends, beat) && beat < this.count - 1,
    };
  }
}
