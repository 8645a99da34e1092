import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { leftWords } from "../src/table/countdown";
import { ordered, pressed } from "../src/table/order";
import { Table } from "../src/table/table";
import type { Cell, Column, TableData } from "../src/table/types";
import { columnWidths } from "../src/table/widths";

const column = (label: string, more: Partial<Column> = {}): Column => ({
  code: label.toLowerCase(),
  label,
  help: "",
  width: 100,
  grow: true,
  right: false,
  sort: null,
  ...more,
});
const text = (words: string, more: Partial<Cell> = {}): Cell => ({ text: words, value: words, ...more });
const number = (value: number): Cell => ({ text: `${value}`, value });

const DATA: TableData = {
  name: "Fruit",
  columns: [column("Name"), column("Count", { sort: "most" })],
  rows: [
    [text("Pears", { below: ["ripe ", "pears", " only"] }), number(2)],
    [text("Apples", { tone: "high" }), null],
    [text("<b>Plums</b>"), number(10)],
  ],
  ids: ["a", "b", "c"],
  place: null,
  opens: true,
  ticks: true,
  order: "here",
  sorted: null,
  rowHeight: 42,
  mostRows: null,
  anywhere: true,
};

let view: Table;
let told: [string, unknown][];

function opened(more: Partial<TableData> = {}, address = "/sessions"): HTMLElement {
  window.history.replaceState(null, "", address);
  document.body.innerHTML = "<div class=table></div><input>";
  HTMLElement.prototype.scrollIntoView = () => undefined;
  told = [];
  const root = document.querySelector(".table") as HTMLElement;
  const server = {
    trigger: (name: string, value: unknown) => told.push([name, value]),
    state: (name: string, value: unknown) => told.push([name, value]),
  };
  view = new Table(root, document.body, { ...DATA, ...more }, server);
  return root;
}

const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(".row")];
const firsts = (): (string | null | undefined)[] =>
  rows().map((row) => row.querySelector("[role=gridcell]:not(.tick) .words")?.textContent);
const heads = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(".head button")];
const at = (): number => rows().indexOf(document.activeElement as HTMLElement);

function press(key: string, target: Element = document.activeElement ?? document.body): boolean {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true });
  return !target.dispatchEvent(event);
}

beforeEach(() => window.sessionStorage.clear());
afterEach(() => view?.stop());

describe("a table", () => {
  it("shows text as text, a second line with its mark, and a dash where nothing is known", () => {
    const root = opened();
    expect(firsts()).toEqual(["Pears", "Apples", "<b>Plums</b>"]);
    expect(root.querySelector("b")).toBeNull();
    expect(root.querySelector(".below")?.textContent).toBe("ripe pears only");
    expect(root.querySelector("mark")?.textContent).toBe("pears");
    expect(root.querySelector(".none")?.textContent).toBe("–");
    expect(root.querySelector(".mark")?.className).toBe("words mark high");
  });

  it("tells a text that is cut on hover, and only that one", () => {
    const root = opened();
    const [cut, whole] = [...root.querySelectorAll<HTMLElement>(".row .words")];
    Object.defineProperty(cut, "scrollWidth", { value: 300 });
    for (const words of [cut, whole]) words?.dispatchEvent(new Event("pointerover", { bubbles: true }));
    expect([cut?.title, whole?.title]).toEqual(["Pears", ""]);
  });

  it("opens the row that is clicked, and ticks by its box alone", () => {
    opened();
    rows()[1]?.click();
    document.querySelectorAll("input")[2]?.click();
    document.querySelectorAll("input")[0]?.click();
    document.querySelectorAll("input")[2]?.click();
    expect(told).toEqual([
      ["picked", 1],
      ["ticked", [2]],
      ["ticked", [0, 2]],
      ["ticked", [0]],
    ]);
    expect(rows().map((row) => row.getAttribute("aria-selected"))).toEqual(["true", "false", "false"]);
  });

  it("keeps what is drawn and what has the focus when the same data comes again", () => {
    opened();
    press("j");
    const [first] = rows();
    view.update({ ...DATA });
    expect(rows()[0]).toBe(first);
    view.update({ ...DATA, rows: [[text("Figs"), number(1)], ...DATA.rows.slice(1)] });
    expect(firsts()[0]).toBe("Figs");
    expect(at()).toBe(0);
  });
});

describe("its keys", () => {
  it("move from row to row, open and tick", () => {
    opened();
    const places = ["ArrowUp", "ArrowDown", "j", "j", "k"].map((key) => [press(key), at()]);
    expect(places).toEqual([0, 1, 2, 2, 1].map((place) => [true, place]));
    press("Enter");
    press(" ");
    expect(told).toEqual([
      ["picked", 1],
      ["ticked", [1]],
    ]);
    press("Escape");
    expect(at()).toBe(-1);
  });

  it("are those of inputs and of the page where no row has the focus", () => {
    opened({ anywhere: false });
    expect(press("j")).toBe(false);
    expect(press("j", document.querySelector("body > input") as Element)).toBe(false);
  });

  it("lead back to the row that was opened", () => {
    opened();
    rows()[1]?.click();
    view.stop();
    opened();
    expect(at()).toBe(1);
    view.stop();
    opened({}, "/sessions?words=plums");
    expect(at()).toBe(-1);
  });
});

describe("its heads", () => {
  it("sort the rows here, and the indices stay those of the server", () => {
    opened();
    heads()[1]?.click();
    expect(firsts()).toEqual(["<b>Plums</b>", "Pears", "Apples"]);
    expect(document.querySelectorAll("[role=columnheader]")[2]?.getAttribute("aria-sort")).toBe("descending");
    rows()[0]?.click();
    expect(told).toEqual([["picked", 2]]);
  });

  it("ask the server for an order of the whole list, where there is one for the column", () => {
    opened({ order: "server", sorted: "most" });
    expect(heads().map((head) => head.textContent)).toEqual(["Count↓"]);
    heads()[0]?.click();
    expect(told).toEqual([["sorted", "most"]]);
    expect(firsts()[0]).toBe("Pears");
  });

  it("don't pretend to sort a page of a longer list", () => {
    opened({ order: "none" });
    expect(heads()).toEqual([]);
  });

  it("go down, up and back for numbers, and the other way round for text", () => {
    const down = pressed(null, 1, true);
    const up = pressed(down, 1, true);
    expect([down?.descending, up?.descending, pressed(up, 1, true)]).toEqual([true, false, null]);
    expect(pressed(null, 0, false)?.descending).toBe(false);
    expect(ordered(DATA.rows, { column: 1, descending: false })).toEqual([0, 2, 1]);
    expect(ordered(DATA.rows, { column: 0, descending: true })).toEqual([0, 1, 2]);
  });
});

describe("its choice of an order, where there are no heads", () => {
  const choice = () => document.querySelector(".sorter select") as HTMLSelectElement;
  const turn = () => document.querySelector<HTMLElement>(".sorter button");
  function choose(value: string): void {
    choice().value = value;
    choice().dispatchEvent(new Event("change"));
  }

  it("sorts by a column, the largest first, and turns round", () => {
    opened();
    expect([...choice().options].map((option) => option.text)).toEqual(["As listed", "Name", "Count"]);
    expect(turn()).toBeNull();
    choose("1");
    expect(firsts()).toEqual(["<b>Plums</b>", "Pears", "Apples"]);
    expect([choice().value, document.activeElement]).toEqual(["1", choice()]);
    turn()?.click();
    expect(firsts()).toEqual(["Pears", "<b>Plums</b>", "Apples"]);
    expect([turn()?.textContent, document.activeElement]).toEqual(["↑", turn()]);
    choose("");
    expect(firsts()).toEqual(["Pears", "Apples", "<b>Plums</b>"]);
  });

  it("keeps its keys, which move no row", () => {
    opened();
    choice().focus();
    expect(press("ArrowDown")).toBe(false);
    expect(document.activeElement).toBe(choice());
  });

  it("is not there where the server sorts, or nobody", () => {
    for (const order of ["server", "none"] as const) {
      opened({ order });
      expect(choice()).toBeNull();
    }
  });
});

describe("what is left of a time", () => {
  it.each([
    [0, "expired"],
    [59_999, "59 s"],
    [60_000, "1 min"],
    [7_980_000, "2 h 13 min"],
    [90_061_000, "1 d 1 h"],
  ])("of %d ms is told as %s", (left, words) => expect(leftWords(left)).toBe(words));

  it("goes on while the table is shown", () => {
    vi.useFakeTimers({ now: 1_000_000 });
    opened({ rows: [[text("1 min", { until: 1_060_000 }), null]] });
    vi.advanceTimersByTime(2_000);
    expect(firsts()).toEqual(["58 s"]);
    view.stop();
    vi.useRealTimers();
  });
});

describe("its widths", () => {
  const sized = [
    { width: 200, grow: true },
    { width: 100, grow: false },
  ];

  it("give what is left to text, take some of it away, and end where a column would be too small", () => {
    expect(columnWidths(sized, 500)).toEqual([400, 100]);
    expect(columnWidths(sized, 220)).toEqual([120, 100]);
    expect(columnWidths(sized, 219)).toBeNull();
  });

  it("shrink every column where none is elastic", () => {
    expect(columnWidths([{ width: 100, grow: false }], 80)).toEqual([80]);
  });
});
