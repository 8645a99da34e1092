import { describe, expect, it } from "vitest";
import { Playhead, SPEEDS } from "../src/timeline/playhead";
import { Schedule, type Timing } from "../src/timeline/schedule";
import { randomFrom } from "./support/random";

const INDEX: Timing = {
  kinds: ["user", "assistant", "tool", "assistant"],
  lengths: [10, 100, 20, 1_000_000],
  calls: [0, 2, 0, 0],
  gaps: [null, 3600, 0, -5],
  times: ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z", "2026-01-01T01:00:00Z", null],
};
const playhead = (ordinals = [0, 1, 2, 3]): Playhead => new Playhead(new Schedule(INDEX, ordinals));

describe("a playhead", () => {
  it("is paused at first: time that goes by does not move it", () => {
    const head = playhead();
    head.advance(500);
    expect(head.time).toBe(0);
  });

  it("moves as it is told, at its speed", () => {
    const head = playhead();
    head.play();
    head.faster(1);
    head.advance(100);
    expect(head.time).toBe(200);
  });

  it.each([
    [9, 8],
    [-9, 0.5],
    [0, 1],
  ])("has speeds with a fastest and a slowest one: %d steps end at %d", (steps, speed) => {
    const head = playhead();
    head.faster(steps);
    expect(head.speed).toBe(speed);
  });

  it("stands still before a message that can't be drawn, and goes on playing", () => {
    const head = playhead();
    head.play();
    for (let n = 0; n < 2; n += 1) head.advance(1e6, (beat) => beat < 2);
    expect([head.moment.beat, head.playing]).toEqual([1, true]);
    head.advance(1e6);
    expect(head.moment.beat).toBe(3);
  });

  it("stops at the end, where all is there", () => {
    const head = playhead();
    head.play();
    head.advance(1e9);
    expect([head.moment.beat, head.moment.typed, head.playing, head.ended]).toEqual([3, 1, false, true]);
  });

  it("starts over from the end", () => {
    const head = playhead();
    head.play();
    head.advance(1e9);
    head.play();
    expect([head.time, head.playing]).toEqual([0, true]);
  });

  it("starts where a message begins to appear", () => {
    const head = playhead();
    head.start(1);
    expect([head.time, head.moment.typed, head.playing]).toEqual([head.schedule.appears[1], 0, true]);
  });
});

describe("a step", () => {
  it("on makes a message whole that is still appearing, and stops", () => {
    const head = playhead();
    head.start(1);
    head.advance(10);
    head.step(1);
    expect([head.moment.beat, head.moment.typed, head.playing]).toEqual([1, 1, false]);
  });

  it("on from a whole message shows the next", () => {
    const head = playhead();
    head.seek(1);
    head.step(1);
    expect(head.moment.beat).toBe(2);
  });

  it("back stops at the first message", () => {
    const head = playhead();
    head.seek(1);
    head.step(-1);
    head.step(-1);
    expect(head.moment.beat).toBe(0);
  });

  it("on stops at the last message", () => {
    const head = playhead();
    head.seek(9);
    head.step(1);
    expect([head.moment.beat, head.ended]).toEqual([3, true]);
  });

  it("does nothing where there are no messages", () => {
    const head = playhead([]);
    head.play();
    head.seek(0);
    head.step(1);
    expect([head.playing, head.moment.beat]).toEqual([false, -1]);
  });
});

describe.each(Array.from({ length: 40 }, (_, seed) => seed))("whatever is done with a playhead (seed %d)", (seed) => {
  it("it stays inside its schedule, and moves back only when it is told to", () => {
    const random = randomFrom(seed);
    const head = playhead();
    const way = () => (random() < 0.5 ? 1 : -1);
    const back = [() => head.step(way()), () => head.seek(Math.floor(random() * 8) - 2), () => head.play()];
    const on = [
      () => head.advance(random() * 3_000),
      () => head.advance(random() * 1e5, (beat) => beat % 2 === 0),
      () => head.faster(way()),
      () => head.pause(),
    ];
    for (let n = 0; n < 300; n += 1) {
      const before = head.time;
      const acts = random() < 0.3 ? back : on;
      acts[Math.floor(random() * acts.length)]?.();
      expect(head.time).toBeGreaterThanOrEqual(acts === on ? before : 0);
      expect(head.time).toBeLessThanOrEqual(head.schedule.length);
      expect(SPEEDS).toContain(head.speed);
      if (head.ended && acts === on) expect(head.playing).toBe(false);
    }
  });
});
