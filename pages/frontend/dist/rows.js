// src/shared/dom.ts
function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === void 0 || value === null || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name === "text") element.textContent = String(value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== void 0 && child !== false));
  return element;
}

// src/shared/format.ts
var NUMBER = new Intl.NumberFormat();
var CLOCK_PARTS = {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23"
};
function clocksIn(timeZone) {
  const format = (parts) => new Intl.DateTimeFormat(void 0, { ...parts, timeZone });
  return {
    zone: timeZone || "your zone",
    year: format({ year: "numeric" }),
    thisYear: format(CLOCK_PARTS),
    otherYears: format({ ...CLOCK_PARTS, year: "numeric" }),
    calendar: format({ dateStyle: "full", timeStyle: "long" })
  };
}
var clocks = clocksIn(void 0);
function useZone(timeZone) {
  try {
    clocks = clocksIn(timeZone);
  } catch {
    clocks = clocksIn(void 0);
  }
}

// src/shared/mount.ts
function mount(selector, View) {
  const views = /* @__PURE__ */ new WeakMap();
  return ({ data, parentElement }) => {
    const root = parentElement.querySelector(selector);
    if (!root) throw new Error(`The component has no ${selector}.`);
    useZone(data.zone);
    const before = views.get(parentElement);
    if (before?.root === root) {
      before.update(data);
    } else {
      before?.stop();
      views.set(
        parentElement,
        new View(root, parentElement instanceof ShadowRoot ? parentElement.host : parentElement, data)
      );
    }
    return () => {
      views.get(parentElement)?.stop();
      views.delete(parentElement);
    };
  };
}

// src/shared/keys.ts
var hasModifier = (event) => event.ctrlKey || event.metaKey || event.altKey;

// src/rows/row-keys.ts
var KEPT = "conversation-inspector.left-row";
var TEXT = 110;
var TICK = 16;
var WORDS_MS = 400;
var RowKeys = class {
  constructor(root, _host, data) {
    this.root = root;
    this.data = data;
    root.replaceChildren(this.told);
    document.addEventListener("keydown", this.onkey, { capture: true });
    document.addEventListener("focusin", this.onfocus, { capture: true });
    document.addEventListener("scroll", this.onscroll, { capture: true, passive: true });
    this.comeBack();
  }
  root;
  data;
  marked = -1;
  later = 0;
  mark = h("div", { class: "row-mark", "aria-hidden": "true" });
  told = h("p", { class: "told", role: "status" });
  list = window.location.pathname + window.location.search;
  onkey = (event) => this.key(event);
  onfocus = (event) => this.focused(event);
  onscroll = () => this.draw();
  update(data) {
    const other = data.rows !== this.data.rows || data.ids.join() !== this.data.ids.join();
    this.data = data;
    if (other) this.move(-1);
    else this.draw();
  }
  // The session that was opened from here is in the address by now.
  stop() {
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
  comeBack() {
    const left = kept();
    const row = left?.list === this.list ? this.data.ids.indexOf(left.id) : -1;
    if (row >= 0) this.move(row);
  }
  get table() {
    return document.querySelector(`${this.data.table} [data-testid=stDataFrame]`);
  }
  key(event) {
    if (event.defaultPrevented || hasModifier(event) || event.shiftKey || !this.isMeant(event)) return;
    const action = this.actionFor(event.key);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }
  // The table would select its first cell, which opens it.
  focused(event) {
    if (this.isInside(event)) event.stopPropagation();
  }
  isInside(event) {
    const [target] = event.composedPath();
    return target instanceof Node && Boolean(this.table?.contains(target));
  }
  // In the table, or nowhere in particular.
  isMeant(event) {
    return this.isInside(event) || this.data.anywhere && event.composedPath()[0] === document.body;
  }
  actionFor(key) {
    const last = this.data.rows - 1;
    if (key === "ArrowDown" || key === "j") return () => this.move(Math.min(this.marked + 1, last));
    if (key === "ArrowUp" || key === "k") return () => this.move(Math.max(this.marked - 1, 0));
    if (key === "ArrowLeft" || key === "ArrowRight") return () => void 0;
    if (this.marked < 0) return null;
    if (key === "Enter") return () => this.press(TEXT);
    if (key === " ") return () => this.press(TICK);
    return key === "Escape" ? () => this.move(-1) : null;
  }
  move(row) {
    clearTimeout(this.later);
    this.marked = row;
    this.reveal();
    this.draw();
    if (row < 0) return;
    this.mark.scrollIntoView({ block: "nearest" });
    this.tell();
    this.later = window.setTimeout(() => this.tell(), WORDS_MS);
  }
  tell() {
    const words = this.table?.querySelector(`[id^="glide-cell-1-"][id$="-${this.marked}"]`)?.textContent ?? "";
    this.told.textContent = `Row ${this.marked + 1} of ${this.data.rows}${words ? `: ${words}` : ""}`;
  }
  get scroller() {
    return this.table?.querySelector(".dvn-scroller") ?? null;
  }
  // A table with more rows than it has room for scrolls inside.
  reveal() {
    const { scroller } = this;
    if (!scroller || this.marked < 0) return;
    const { head, row } = this.data;
    const top = this.marked * row;
    const lowest = top + row - (scroller.clientHeight - head);
    scroller.scrollTop = Math.min(Math.max(scroller.scrollTop, lowest), top);
  }
  draw() {
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
  press(x) {
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
};
function kept() {
  try {
    return JSON.parse(window.sessionStorage.getItem(KEPT) ?? "null");
  } catch {
    return null;
  }
}
function keep(left) {
  try {
    window.sessionStorage.setItem(KEPT, JSON.stringify(left));
  } catch {
  }
}

// src/rows/main.ts
var main_default = mount(".rows", RowKeys);
export {
  main_default as default
};
