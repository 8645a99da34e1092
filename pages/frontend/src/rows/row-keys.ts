// Keys that move from row to row in a table of Streamlit's, where an arrow would open the next cell at once.
//
// The table is a canvas that tells nobody how its reader sorted it. So the marked row is a place, drawn over the
// canvas, and Enter presses the table there, as a click would: what is seen under the mark is what opens.

import { h } from "../shared/dom";
import { hasModifier } from "../shared/keys";

export interface RowsData {
  table: string; // the selector of what holds the table
  rows: number; // how many there are
  ids: string[]; // of the sessions that the rows open, if they do
  head: number; // the height of the head in pixels, and of a row
  row: number;
  anywhere: boolean; // whether keys act while nothing has the focus
}

const KEPT = "conversation-inspector.left-row";
const TEXT = 110; // pixels from the left, where a click opens the row, and where one ticks it
const TICK = 16;
const WORDS_MS = 400; // after which the table has the words of what it drew, for those who do not see them

interface Left {
  list: string;
  id: string;
}

export class RowKeys {
  private marked = -1;
  private later = 0;
  private readonly mark = h("div", { class: "row-mark", "aria-hidden": "true" });
  private readonly told = h("p", { class: "told", role: "status" });
  private readonly list = window.location.pathname + window.location.search;
  private readonly onkey = (event: KeyboardEvent) => this.key(event);
  private readonly onfocus = (event: Event) => this.focused(event);
  private readonly onscroll = () => this.draw();

  constructor(
    readonly root: HTMLElement,
    _host: Element,
    private data: RowsData,
  ) {
    root.replaceChildren(this.told);
    document.addEventListener("keydown", this.onkey, { capture: true });
    document.addEventListener("focusin", this.onfocus, { capture: true });
    document.addEventListener("scroll", this.onscroll, { capture: true, passive: true });
    this.comeBack();
  }

  update(data: RowsData): void {
    const other = data.rows !== this.data.rows || data.ids.join() !== this.data.ids.join();
    this.data = data;
    if (other) this.move(-1);
    else this.draw();
  }

  // The session that was opened from here is in the address by now.
  stop(): void {
    document.removeEventListener("keydown", this.onkey, { capture: true });
    document.removeEventListener("focusin", this.onfocus, { capture: true });
    document.removeEventListener("scroll", this.onscroll, { capture: true });
    clearTimeout(this.later);
    this.mark.remove();
    if (!this.data.ids.length) return;
    const { pathname, searchParams } = new URL(window.location.href);
    const id = searchParams.get("id");
    if (pathname.endsWith("/session") && id) keep({ list: this.list, id });
  }

  private comeBack(): void {
    const left = kept();
    const row = left?.list === this.list ? this.data.ids.indexOf(left.id) : -1;
    if (row >= 0) this.move(row);
  }

  private get table(): HTMLElement | null {
    return document.querySelector<HTMLElement>(`${this.data.table} [data-testid=stDataFrame]`);
  }

  private key(event: KeyboardEvent): void {
    if (event.defaultPrevented || hasModifier(event) || event.shiftKey || !this.isMeant(event)) return;
    const action = this.actionFor(event.key);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  // The table would select its first cell, which opens it.
  private focused(event: Event): void {
    if (this.isInside(event)) event.stopPropagation();
  }

  private isInside(event: Event): boolean {
    const [target] = event.composedPath();
    return target instanceof Node && Boolean(this.table?.contains(target));
  }

  // In the table, or nowhere in particular.
  private isMeant(event: KeyboardEvent): boolean {
    return this.isInside(event) || (this.data.anywhere && event.composedPath()[0] === document.body);
  }

  private actionFor(key: string): (() => void) | null {
    const last = this.data.rows - 1;
    if (key === "ArrowDown" || key === "j") return () => this.move(Math.min(this.marked + 1, last));
    if (key === "ArrowUp" || key === "k") return () => this.move(Math.max(this.marked - 1, 0));
    if (key === "ArrowLeft" || key === "ArrowRight") return () => undefined;
    if (this.marked < 0) return null;
    if (key === "Enter") return () => this.press(TEXT);
    if (key === " ") return () => this.press(TICK);
    return key === "Escape" ? () => this.move(-1) : null;
  }

  private move(row: number): void {
    clearTimeout(this.later);
    this.marked = row;
    this.reveal();
    this.draw();
    if (row < 0) return;
    this.mark.scrollIntoView({ block: "nearest" });
    this.tell();
    this.later = window.setTimeout(() => this.tell(), WORDS_MS);
  }

  private tell(): void {
    const words = this.table?.querySelector(`[id^="glide-cell-1-"][id$="-${this.marked}"]`)?.textContent ?? "";
    this.told.textContent = `Row ${this.marked + 1} of ${this.data.rows}${words ? `: ${words}` : ""}`;
  }

  private get scroller(): Element | null {
    return this.table?.querySelector(".dvn-scroller") ?? null;
  }

  // A table with more rows than it has room for scrolls inside.
  private reveal(): void {
    const { scroller } = this;
    if (!scroller || this.marked < 0) return;
    const { head, row } = this.data;
    const top = this.marked * row;
    const lowest = top + row - (scroller.clientHeight - head);
    scroller.scrollTop = Math.min(Math.max(scroller.scrollTop, lowest), top);
  }

  private draw(): void {
    const { head, row } = this.data;
    const top = this.marked * row - (this.scroller?.scrollTop ?? 0);
    if (this.marked < 0 || top < 0) {
      this.mark.remove();
      return;
    }
    this.mark.style.top = `${head + top}px`;
    this.mark.style.height = `${row}px`;
    if (this.mark.parentElement !== this.table) this.table?.append(this.mark);
  }

  // What the mouse would send: the table opens or ticks the row that is there.
  private press(x: number): void {
    const box = this.mark.getBoundingClientRect();
    const [clientX, clientY] = [box.left + x, box.top + box.height / 2];
    const at = document.elementFromPoint(clientX, clientY);
    if (!at || !this.table?.contains(at)) return;
    const where = { clientX, clientY, bubbles: true, composed: true, cancelable: true, view: window };
    const pointer = { ...where, pointerId: 1, pointerType: "mouse", isPrimary: true };
    at.dispatchEvent(new PointerEvent("pointermove", pointer));
    at.dispatchEvent(new MouseEvent("mousemove", where));
    at.dispatchEvent(new PointerEvent("pointerdown", pointer));
    at.dispatchEvent(new MouseEvent("mousedown", where));
    at.dispatchEvent(new PointerEvent("pointerup", pointer));
    at.dispatchEvent(new MouseEvent("mouseup", where));
    at.dispatchEvent(new MouseEvent("click", where));
  }
}

function kept(): Left | null {
  try {
    return JSON.parse(window.sessionStorage.getItem(KEPT) ?? "null");
  } catch {
    return null; // storage is switched off
  }
}

function keep(left: Left): void {
  try {
    window.sessionStorage.setItem(KEPT, JSON.stringify(left));
  } catch {
    // the way back ends at the top of the list
  }
}
