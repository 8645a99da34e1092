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
var LANGUAGE = "en-US";
var NUMBER = new Intl.NumberFormat(LANGUAGE);
var CLOCK_PARTS = {
  year: "numeric",
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23"
};
function clocksIn(timeZone) {
  const format = (parts) => new Intl.DateTimeFormat(LANGUAGE, { ...parts, timeZone });
  return {
    zone: timeZone || "your zone",
    seconds: format(CLOCK_PARTS),
    minutes: format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
    calendar: format({ dateStyle: "full", timeStyle: "long", hourCycle: "h23" })
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
  return (component) => {
    const { data, parentElement } = component;
    const root = parentElement.querySelector(selector);
    if (!root) throw new Error(`The component has no ${selector}.`);
    useZone(data.zone);
    const before = views.get(parentElement);
    if (before?.root === root) {
      before.update(data);
    } else {
      before?.stop();
      const host = parentElement instanceof ShadowRoot ? parentElement.host : parentElement;
      const server = {
        trigger: (name, value) => component.setTriggerValue(name, value),
        state: (name, value) => component.setStateValue(name, value)
      };
      views.set(parentElement, new View(root, host, data, server));
    }
    return () => {
      views.get(parentElement)?.stop();
      views.delete(parentElement);
    };
  };
}

// src/shared/keys.ts
var hasModifier = (event) => event.ctrlKey || event.metaKey || event.altKey;

// src/shared/left-list.ts
var KEPT = "conversation-inspector.left-list";
function leftList() {
  try {
    const kept = JSON.parse(window.sessionStorage.getItem(KEPT) ?? "null");
    return Array.isArray(kept?.pages) ? kept : null;
  } catch {
    return null;
  }
}
function keepList(left) {
  try {
    window.sessionStorage.setItem(KEPT, JSON.stringify(left));
  } catch {
  }
}
var pageOf = (left, id) => left.pages.find(({ ids }) => ids.includes(id)) ?? null;

// src/table/cells.ts
function headElement(column, aria, press) {
  const label = h("span", { class: "words", text: column.label, title: column.help || null });
  const arrow = aria && h("span", { class: "arrow", "aria-hidden": "true", text: aria === "descending" ? "↓" : "↑" });
  const inside = press ? h("button", { type: "button", onclick: press }, label, arrow) : label;
  return h("div", { role: "columnheader", class: column.right && "right", "aria-sort": aria }, inside);
}
function cellElement(cell, column) {
  const props = { role: "gridcell", "data-label": column.label };
  if (!cell) return h("div", { ...props, class: `none${column.right ? " right" : ""}` }, "–");
  const words = h("span", {
    class: cell.tone ? `words mark ${cell.tone}` : "words",
    dir: "auto",
    text: cell.text,
    title: cell.hint ?? null,
    "data-until": cell.until ?? null
  });
  return h(
    "div",
    { ...props, class: column.right ? "right" : cell.below ? "two" : null },
    cell.fill !== void 0 && barElement(cell.fill),
    words,
    cell.below && belowElement(cell.below)
  );
}
function tickElement(row, ticked, change) {
  const name = `Select row ${row + 1}`;
  const box = h("input", { type: "checkbox", tabindex: -1, "aria-label": name, checked: ticked, onchange: change });
  return h("div", { role: "gridcell", class: "tick" }, box);
}
function barElement(fill) {
  const part = h("span");
  part.style.width = `${Math.round(100 * Math.min(Math.max(fill, 0), 1))}%`;
  return h("span", { class: "track", "aria-hidden": "true" }, part);
}
function belowElement(parts) {
  const [before = "", marked = "", after = ""] = parts;
  return h("span", { class: "words below", dir: "auto" }, before, marked && h("mark", { text: marked }), after);
}
function tellIfCut(target) {
  if (!(target instanceof Element)) return;
  const words = target.closest(".words");
  if (!words || words.title && words.dataset.cut === void 0) return;
  const isCut = words.scrollWidth > words.clientWidth;
  words.title = isCut ? words.textContent ?? "" : "";
  words.dataset.cut = "";
}

// src/table/countdown.ts
var UNITS = [
  [86400, "d"],
  [3600, "h"],
  [60, "min"]
];
function leftWords(milliseconds) {
  let left = Math.floor(milliseconds / 1e3);
  if (left <= 0) return "expired";
  if (left < 60) return `${left} s`;
  const parts = [];
  for (const [size, unit] of UNITS) {
    const number = Math.floor(left / size);
    left %= size;
    if (number) parts.push(`${number} ${unit}`);
  }
  return parts.slice(0, 2).join(" ");
}
function countDown(root) {
  for (const element of root.querySelectorAll("[data-until]")) {
    const words = leftWords(Number(element.dataset.until) - Date.now());
    if (element.textContent !== words) element.textContent = words;
  }
}

// src/table/order.ts
var compare = new Intl.Collator(void 0, { numeric: true }).compare;
function pressed(before, column, isNumber) {
  if (before?.column !== column) return { column, descending: isNumber };
  return before.descending === isNumber ? { column, descending: !isNumber } : null;
}
var hasNumbers = (rows, column) => rows.some((row) => typeof row[column]?.value === "number");
function ordered(rows, order) {
  const indices = rows.map((_, index) => index);
  if (!order) return indices;
  const value = (index) => rows[index]?.[order.column]?.value ?? null;
  const direction = order.descending ? -1 : 1;
  return indices.sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    if (typeof a === "number" && typeof b === "number") return direction * (a - b);
    return direction * compare(String(a), String(b));
  });
}

// src/table/sorter.ts
var AS_LISTED = "";
function sorterElement(columns, order, sorting) {
  const select = h(
    "select",
    {
      "aria-label": "Sort by",
      onchange: () => sorting.choose(select.value === AS_LISTED ? null : Number(select.value))
    },
    h("option", { value: AS_LISTED, text: "As listed" }),
    ...columns.map((column, at) => h("option", { value: String(at), text: column.label }))
  );
  select.value = order ? String(order.column) : AS_LISTED;
  const direction = order && {
    text: order.descending ? "↓" : "↑",
    "aria-label": order.descending ? "Descending; sort ascending" : "Ascending; sort descending"
  };
  return h(
    "div",
    { class: "sorter" },
    h("span", { text: "Sort by", "aria-hidden": "true" }),
    select,
    direction && h("button", { type: "button", ...direction, onclick: () => sorting.turn() })
  );
}

// src/table/widths.ts
var LEAST = 0.6;
function columnWidths(columns, room) {
  const elastic = columns.some(({ grow }) => grow) ? columns.map(({ grow }) => grow) : columns.map(() => true);
  const sum = (of) => columns.reduce((all, { width }, at) => all + (elastic[at] === of ? width : 0), 0);
  const share = (room - sum(false)) / sum(true);
  if (share < LEAST) return null;
  return columns.map(({ width }, at) => elastic[at] ? Math.floor(width * share) : width);
}

// src/table/table.ts
var TICK_PIXELS = 34;
var SECOND = 1e3;
var here = () => window.location.pathname + window.location.search;
var Table = class {
  constructor(root, _host, data, server) {
    this.root = root;
    this.data = data;
    this.server = server;
    root.addEventListener("pointerover", (event) => tellIfCut(event.target));
    document.addEventListener("keydown", this.onkey);
    this.draw();
    this.resized.observe(root);
    this.comeBack();
    this.clock = window.setInterval(() => countDown(root), SECOND);
  }
  root;
  data;
  server;
  order = null;
  ticked = /* @__PURE__ */ new Set();
  drawn = "";
  indices = [];
  // of the rows from top to bottom
  elements = [];
  clock = 0;
  onkey = (event) => this.key(event);
  resized = new ResizeObserver(() => this.fit());
  update(data) {
    const same = JSON.stringify(data) === this.drawn;
    if (data.rows.length !== this.data.rows.length) this.ticked.clear();
    this.data = data;
    if (!same) this.draw();
  }
  stop() {
    this.resized.disconnect();
    clearInterval(this.clock);
    document.removeEventListener("keydown", this.onkey);
  }
  comeBack() {
    const left = leftList();
    const index = left && pageOf(left, left.id)?.list === here() ? this.data.ids.indexOf(left.id) : -1;
    if (index >= 0) this.focus(this.indices.indexOf(index));
  }
  draw() {
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
      ...this.elements
    );
    const sorter = this.sorter();
    this.root.replaceChildren(...sorter ? [sorter, grid] : [grid]);
    const most = data.mostRows !== null && data.rows.length > data.mostRows ? data.mostRows : null;
    this.root.style.setProperty("--row", `${data.rowHeight}px`);
    this.root.style.setProperty("--most", most === null ? "none" : `calc(${most} * var(--tall) + var(--head) + 2px)`);
    this.fit();
    this.root.scrollTop = scrolled;
    if (focused >= 0) this.focus(Math.min(focused, this.elements.length - 1));
  }
  heads() {
    const { columns, ticks } = this.data;
    return [
      ticks && h("div", { role: "columnheader", class: "tick" }, h("span", { class: "told", text: "Selected" })),
      ...columns.map((column, at) => headElement(column, this.direction(at), this.presser(at)))
    ];
  }
  // What sorts where the rows stand below each other, so that there are no heads.
  sorter() {
    const { order, columns, rows } = this.data;
    if (order !== "here" || rows.length < 2) return null;
    const sorted = (next, focus) => {
      this.order = next;
      this.draw();
      this.root.querySelector(`.sorter ${focus}`)?.focus();
    };
    return sorterElement(columns, this.order, {
      choose: (column) => sorted(column === null ? null : pressed(null, column, hasNumbers(rows, column)), "select"),
      turn: () => sorted(this.order && { ...this.order, descending: !this.order.descending }, "button")
    });
  }
  direction(at) {
    const { order, sorted, columns } = this.data;
    if (order === "server") return sorted !== null && columns[at]?.sort === sorted ? "descending" : null;
    if (order === "none" || this.order?.column !== at) return null;
    return this.order.descending ? "descending" : "ascending";
  }
  presser(at) {
    const { order, columns, rows } = this.data;
    const code = columns[at]?.sort;
    if (order === "server") return code ? () => this.server.trigger("sorted", code) : null;
    if (order === "none" || rows.length < 2) return null;
    const isNumber = hasNumbers(rows, at);
    return () => {
      this.order = pressed(this.order, at, isNumber);
      this.draw();
      this.root.querySelectorAll(".head button")[at]?.focus();
    };
  }
  rowElement(index, place) {
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
        onclick: (event) => this.click(event, index)
      },
      ticks && tickElement(place, this.ticked.has(index), () => this.tick(index)),
      ...cells
    );
  }
  fit() {
    const { columns, ticks } = this.data;
    const room = this.root.clientWidth - (ticks ? TICK_PIXELS : 0);
    const widths = columnWidths(columns, room);
    this.root.classList.toggle("narrow", widths === null && room > 0);
    const all = [...ticks ? [TICK_PIXELS] : [], ...widths ?? []];
    this.root.style.setProperty("--columns", all.map((width) => `${width}px`).join(" "));
  }
  click(event, index) {
    const inTick = event.target instanceof Element && event.target.closest(".tick");
    if (inTick) {
      if (event.target instanceof HTMLInputElement) return;
      this.tick(index);
    } else {
      this.open(index);
    }
  }
  open(index) {
    const isSelecting = window.getSelection()?.type === "Range";
    if (!this.data.opens || isSelecting) return;
    const { ids, place } = this.data;
    const id = ids[index];
    if (id) {
      const pages = [{ list: here(), ids: this.indices.map((it) => ids[it] ?? "") }];
      const whole = { before: 0, total: ids.length, newer: null, older: null };
      keepList({ id, pages, ...place ?? whole });
    }
    this.server.trigger("picked", index);
  }
  tick(index) {
    if (!this.data.ticks) return;
    if (!this.ticked.delete(index)) this.ticked.add(index);
    const element = this.elements[this.indices.indexOf(index)];
    const isTicked = this.ticked.has(index);
    element?.setAttribute("aria-selected", String(isTicked));
    const box = element?.querySelector("input");
    if (box) box.checked = isTicked;
    this.server.state(
      "ticked",
      [...this.ticked].sort((a, b) => a - b)
    );
  }
  key(event) {
    if (event.defaultPrevented || hasModifier(event) || event.shiftKey || !this.isMeant(event)) return;
    const action = this.actionFor(event.key);
    if (!action) return;
    event.preventDefault();
    action();
  }
  // In the table, or nowhere in particular; a head keeps Enter and the space bar, and the choice of an order its keys.
  isMeant(event) {
    const [target] = event.composedPath();
    if (target === document.body) return this.data.anywhere;
    if (target instanceof Element && target.closest(".sorter")) return false;
    return target instanceof Node && this.root.contains(target);
  }
  actionFor(key) {
    const place = this.place();
    const last = this.elements.length - 1;
    if (key === "ArrowDown" || key === "j") return () => this.focus(Math.min(place + 1, last));
    if (key === "ArrowUp" || key === "k") return () => this.focus(Math.max(place - 1, 0));
    const index = this.indices[place];
    if (index === void 0) return null;
    if (key === "Enter") return () => this.open(index);
    if (key === " ") return () => this.tick(index);
    return key === "Escape" ? () => this.elements[place]?.blur() : null;
  }
  place() {
    const focused = this.root.getRootNode().activeElement;
    const row = focused?.closest(".row");
    return row ? this.elements.indexOf(row) : -1;
  }
  focus(place) {
    const element = this.elements[place];
    if (!element) return;
    for (const other of this.elements) other.tabIndex = other === element ? 0 : -1;
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: "nearest" });
  }
};

// src/table/main.ts
var main_default = mount(".table", Table);
export {
  main_default as default
};
