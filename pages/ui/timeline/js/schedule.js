// What shows when in a replay, in milliseconds at normal speed. Arithmetic alone: no clock, no page.

const SPEEDS = [0.5, 1, 2, 4, 8];
const UNKNOWN_PAUSE = 700;
const SHORTEST_PAUSE = 250;
const LONGEST_PAUSE = 2_000;
const LONGEST_TYPING = 8_000;
const MS_PER_CHARACTER = 11;
const CALL_MS = 450;
const MOST_CALLS = 12;

// A real gap in seconds as a pause. It grows with the logarithm: a second, a minute and a day can be told apart.
function pauseFor(gap) {
  if (gap === null || gap === undefined) return UNKNOWN_PAUSE;
  return Math.min(SHORTEST_PAUSE + 130 * Math.log2(1 + Math.max(gap, 0)), LONGEST_PAUSE);
}

// Only the assistant is seen typing: what others send is there at once.
const typingFor = (kind, length) => (kind === "assistant" ? Math.min(length * MS_PER_CHARACTER, LONGEST_TYPING) : 0);

// Time to read what was not seen being typed, or to see that a text is over.
const restFor = (kind, length) => (kind === "assistant" ? 400 : 400 + Math.min(length * MS_PER_CHARACTER, 2_000));

// Seconds since the message shown before, over those that the filter hides.
function gapBefore(index, ordinal, before) {
  if (before === undefined) return null;
  if (before === ordinal - 1) return index.gaps[ordinal];
  const [from, to] = [index.times[before], index.times[ordinal]].map((time) => (time ? Date.parse(time) : NaN));
  return Number.isFinite(to - from) ? (to - from) / 1000 : null;
}

// Each message shown is a beat: a pause, then it is there, its text is typed, its calls open, and a rest.
class Schedule {
  constructor(index, ordinals) {
    this.ordinals = ordinals;
    this.count = ordinals.length;
    this.gaps = ordinals.map((ordinal, beat) => gapBefore(index, ordinal, ordinals[beat - 1]));
    this.appears = new Float64Array(this.count);
    this.typed = new Float64Array(this.count);
    this.settled = new Float64Array(this.count);
    this.ends = new Float64Array(this.count);
    let time = 0;
    ordinals.forEach((ordinal, beat) => {
      const [kind, length, calls] = [index.kinds[ordinal], index.lengths[ordinal], index.calls[ordinal]];
      this.appears[beat] = time += beat ? pauseFor(this.gaps[beat]) : 0;
      this.typed[beat] = time += typingFor(kind, length);
      this.settled[beat] = time += Math.min(calls, MOST_CALLS) * CALL_MS;
      this.ends[beat] = time += restFor(kind, length);
    });
  }

  // When the last message is whole.
  get length() {
    return this.count ? this.settled[this.count - 1] : 0;
  }

  // The last beat of a message at or before an ordinal, or -1.
  beatOf(ordinal) {
    return lastAtMost(this.ordinals, ordinal);
  }

  // beat: the last message that is there, or -1; typed: the share of its text; calls: how many of its calls are
  // there; passing: the time up to the next message is passing.
  moment(time) {
    const beat = lastAtMost(this.appears, time);
    if (beat < 0) return { beat, typed: 1, calls: 0, passing: false };
    const writing = this.typed[beat] - this.appears[beat];
    const calling = time - this.typed[beat];
    return {
      beat,
      typed: writing > 0 ? Math.min((time - this.appears[beat]) / writing, 1) : 1,
      calls: time >= this.settled[beat] ? Infinity : calling < 0 ? 0 : Math.floor(calling / CALL_MS) + 1,
      passing: time >= this.ends[beat] && beat < this.count - 1,
    };
  }
}

function lastAtMost(sorted, value) {
  let low = -1;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (sorted[middle] <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

// Where a replay is. It moves only when it is told how much time went by.
class Playhead {
  constructor(schedule, speed = 1) {
    this.schedule = schedule;
    this.speed = speed;
    this.time = 0;
    this.playing = false;
  }

  get moment() {
    return this.schedule.moment(this.time);
  }

  get ended() {
    return this.time >= this.schedule.length;
  }

  // At the end it starts over.
  play() {
    if (this.ended) this.time = 0;
    this.playing = this.schedule.count > 0;
  }

  pause() {
    this.playing = false;
  }

  // ready(beat): whether a message can be drawn; the time stands still before one that can't.
  advance(milliseconds, ready = () => true) {
    if (!this.playing) return;
    const { appears, count, length } = this.schedule;
    let goal = Math.min(this.time + milliseconds * this.speed, length);
    for (let beat = this.moment.beat + 1; beat < count && appears[beat] <= goal; beat += 1) {
      if (!ready(beat)) goal = Math.max(this.time, appears[beat] - 1);
    }
    this.time = goal;
    if (this.ended) this.playing = false;
  }

  // Stops where a message is whole.
  seek(beat) {
    this.playing = false;
    const { count, settled } = this.schedule;
    if (count) this.time = settled[Math.min(Math.max(beat, 0), count - 1)];
  }

  // A step on makes a message whole that is still appearing, else shows the next one.
  step(by) {
    const { beat } = this.moment;
    const whole = beat < 0 || this.time >= this.schedule.settled[beat];
    this.seek(by > 0 && !whole ? beat : beat + by);
  }

  // Goes on from where a message begins to appear.
  start(beat) {
    this.seek(beat);
    this.time = this.schedule.appears[this.moment.beat] ?? 0;
    this.play();
  }

  faster(by) {
    const next = SPEEDS.indexOf(this.speed) + by;
    this.speed = SPEEDS[Math.min(Math.max(next, 0), SPEEDS.length - 1)];
  }
}
