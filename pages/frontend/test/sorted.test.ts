import { describe, expect, it } from "vitest";
import { lastAtMost, lastWhere } from "../src/shared/sorted";

describe("lastWhere", () => {
  it("finds every possible border in lists of every small length", () => {
    for (let count = 0; count <= 20; count += 1) {
      for (let border = 0; border <= count; border += 1) {
        expect(lastWhere(count, (index) => index < border)).toBe(border - 1);
      }
    }
  });

  it("asks only for indexes inside the list, and few of them", () => {
    const asked: number[] = [];
    const last = lastWhere(1_000, (index) => {
      asked.push(index);
      return index <= 700;
    });
    expect(last).toBe(700);
    expect(asked.every((index) => index >= 0 && index < 1_000)).toBe(true);
    expect(asked.length).toBeLessThanOrEqual(10);
  });

  it("asks nothing of an empty list", () => {
    expect(
      lastWhere(0, () => {
        throw new Error("asked");
      }),
    ).toBe(-1);
  });
});

describe("lastAtMost", () => {
  const tops = Float64Array.of(0, 10, 10, 10.5, 40);

  it.each([
    [-0.1, -1],
    [0, 0],
    [9.99, 0],
    [10, 2],
    [10.25, 2],
    [10.5, 3],
    [39, 3],
    [40, 4],
    [Number.POSITIVE_INFINITY, 4],
  ])("at most %d is index %d; of equal values it is the last", (value, index) => {
    expect(lastAtMost(tops, value)).toBe(index);
  });

  it("is -1 in an empty list", () => {
    expect(lastAtMost([], 5)).toBe(-1);
  });
});
