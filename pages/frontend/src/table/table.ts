// A table whose rows are opened by a click or by Enter, and ticked by a box or the space bar.
//
// One row at a time takes part in the tab order; arrows, j and k move on from it.

import { h } from "../shared/dom";
import { hasModifier } from "../shared/keys";
import { keepList, leftList, pageOf } from "../shared/left-list";
import type { Mounted, Server } from "../shared/mount";
import { cellElement, headElement, tellIfCut, tickElement } from "./cells";
import { countDown } from "./countdown";
import { hasNumbers, type Order, ordered, pressed } from "./order";
import { sorterElement } from "./sorter";
import type { TableData } from "./types";
import { columnWidths } from "./widths";

const TICK_PIXELS = 34;
const SECOND = 1_000;

const here = (): string => window.location.pathname + window.location.search;

export class Table implements Mounted<TableData> {
  private order: Order | null = null;
  private ticked = new Set<number>();
  private drawn = "";
  private indices: number[] = []; // of the rows from top to bottom
  private elements: HTMLElement[] = [];
  private clock = 0;
  private readonly onkey = (event: KeyboardEvent) => this.key(event);
  private readonly resized = new ResizeObserver(() => this.fit());

  constructor(
    readonly root: HTMLElement,
    _host: Element,
    private data: TableData,
    private readonly server: Server,
  ) {
    root.addEventListener("pointerover", (event) => tellIfCut(event.target));
    document.addEventListener("keydown", this.onkey);
    this.draw();
    this.resized.observe(root);
    this.comeBack();
    this.clock = window.setInterval(() => countDown(root), SECOND);
  }

  update(data: TableData): void {
    const same = JSON.stringify(data) === this.drawn;
    if (data.rows.length !== this.data.rows.length) this.ticked.clear();
    this.data = data;
    if (!same) this.draw();
  }

  stop(): void {
    this.resized.disconnect();
    clearInterval(this.clock);
    document.removeEventListener("keydown", this.onkey);
  }

  private comeBack(): void {
    const left = leftList();
    const index = left && pageOf(left, left.id)?.list === here() ? this.data.ids.indexOf(left.id) : -1;
    if (index >= 0) this.focus(this.indices.indexOf(index));
  }

  private draw(): void {
    const { data } = this;
    const focused = this.place();
    const scrolled = this.root.scrollTop;
    this.drawn = JSON.stringify(data);
    this.indices = ordered(data.rows, data.order === "here" ? this.order : null);
    this.elements = this.indices.map((index, place) => this.rowElement(index, place));
    const grid = h(
      "div",
      { role: "grid", "aria-label": data.name, "aria-rowcount": data.rows.length + 1 },
      h("div", { role: "row", class: "head" }, ...this.heads()),
      ...this.elements,
    );
    const sorter = this.sorter();
    this.root.replaceChildren(...(sorter ? [sorter, grid] : [grid]));
    const most = data.mostRows !== null && data.rows.length > data.mostRows ? data.mostRows : null;
    this.root.style.setProperty("--row", `${data.rowHeight}px`);
    this.root.style.setProperty("--most", most === null ? "none" : `calc(${most} * var(--tall) + var(--head) + 2px)`);
    this.fit();
    this.root.scrollTop = scrolled;
    if (focused >= 0) this.focus(Math.min(focused, this.elements.length - 1));
  }

  private heads(): (HTMLElement | false)[] {
    const { columns, ticks } = this.data;
    return [
      ticks && h("div", { role: "columnheader", class: "tick" }, h("span", { class: "told", text: "Selected" })),
      ...columns.map((column, at) => headElement(column, this.direction(at), this.presser(at))),
    ];
  }

  // What sorts where the rows stand below each other, so that there are no heads.
  private sorter(): HTMLElement | null {
    const { order, columns, rows } = this.data;
    if (order !== "here" || rows.length < 2) return null;
    const sorted = (next: Order | null, focus: string): void => {
      this.order = next;
      this.draw();
      this.root.querySelector<HTMLElement>(`.sorter ${focus}`)?.focus();
    };
    return sorterElement(columns, this.order, {
      choose: (column) => sorted(column === null ? null : pressed(null, column, hasNumbers(rows, column)), "select"),
      turn: () => sorted(this.order && { ...this.order, descending: !this.order.descending }, "button"),
    });
  }

  private direction(at: number): string | null {
    const { order, sorted, columns } = this.data;
    if (order === "server") return sorted !== null && columns[at]?.sort === sorted ? "descending" : null;
    if (order === "none" || this.order?.column !== at) return null;
    return this.order.descending ? "descending" : "ascending";
  }

  private presser(at: number): (() => void) | null {
    const { order, columns, rows } = this.data;
    const code = columns[at]?.sort;
    if (order === "server") return code ? () => this.server.trigger("sorted", code) : null;
    if (order === "none" || rows.length < 2) return null;
    const isNumber = hasNumbers(rows, at);
    return () => {
      this.order = pressed(this.order, at, isNumber);
      this.draw();
      this.root.querySelectorAll<HTMLElement>(".head button")[at]?.focus();
    };
  }

  private rowElement(index: number, place: number): HTMLElement {
    const { columns, rows, ticks, opens } = this.data;
    const cells = columns.map((column, at) => cellElement(rows[index]?.[at] ?? null, column));
    return h(
      "div",
      {
        role: "row",
        class: opens ? "row opens" : "row",
        tabindex: place === 0 ? 0 : -1,
        "aria-rowindex": place + 2,
        "aria-selected": ticks ? String(this.ticked.has(index)) : null,
        onclick: (event) => this.click(event, index),
      },
      ticks && tickElement(place, this.ticked.has(index), () => this.tick(index)),
      ...cells,
    );
  }

  private fit(): void {
    const { columns, ticks } = this.data;
    const room = this.root.clientWidth - (ticks ? TICK_PIXELS : 0);
    const widths = columnWidths(columns, room);
    this.root.classList.toggle("narrow", widths === null && room > 0);
    const all = [...(ticks ? [TICK_PIXELS] : []), ...(widths ?? [])];
    this.root.style.setProperty("--columns", all.map((width) => `${width}px`).join(" "));
  }

  private click(event: MouseEvent, index: number): void {
    const inTick = event.target instanceof Element && event.target.closest(".tick");
    if (inTick) {
      if (event.target instanceof HTMLInputElement) return;
      this.tick(index);
    } else {
      this.open(index);
    }
  }

  private open(index: number): void {
    const isSelecting = window.getSelection()?.type === "Range";
    if (!this.data.opens || isSelecting) return;
    const { ids, place } = this.data;
    const id = ids[index];
    if (id) {
      const pages = [{ list: here(), ids: this.indices.map((it) => ids[it] ?? "") }];
      const whole = { before: 0, total: ids.length, newer: null, older: null };
      keepList({ id, pages, ...(place ?? whole) });
    }
    this.server.trigger("picked", index);
  }

  private tick(index: number): void {
    if (!this.data.ticks) return;
    if (!this.ticked.delete(index)) this.ticked.add(index);
    const element = this.elements[this.indices.indexOf(index)];
    const isTicked = this.ticked.has(index);
    element?.setAttribute("aria-selected", String(isTicked));
    const box = element?.querySelector("input");
    if (box) box.checked = isTicked;
    this.server.state(
      "ticked",
      [...this.ticked].sort((a, b) => a - b),
    );
  }

  private key(event: KeyboardEvent): void {
    if (event.defaultPrevented || hasModifier(event) || event.shiftKey || !this.isMeant(event)) return;
    const action = this.actionFor(event.key);
    if (!action) return;
    event.preventDefault();
    action();
  }

  // In the table, or nowhere in particular; a head keeps Enter and the space bar, and the choice of an order its keys.
  private isMeant(event: KeyboardEvent): boolean {
    const [target] = event.composedPath();
    if (target === document.body) return this.data.anywhere;
    if (target instanceof Element && target.closest(".sorter")) return false;
    return target instanceof Node && this.root.contains(target);
  }

  private actionFor(key: string): (() => void) | null {
    const place = this.place();
    const last = this.elements.length - 1;
    if (key === "ArrowDown" || key === "j") return () => this.focus(Math.min(place + 1, last));
    if (key === "ArrowUp" || key === "k") return () => this.focus(Math.max(place - 1, 0));
    const index = this.indices[place];
    if (index === undefined) return null;
    if (key === "Enter") return () => this.open(index);
    if (key === " ") return () => this.tick(index);
    return key === "Escape" ? () => this.elements[place]?.blur() : null;
  }

  private place(): number {
    const focused = (this.root.getRootNode() as Document | ShadowRoot).activeElement;
    const row = focused?.closest<HTMLElement>(".row");
    return row ? this.elements.indexOf(row) : -1;
  }

  private focus(place: number): void {
    const element = this.elements[place];
    if (!element) return;
    for (const other of this.elements) other.tabIndex = other === element ? 0 : -1;
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: "nearest" });
  }
}
