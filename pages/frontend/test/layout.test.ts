import { describe, expect, it } from "vitest";
import { Layout } from "../src/shared/layout";

class Rows extends Layout {
  constructor(
    count: number,
    visible: number[],
    private readonly guess: (ordinal: number) => number = () => 10,
  ) {
    super(count);
    this.visible = visible;
    this.placed();
  }

  protected estimate(ordinal: number): number {
    return this.guess(ordinal);
  }
}

describe("the places of rows", () => {
  it("are -1 for what is filtered out or does not exist", () => {
    const rows = new Rows(6, [0, 2, 4]);
    expect([-1, 0, 1, 2, 3, 4, 5, 6].map((ordinal) => rows.placeOf(ordinal))).toEqual([-1, 0, -1, 1, -1, 2, -1, -1]);
  });

  it.each([
    [-3, 0],
    [0, 0],
    [1, 1],
    [2, 1],
    [3, 2],
    [5, 2],
    [99, 2],
  ])("nearest to ordinal %d is place %d: at or after it, else the last", (ordinal, place) => {
    expect(new Rows(6, [0, 2, 4]).placeNear(ordinal)).toBe(place);
  });

  it("follow another filter", () => {
    const rows = new Rows(5, [0, 1, 2, 3, 4]);
    expect(rows.total).toBe(50);
    rows.visible = [3];
    rows.placed();
    expect([rows.placeOf(0), rows.placeOf(3), rows.total]).toEqual([-1, 0, 10]);
  });
});

describe("heights", () => {
  it("are estimated for each row until it was measured", () => {
    const rows = new Rows(4, [0, 1, 3], (ordinal) => 10 * (ordinal + 1));
    expect([...rows.layout()]).toEqual([0, 10, 30, 70]);
    expect(rows.measure(1, 25)).toBe(true);
    expect([...rows.layout()]).toEqual([0, 10, 35, 75]);
  });

  it("count as moved when measured first, and then only by half a pixel or more", () => {
    const rows = new Rows(1, [0]);
    expect(rows.measure(0, 10)).toBe(true);
    expect(rows.measure(0, 10.4)).toBe(false);
    expect(rows.heightOf(0)).toBe(10);
    expect(rows.measure(0, 10.5)).toBe(true);
    expect(rows.heightOf(0)).toBe(10.5);
  });

  it("of the last row that grows move nothing else: the list of tops stays the same one", () => {
    const rows = new Rows(5, [0, 2, 4]);
    const before = rows.layout();
    rows.measure(4, 70);
    expect([rows.layout() === before, rows.total]).toEqual([true, 90]);
    rows.measure(2, 30);
    expect([rows.layout() === before, rows.total, rows.at(45)]).toEqual([false, 110, 2]);
  });

  it("of a row that is filtered out are kept for when it is back", () => {
    const rows = new Rows(3, [0, 2]);
    rows.measure(1, 500);
    expect(rows.total).toBe(20);
    rows.visible = [0, 1, 2];
    rows.placed();
    expect(rows.total).toBe(520);
  });

  it("are estimates again once they were forgotten", () => {
    let guess = 10;
    const rows = new Rows(2, [0, 1], () => guess);
    rows.measure(0, 300);
    expect(rows.total).toBe(310);
    guess = 20;
    rows.forgetHeights();
    expect(rows.total).toBe(40);
  });
});

describe("the row at a height", () => {
  it.each([
    [-50, 0],
    [0, 0],
    [9.9, 0],
    [10, 1],
    [29, 2],
    [30, 2],
    [10_000, 2],
  ])("at %d is place %d", (height, place) => {
    expect(new Rows(3, [0, 1, 2]).at(height)).toBe(place);
  });

  it("is place 0 where there are no rows", () => {
    const rows = new Rows(3, []);
    expect([rows.at(0), rows.at(100), rows.total, rows.placeNear(1)]).toEqual([0, 0, 0, -1]);
  });

  it("is found again from the top of every row, and from just above its end", () => {
    const rows = new Rows(400, [...Array(400).keys()], (ordinal) => 1 + ((ordinal * 7_919) % 97));
    for (let ordinal = 0; ordinal < 400; ordinal += 3) rows.measure(ordinal, 0.75 + ((ordinal * 104_729) % 1_013));
    for (let place = 0; place < 400; place += 1) {
      expect(rows.at(rows.topOf(place))).toBe(place);
      expect(rows.at(rows.topOf(place + 1) - 0.25)).toBe(place);
    }
  });
});
