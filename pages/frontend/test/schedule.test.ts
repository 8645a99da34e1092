import { describe, expect, it } from "vitest";
import { pauseFor, Schedule, secondsBetween, type Timing } from "../src/timeline/schedule";
import { randomFrom } from "./support/random";

const INDEX: Timing = {
  kinds: ["user", "assistant", "tool", "assistant"],
  lengths: [10, 100, 20, 1_000_000],
  calls: [0, 2, 0, 0],
  gaps: [null, 3600, 0, -5],
  times: ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z", "2026-01-01T01:00:00Z", null],
};
const at = (times: Float64Array, beat: number): number => times[beat] as number;

// A conversation of any kinds, lengths, calls and gaps.
function anyTiming(seed: number): Timing {
  const random = randomFrom(seed);
  const pick = <Value>(...values: Value[]) => values[Math.floor(random() * values.length)] as Value;
  const messages = Array.from({ length: Math.floor(random() * 60) }, () => ({
    kind: pick("user", "assistant", "tool", "system", "unknown"),
    length: pick(0, 1, 30, 900, 5_000_000),
    calls: pick(0, 0, 1, 5, 40),
    gap: pick(null, -3, 0, 0.2, 8, 900, 1e9),
  }));
  return {
    kinds: messages.map(({ kind }) => kind),
    lengths: messages.map(({ length }) => length),
    calls: messages.map(({ calls }) => calls),
    gaps: messages.map(({ gap }) => gap),
    times: messages.map(() => null),
  };
}

describe("a pause", () => {
  it("grows with the gap and is bounded", () => {
    const pauses = [-5, 0, 1, 60, 3600, 1e9].map(pauseFor);
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(pauses.slice(0, 2)).toEqual([250, 250]);
    expect(pauses.at(-1)).toBe(2_000);
  });

  it("is between the shortest and the longest where the gap is unknown", () => {
    for (const unknown of [null, undefined]) {
      expect(pauseFor(unknown)).toBeGreaterThan(250);
      expect(pauseFor(unknown)).toBeLessThan(2_000);
    }
  });

  it("is never longer after a shorter gap, whatever the gaps are", () => {
    const random = randomFrom(1);
    const gaps = Array.from({ length: 500 }, () => random() ** 8 * 1e7).sort((a, b) => a - b);
    const pauses = gaps.map(pauseFor);
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(pauses.every((pause) => pause >= 250 && pause <= 2_000)).toBe(true);
  });
});

describe("seconds between two times", () => {
  it("are not a number where one of them is missing", () => {
    expect(secondsBetween("2026-01-01T00:00:00Z", "2026-01-01T00:01:30Z")).toBe(90);
    expect(secondsBetween(null, "2026-01-01T00:00:00Z")).toBeNaN();
    expect(secondsBetween("2026-01-01T00:00:00Z", undefined)).toBeNaN();
    expect(secondsBetween("2026-01-01T00:00:00Z", "soon")).toBeNaN();
  });
});

describe("a schedule", () => {
  const schedule = new Schedule(INDEX, [0, 1, 2, 3]);

  it("lets each message come, be typed and open its calls in turn", () => {
    const { appears, typed } = schedule;
    const nothing = { typed: 1, calls: Number.POSITIVE_INFINITY, passing: false };
    expect(schedule.moment(0)).toEqual({ beat: 0, ...nothing });
    expect(schedule.moment(at(appears, 1) - 1).passing).toBe(true);
    expect(schedule.moment(at(appears, 1))).toEqual({ beat: 1, typed: 0, calls: 0, passing: false });
    expect(schedule.moment((at(appears, 1) + at(typed, 1)) / 2).typed).toBeCloseTo(0.5);
    const calls = [0, 450, 900].map((later) => schedule.moment(at(typed, 1) + later).calls);
    expect(calls).toEqual([1, 2, Number.POSITIVE_INFINITY]);
  });

  it("lets the time up to the next message pass once a message was read, and none after the last", () => {
    const passing = [0, 1, 2, 3].map((beat) => schedule.moment(at(schedule.ends, beat)).passing);
    expect(passing).toEqual([true, true, true, false]);
  });

  it("types a long text faster", () => {
    expect(at(schedule.typed, 3) - at(schedule.appears, 3)).toBe(8_000);
  });

  it("knows the gaps of neighbours as they are", () => {
    expect(schedule.gaps).toEqual([null, 3600, 0, -5]);
  });

  it("measures a gap over hidden messages between those that show", () => {
    expect(new Schedule(INDEX, [0, 2, 3]).gaps).toEqual([null, 3600, -5]);
    expect(new Schedule(INDEX, [1, 3]).gaps).toEqual([null, null]);
  });

  it("has no moment before its first message, and none at all without messages", () => {
    const before = { beat: -1, typed: 1, calls: 0, passing: false };
    expect(schedule.moment(-1)).toEqual(before);
    const empty = new Schedule(INDEX, []);
    expect([empty.length, empty.moment(0), empty.beatOf(3)]).toEqual([0, before, -1]);
  });

  it.each([
    [-1, -1],
    [0, 0],
    [1, 0],
    [2, 1],
    [3, 2],
    [99, 2],
  ])("finds for ordinal %d beat %d: the last one at or before it", (ordinal, beat) => {
    expect(new Schedule(INDEX, [0, 2, 3]).beatOf(ordinal)).toBe(beat);
  });
});

describe.each(Array.from({ length: 40 }, (_, seed) => seed))("any schedule (seed %d)", (seed) => {
  const timing = anyTiming(seed);
  const random = randomFrom(seed + 1_000);
  const ordinals = timing.kinds.map((_, ordinal) => ordinal).filter(() => random() < 0.8);
  const schedule = new Schedule(timing, ordinals);

  it("goes forward only: a message comes, is typed, settles and ends before the next one comes", () => {
    const times = ordinals.flatMap((_, beat) =>
      [schedule.appears, schedule.typed, schedule.settled, schedule.ends].map((column) => at(column, beat)),
    );
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(schedule.length).toBe(ordinals.length ? at(schedule.settled, ordinals.length - 1) : 0);
    expect(schedule.beatOf(ordinals.at(-1) ?? -1)).toBe(ordinals.length - 1);
  });

  it("never takes back what is there", () => {
    let before = schedule.moment(0);
    for (let time = 0; time <= schedule.length + 500; time += schedule.length / 150 + 1) {
      const now = schedule.moment(time);
      expect(now.beat).toBeGreaterThanOrEqual(before.beat);
      if (now.beat === before.beat) {
        expect(now.typed).toBeGreaterThanOrEqual(before.typed);
        expect(now.calls).toBeGreaterThanOrEqual(before.calls);
        expect(Number(now.passing)).toBeGreaterThanOrEqual(Number(before.passing));
      }
      expect(now.typed < 1 && now.calls > 0).toBe(false);
      before = now;
    }
  });

  it("has each message whole when it has settled", () => {
    ordinals.forEach((_, beat) => {
      const { beat: there, typed, calls } = schedule.moment(at(schedule.settled, beat));
      expect([there, typed, calls]).toEqual([beat, 1, Number.POSITIVE_INFINITY]);
    });
  });
});
