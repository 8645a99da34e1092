import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { h } from "../src/shared/dom";
import { Layout } from "../src/shared/layout";
import { Stage } from "../src/shared/stage";
import { VirtualList } from "../src/shared/virtual-list";
import { giveSizes, takeSizes } from "./support/sizes";

class Rows extends Layout {
  constructor(count: number) {
    super(count);
    this.visible = [...Array(count).keys()];
    this.placed();
  }

  protected estimate(): number {
    return 100;
  }
}

// A list whose rows have a box to write in, a button with a name and one without.
class View {
  rows: Rows | null = new Rows(30);
  state = { anchor: { ordinal: 0, above: 0 } };
  readonly stage = new Stage("Rows");
  readonly list = new VirtualList(this, this.stage.scroller, this.stage.canvas);
  built = 0;

  build(ordinal: number): HTMLElement {
    this.built += 1;
    const box = h("textarea", { "data-focus": `box ${ordinal}` });
    box.value = "some words";
    return h(
      "article",
      { class: "row", tabindex: "-1", "data-ordinal": ordinal },
      box,
      h("button", { class: "named", "data-focus": `button ${ordinal}` }),
      h("button", { class: "other" }),
    );
  }

  want(): void {}

  painted(): void {}

  in<Kind extends HTMLElement>(ordinal: number, selector: string): Kind {
    return this.list.mounted.get(ordinal)?.element.querySelector(selector) as Kind;
  }
}

let view: View;

beforeEach(() => {
  giveSizes();
  view = new View();
  document.body.replaceChildren(view.stage.element);
  view.list.paint();
});

afterEach(() => {
  view.list.stop();
  takeSizes();
});

const redrawings: [string, () => void][] = [
  ["refreshed", () => view.list.refresh(2)],
  ["rebuilt", () => view.list.rebuild()],
  ["redrawn", () => view.list.redraw()],
];

describe.each(redrawings)("a row that is %s", (_name, redraw) => {
  it("gives the focus to the button of the same name", () => {
    const before = view.in(2, ".named");
    before.focus();
    redraw();
    expect(view.in(2, ".named")).not.toBe(before);
    expect(document.activeElement).toBe(view.in(2, ".named"));
  });

  it("gives the focus and the caret to the box of the same name", () => {
    const before = view.in<HTMLTextAreaElement>(2, "textarea");
    before.focus();
    before.setSelectionRange(3, 7);
    redraw();
    const box = view.in<HTMLTextAreaElement>(2, "textarea");
    expect(document.activeElement).toBe(box);
    expect([box.selectionStart, box.selectionEnd]).toEqual([3, 7]);
  });

  it("keeps the focus inside the list where what had it has no name", () => {
    view.in(2, ".other").focus();
    redraw();
    expect([view.list.mounted.get(2)?.element, view.stage.scroller]).toContain(document.activeElement);
  });

  it("leaves alone a focus that is elsewhere", () => {
    const elsewhere = h("input");
    document.body.append(elsewhere);
    elsewhere.focus();
    redraw();
    expect(document.activeElement).toBe(elsewhere);
  });
});

describe("a rebuilt list", () => {
  it("makes each row anew, once", () => {
    const before = [...view.list.mounted.values()].map(({ element }) => element);
    view.built = 0;
    view.list.rebuild();
    const after = [...view.list.mounted.values()].map(({ element }) => element);
    expect([after.length, view.built]).toEqual([before.length, before.length]);
    expect(after.filter((element) => before.includes(element))).toEqual([]);
  });

  it("gives the focus to the scroller where the row is gone", () => {
    view.in(2, ".named").focus();
    const rows = view.rows as Rows;
    rows.visible = rows.visible.filter((ordinal) => ordinal !== 2);
    rows.placed();
    view.list.rebuild();
    expect(document.activeElement).toBe(view.stage.scroller);
  });
});
