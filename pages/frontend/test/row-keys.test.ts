import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RowKeys, type RowsData } from "../src/rows/row-keys";

const DATA: RowsData = { table: ".list", rows: 3, ids: ["a", "b", "c"], head: 36, row: 30, anywhere: true };

let view: RowKeys;
let table: HTMLElement;

// A page with a table, and whose element is at every place of the screen.
function opened(address = "/sessions", data = DATA): void {
  window.history.replaceState(null, "", address);
  document.body.innerHTML =
    "<main class=list><div data-testid=stDataFrame tabindex=0><b id=glide-cell-1-1>Pears</b></div></main>" +
    "<div class=rows></div><input>";
  table = document.querySelector("[data-testid=stDataFrame]") as HTMLElement;
  document.elementFromPoint = () => table;
  HTMLElement.prototype.scrollIntoView = () => undefined;
  view = new RowKeys(document.querySelector(".rows") as HTMLElement, document.body, data);
}

const press = (key: string, target: Element = document.body, more: KeyboardEventInit = {}): boolean =>
  !target.dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true, ...more }),
  );

const mark = (): string | undefined => table.querySelector<HTMLElement>(".row-mark")?.style.top;

beforeEach(() => window.sessionStorage.clear());
afterEach(() => view.stop());

describe("the marked row", () => {
  it("moves by arrows and letters and stays inside the table", () => {
    opened();
    expect(mark()).toBeUndefined();
    const places = ["ArrowUp", "ArrowDown", "j", "j", "ArrowUp", "k"].map((key) => [press(key), mark()]);
    expect(places).toEqual(["36px", "66px", "96px", "96px", "66px", "36px"].map((top) => [true, top]));
    press("Escape");
    expect(mark()).toBeUndefined();
  });

  it("is spoken with the words that the table has there", () => {
    opened();
    press("j");
    press("j");
    expect(view.root.textContent).toBe("Row 2 of 3: Pears");
  });

  it("leaves the keys of inputs, of the browser and of the page alone", () => {
    opened();
    expect(press("ArrowDown", document.querySelector("input") as Element)).toBe(false);
    expect(press("ArrowDown", document.body, { ctrlKey: true })).toBe(false);
    expect([press("Enter"), press(" "), press("x")]).toEqual([false, false, false]);
    expect(mark()).toBeUndefined();
  });

  it("acts on its own table only, where another may be on the page", () => {
    opened("/sessions", { ...DATA, anywhere: false });
    expect([press("j"), mark()]).toEqual([false, undefined]);
    expect([press("j", table), mark()]).toEqual([true, "36px"]);
  });

  it("keeps the focus from the table, which would open its first row", () => {
    opened();
    const heard: string[] = [];
    document.body.addEventListener("focusin", (event) => heard.push((event.target as Element).tagName));
    for (const each of [table, document.querySelector("input") as Element])
      each.dispatchEvent(new FocusEvent("focusin", { bubbles: true, composed: true }));
    expect(heard).toEqual(["INPUT"]);
  });

  it("is gone with the rows that it stood on, and stays when the same rows come again", () => {
    opened();
    press("j");
    view.update({ ...DATA });
    expect(mark()).toBe("36px");
    view.update({ ...DATA, rows: 1, ids: ["d"] });
    expect(mark()).toBeUndefined();
  });
});

describe("Enter and the space bar", () => {
  it("press the table where a click opens the row, and where one ticks it", () => {
    opened();
    const pressed: number[] = [];
    table.addEventListener("click", (event) => pressed.push(event.clientX));
    press("j", table);
    press("Enter", table);
    press(" ", table);
    expect(pressed).toEqual([110, 16]);
  });

  it("press nothing that lies over the table", () => {
    opened();
    const pressed: Element[] = [];
    document.body.addEventListener("click", (event) => pressed.push(event.target as Element));
    document.elementFromPoint = () => document.querySelector("input");
    press("j");
    press("Enter");
    expect(pressed).toEqual([]);
  });
});

describe("the way back", () => {
  const leave = (address: string) => {
    window.history.replaceState(null, "", address);
    view.stop();
  };

  it("leads to the row of the session that was opened, in the same list only", () => {
    opened("/sessions?user=mia");
    leave("/session?id=c");
    opened("/sessions?user=mia");
    expect(mark()).toBe("96px");
    view.stop();
    opened("/sessions");
    expect(mark()).toBeUndefined();
  });

  it("has no mark from another page, or for a session that is no longer there", () => {
    opened();
    leave("/usage?id=c");
    opened();
    expect(mark()).toBeUndefined();
    leave("/session?id=gone");
    opened();
    expect(mark()).toBeUndefined();
  });
});
