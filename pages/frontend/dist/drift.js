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
function focusedIn(root) {
  return root.getRootNode().activeElement;
}

// src/shared/format.ts
var LANGUAGE = "en-US";
var NUMBER = new Intl.NumberFormat(LANGUAGE);
var many = (count, one, more = `${one}s`) => `${NUMBER.format(count)} ${count === 1 ? one : more}`;
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
function timeElement(at) {
  if (!at) return null;
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return h("span", { class: "quiet", text: at });
  const utc = at.replace("T", " ").replace("+00:00", " UTC");
  const title = `${utc}
${clocks.calendar.format(moment)} (${clocks.zone})`;
  return h("time", { datetime: at, title, text: momentWords(moment) });
}
function momentWords(moment) {
  const { day, month, year, hour, minute, second } = partsOf(moment);
  const ofYear = year === partsOf(/* @__PURE__ */ new Date()).year ? "" : ` ${year}`;
  return `${day} ${month}${ofYear}, ${hour}:${minute}:${second}`;
}
function partsOf(moment) {
  return Object.fromEntries(clocks.seconds.formatToParts(moment).map(({ type, value }) => [type, value]));
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

// src/shared/api.ts
async function ask(address, parameters, options = {}) {
  const query = new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
  let answer;
  try {
    answer = await fetch(`${address}?${query}`, { ...options, cache: "no-store", credentials: "same-origin" });
  } catch {
    throw new Error("The server did not answer.");
  }
  let body = null;
  try {
    body = await answer.json();
  } catch {
  }
  if (answer.ok && body) return body;
  throw new Error(body?.error || `The server answered ${answer.status} without a reason.`);
}
var messageOf = (error) => error instanceof Error ? error.message : String(error);

// src/shared/autosize.ts
var LEAST_HEIGHT = 380;
var Autosize = class {
  constructor(root, host, onwidth, least = LEAST_HEIGHT) {
    this.root = root;
    this.onwidth = onwidth;
    this.least = least;
    this.main = host.closest("[data-testid=stMain]") ?? document.scrollingElement ?? document.documentElement;
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(this.main);
    if (this.main.firstElementChild) this.observer.observe(this.main.firstElementChild);
    window.addEventListener("resize", this.onresize);
  }
  root;
  onwidth;
  least;
  main;
  observer;
  onresize = () => this.fit();
  wide = -1;
  fit() {
    const { root, main } = this;
    const top = root.getBoundingClientRect().top - main.getBoundingClientRect().top + main.scrollTop;
    const height = `${heightFor(top, main.clientHeight, this.least)}px`;
    if (root.style.height !== height) root.style.height = height;
    const wide = root.clientWidth;
    if (wide !== this.wide) {
      this.wide = wide;
      this.onwidth();
    }
  }
  stop() {
    this.observer.disconnect();
    window.removeEventListener("resize", this.onresize);
  }
};
function heightFor(top, room, least = LEAST_HEIGHT) {
  const left = room - top - 20;
  return Math.max(LEAST_HEIGHT, Math.floor(left < least ? room * 0.8 : left));
}

// src/shared/stage.ts
var TOAST_MS = 2500;
var Stage = class {
  scroller;
  canvas = h("div", { class: "canvas", role: "presentation" });
  element;
  words = h("div", { class: "words-instead", hidden: true });
  toast = h("div", { class: "toast", role: "status", "aria-live": "polite" });
  saying = 0;
  // A feed without an article is none: while it is read, or where nothing is left to show, this is only a group.
  filled = new MutationObserver(
    () => this.scroller.setAttribute("role", this.canvas.childElementCount ? "feed" : "group")
  );
  constructor(label) {
    this.scroller = h("div", { class: "scroller", tabindex: "0", role: "group", "aria-label": label }, this.canvas);
    this.element = h("div", { class: "stage" }, this.scroller, this.words, this.toast);
    this.filled.observe(this.canvas, { childList: true });
  }
  focus() {
    this.scroller.focus({ preventScroll: true });
  }
  // A list that begins below the window's edge comes up to where its rows can be seen.
  bringIntoSight() {
    this.element.scrollIntoView({ block: "nearest" });
  }
  // Words instead of the list; none bring the list back.
  showWords(words) {
    this.words.textContent = words;
    this.words.hidden = !words;
    this.scroller.hidden = Boolean(words);
  }
  say(words) {
    this.toast.textContent = words;
    this.toast.classList.add("up");
    clearTimeout(this.saying);
    this.saying = window.setTimeout(() => this.toast.classList.remove("up"), TOAST_MS);
  }
  stop() {
    this.filled.disconnect();
    clearTimeout(this.saying);
  }
};

// src/shared/sorted.ts
function known(list, index) {
  return list[index];
}
function lastWhere(count, holds) {
  let low = -1;
  let high = count - 1;
  while (low < high) {
    const middle = low + high + 1 >> 1;
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
var lastAtMost = (sorted, value) => lastWhere(sorted.length, (index) => known(sorted, index) <= value);

// src/shared/virtual-list.ts
var AHEAD = 500;
var SETTLE_MS = 140;
var MOST_ROUNDS = 8;
var VirtualList = class {
  constructor(view, scroller, canvas) {
    this.view = view;
    this.scroller = scroller;
    this.canvas = canvas;
    this.observer = new ResizeObserver(() => this.resized());
    this.observer.observe(scroller);
    scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
  }
  view;
  scroller;
  canvas;
  mounted = /* @__PURE__ */ new Map();
  shift = 0;
  set = -1;
  timer = 0;
  painting = false;
  observer;
  get anchor() {
    return this.view.state.anchor;
  }
  set anchor(anchor) {
    this.view.state.anchor = anchor;
  }
  get rows() {
    return this.view.rows;
  }
  scrolled() {
    if (!this.followScroll()) return;
    this.paint(false);
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.settle(), SETTLE_MS);
  }
  settle() {
    this.followScroll();
    this.paint(true);
  }
  // Moves the anchor to where the reader scrolled since the last painting, if they did. The browser tells of it in
  // its next frame: whoever paints before that for another reason would scroll back.
  followScroll() {
    const top = this.scroller.scrollTop;
    if (!this.view.rows || !this.scroller.clientHeight || Math.abs(top - this.set) < 1) return false;
    this.set = -1;
    this.anchorAt(top - this.shift);
    return true;
  }
  anchorAt(height) {
    const { visible } = this.rows;
    if (!visible.length) return;
    const inside = Math.min(Math.max(height, 0), Math.max(this.rows.total - this.scroller.clientHeight, 0));
    const place = this.rows.at(inside);
    this.anchor = { ordinal: known(visible, place), above: inside - this.rows.topOf(place) };
  }
  resized() {
    const width = this.canvas.clientWidth;
    if (!this.view.rows || !width) return;
    if (Math.abs(width - this.rows.width) > 1) {
      this.rows.width = width;
      this.rows.forgetHeights();
      for (const row of this.mounted.values()) row.clipped = false;
    }
    this.paint(true);
  }
  // Where the top edge of the view should be.
  wantedTop() {
    const most = Math.max(this.rows.total - this.scroller.clientHeight, 0);
    if (this.anchor.end) return most;
    const place = this.rows.placeNear(this.anchor.ordinal);
    if (place < 0) return 0;
    const same = this.rows.visible[place] === this.anchor.ordinal;
    return Math.min(Math.max(this.rows.topOf(place) + (same ? this.anchor.above : 0), 0), most);
  }
  // Mounts what is near the edge, measures it, and repeats until nothing moves. While the wheel turns
  // (settle = false) the rows are shifted instead of the scroll bar, which would stop the wheel.
  paint(settle = true) {
    if (!this.view.rows || this.painting || !this.scroller.clientHeight) return;
    this.painting = true;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      this.mountAround(this.wantedTop());
      if (!this.measure()) break;
    }
    this.move(this.wantedTop(), settle);
    this.position();
    this.painting = false;
    this.view.painted();
  }
  move(top, settle) {
    const height = this.scroller.clientHeight;
    const edge = this.scroller.scrollTop < 2 * height || top > this.rows.total - 3 * height;
    if (settle || edge) {
      this.shift = 0;
      this.size();
      if (Math.abs(this.scroller.scrollTop - top) > 0.5) this.scroller.scrollTop = top;
      this.set = this.scroller.scrollTop;
    } else {
      this.shift = this.scroller.scrollTop - top;
      this.size();
    }
  }
  size() {
    const height = `${Math.max(this.rows.total + this.shift, 0)}px`;
    if (this.canvas.style.height !== height) this.canvas.style.height = height;
  }
  range(top, margin) {
    const { visible } = this.rows;
    const first = this.rows.at(Math.max(top - margin, 0));
    const last = this.rows.at(top + this.scroller.clientHeight + margin);
    return visible.length ? visible.slice(first, last + 1) : [];
  }
  mountAround(top) {
    const near = this.range(top, AHEAD);
    const keep = new Set(near);
    for (const [ordinal, row] of this.mounted) if (!keep.has(ordinal)) this.unmount(ordinal, row);
    for (const ordinal of near) if (!this.mounted.has(ordinal)) this.mount(ordinal);
    this.view.want(near, this.range(top, 3 * AHEAD));
  }
  mount(ordinal) {
    const row = { element: this.view.build(ordinal), clipped: false };
    this.mounted.set(ordinal, row);
    const next = [...this.mounted.keys()].filter((other) => other > ordinal);
    const after = next.length ? this.mounted.get(Math.min(...next))?.element ?? null : null;
    this.canvas.insertBefore(row.element, after);
    this.observer.observe(row.element);
  }
  unmount(ordinal, row) {
    this.observer.unobserve(row.element);
    if (row.element.contains(focusedIn(this.scroller))) this.scroller.focus({ preventScroll: true });
    row.element.remove();
    this.mounted.delete(ordinal);
  }
  // Takes all rows out of the page.
  clear() {
    for (const [ordinal, row] of this.mounted) this.unmount(ordinal, row);
  }
  // All reads first, then all writes: one layout for a batch.
  measure() {
    const fresh = [...this.mounted.values()].filter((row) => !row.clipped);
    const clips = fresh.flatMap((row) => [...row.element.querySelectorAll(".clip")]);
    const over = clips.map((clip) => clip.scrollHeight - clip.clientHeight > 24);
    clips.forEach((clip, at) => {
      clip.classList.toggle("fits", !over[at]);
    });
    for (const row of fresh) row.clipped = true;
    let moved = false;
    const sizes = [...this.mounted].map(
      ([ordinal, row]) => [ordinal, row.element.getBoundingClientRect().height]
    );
    for (const [ordinal, height] of sizes) moved = this.rows.measure(ordinal, height) || moved;
    return moved;
  }
  position() {
    for (const [ordinal, row] of this.mounted) {
      row.element.style.transform = `translateY(${this.rows.topOf(this.rows.placeOf(ordinal)) + this.shift}px)`;
    }
  }
  // Makes a row anew; paint() lays it out.
  refresh(ordinal) {
    const row = this.mounted.get(ordinal);
    if (!row) return;
    const focused = focusedIn(this.scroller);
    const held = row.element.contains(focused) ? focused : null;
    const element = this.view.build(ordinal);
    this.observer.unobserve(row.element);
    row.element.replaceWith(element);
    this.mounted.set(ordinal, { element, clipped: false });
    this.observer.observe(element);
    if (held) refocus(held, element);
  }
  // Makes all rows in the page anew.
  redraw() {
    for (const ordinal of [...this.mounted.keys()]) this.refresh(ordinal);
    this.paint();
  }
  // After a filter, a fold of all, another mode: everything anew, the same message at the edge.
  rebuild() {
    const held = focusedIn(this.scroller);
    const holder = [...this.mounted].find(([, row]) => row.element.contains(held))?.[0];
    this.clear();
    this.rows.forgetHeights();
    this.paint();
    const again = holder === void 0 ? void 0 : this.mounted.get(holder);
    if (again && held?.dataset.focus) refocus(held, again.element);
  }
  goTo(ordinal, above = 0) {
    this.anchor = { ordinal, above };
    this.paint();
  }
  goToEnd() {
    this.anchor = { ordinal: this.rows.visible.at(-1), above: 0, end: true };
    this.paint();
  }
  by(pixels) {
    this.anchorAt(this.wantedTop() + pixels);
    this.paint();
  }
  // Brings a row into sight with as little movement as can be.
  reveal(ordinal) {
    const place = this.rows.placeOf(ordinal);
    const top = this.rows.topOf(place);
    const height = this.rows.heightOf(ordinal);
    const now = this.wantedTop();
    const room = this.scroller.clientHeight;
    if (top < now || height > room) this.goTo(ordinal, -4);
    else if (top + height > now + room) this.goTo(ordinal, height - room + 4);
    else this.paint();
    const grown = this.rows.heightOf(ordinal);
    if (grown !== height && grown < room && this.rows.topOf(place) + grown > this.wantedTop() + room) {
      this.goTo(ordinal, grown - room + 4);
    }
  }
  // Keeps a row's top where it is while it grows or shrinks.
  hold(ordinal) {
    const above = this.wantedTop() - this.rows.topOf(this.rows.placeOf(ordinal));
    this.anchor = { ordinal, above };
  }
  // As hold, but a row that begins above the edge comes down to it.
  holdWithin(ordinal) {
    this.hold(ordinal);
    if (this.anchor.above > 0) this.anchor.above = 0;
  }
  stop() {
    clearTimeout(this.timer);
    this.observer.disconnect();
  }
};
function refocus(held, element) {
  const name = held.dataset.focus;
  const again = name ? element.querySelector(`[data-focus="${CSS.escape(name)}"]`) : null;
  (again ?? element).focus({ preventScroll: true });
  if (isTextBox(held) && again && isTextBox(again)) again.setSelectionRange(held.selectionStart, held.selectionEnd);
}
var isTextBox = (element) => "selectionStart" in element;

// src/shared/list-view.ts
var ListView = class {
  constructor(root, host, data, label, least) {
    this.root = root;
    this.host = host;
    this.data = data;
    this.stage = new Stage(label);
    this.list = new VirtualList(this, this.stage.scroller, this.stage.canvas);
    this.size = new Autosize(root, host, () => {
    }, least);
  }
  root;
  host;
  data;
  state = { anchor: { ordinal: 0, above: 0 } };
  opened = /* @__PURE__ */ new Set();
  lit = null;
  bar = h("div", { class: "toolbar" });
  stage;
  list;
  size;
  loader = null;
  // The source of what is shown; there is one as soon as there are rows.
  get source() {
    return this.loader;
  }
  // The columns under two heads; `above` stands over them.
  lay(above, heads) {
    const columns = h("div", { class: "columns" }, h("div", { class: "heads" }, ...heads), this.stage.element);
    this.root.replaceChildren(...above, columns);
  }
  async read(source, parameters = {}) {
    if (this.loader) this.loader.stopped = true;
    this.loader = source;
    source.onitems = (ordinals) => this.arrived(ordinals);
    source.onfail = (error) => this.say(messageOf(error));
    for (const element of [this.root, this.stage.scroller]) element.setAttribute("aria-busy", "true");
    try {
      const answer = await source.opening(parameters);
      if (!source.stopped) this.show(answer);
    } catch (error) {
      if (!source.stopped) this.showWords(`Nothing to show: ${messageOf(error)}`);
    }
    if (source.stopped) return;
    for (const element of [this.root, this.stage.scroller]) element.removeAttribute("aria-busy");
  }
  // Marks a row and brings it to the top.
  light(ordinal) {
    const before = this.lit;
    this.lit = ordinal;
    for (const n of [before, ordinal]) if (n !== null) this.list.refresh(n);
    this.list.goTo(ordinal, -12);
    this.stage.bringIntoSight();
  }
  want(near, ahead) {
    const first = new Set(near);
    this.source.want([...near, ...ahead.filter((ordinal) => !first.has(ordinal))]);
  }
  arrived(ordinals) {
    this.list.followScroll();
    for (const ordinal of ordinals) this.list.refresh(ordinal);
    this.list.paint();
  }
  painted() {
  }
  // A row is drawn anew and stays in sight.
  changed(ordinal) {
    this.list.holdWithin(ordinal);
    this.list.refresh(ordinal);
    this.list.paint();
  }
  // The address of a message, with what the page's own address chose.
  linkTo(source, position, session = this.data.session) {
    const query = new URLSearchParams({ id: session, source, message: String(position) });
    const here = new URLSearchParams(window.location.search);
    for (const name of ["tz", "view"]) {
      const value = here.get(name);
      if (value) query.set(name, value);
    }
    return `session?${query}`;
  }
  showWords(words) {
    this.stage.showWords(words);
  }
  say(words) {
    this.stage.say(words);
  }
  stop() {
    if (this.loader) this.loader.stopped = true;
    this.stage.stop();
    this.list.stop();
    this.size.stop();
  }
};
function skeleton(height) {
  return h("div", { class: "skeleton", style: `height:${Math.max(height, 20)}px` });
}

// src/shared/window-loader.ts
var MOST_ITEMS = 300;
var WindowLoader = class {
  constructor(base, address) {
    this.base = base;
    this.address = address;
  }
  base;
  address;
  items = /* @__PURE__ */ new Map();
  stopped = false;
  onitems = () => {
  };
  onfail = () => {
  };
  batch = 30;
  fewer = "There are fewer messages now. Refresh the page.";
  wanted = [];
  pumping = false;
  get(route, parameters = {}) {
    return ask(`${this.base}/${route}`, { ...this.address, ...parameters });
  }
  async opening(parameters = {}) {
    const answer = await this.get("opening", parameters);
    this.keep(answer.items);
    return answer;
  }
  // Latest wish wins: what was scrolled past before its turn is never asked for.
  want(ordinals) {
    this.wanted = ordinals;
    this.load();
  }
  load() {
    if (!this.pumping) void this.pump();
  }
  keep(items) {
    for (const item of items) this.items.set(item.ordinal, item);
  }
  async pump() {
    this.pumping = true;
    try {
      for (; ; ) {
        const asked = this.stopped ? null : this.next();
        if (!asked) break;
        const arrived = await asked;
        if (!this.stopped) this.onitems(arrived);
      }
    } catch (error) {
      this.fail(error);
    } finally {
      this.pumping = false;
    }
  }
  // Asks for what is missing: the ordinals that it is for, once it is here; null where nothing is missing.
  next() {
    const missing = this.wanted.filter((n) => !this.items.has(n)).slice(0, this.batch);
    return missing.length ? this.window(missing) : null;
  }
  async window(ordinals) {
    const { items } = await this.get("window", { items: ordinals.join(",") });
    if (!items.length) throw new Error(this.fewer);
    this.keep(items);
    this.forget();
    return ordinals;
  }
  fail(error) {
    if (!this.stopped) this.onfail(error);
  }
  // The oldest of what is not wanted goes first.
  forget() {
    const wanted = new Set(this.wanted);
    for (const ordinal of this.items.keys()) {
      if (this.items.size <= MOST_ITEMS) return;
      if (!wanted.has(ordinal)) this.items.delete(ordinal);
    }
  }
};

// src/shared/roles.ts
var GROUP_OF = { user: "user", assistant: "assistant", tool: "tools", function: "tools" };
var groupOf = (role) => Object.hasOwn(GROUP_OF, role) ? GROUP_OF[role] : "other";

// src/shared/text.ts
var UNSEEN = new RegExp(
  "[\\u0000-\\u0008\\u000B-\\u001F\\u007F-\\u009F\\u00AD\\u061C\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u200B\\u200C\\u200E\\u200F\\u2028-\\u202E\\u2060-\\u206F\\u3164\\uFEFF\\uFFA0\\uFFF0-\\uFFFB]|(?<![\\p{Extended_Pictographic}\\uFE0F\\p{Emoji_Modifier}])\\u200D|(?<=[\\uFE00-\\uFE0F])[\\uFE00-\\uFE0F]|\\p{Cs}|[\\u{E0000}-\\u{E0FFF}]",
  "gu"
);
var NAMES = {
  0: "NUL",
  8: "backspace",
  13: "carriage return",
  27: "escape",
  127: "delete",
  173: "soft hyphen",
  1564: "Arabic letter mark",
  8203: "zero width space",
  8204: "zero width non-joiner",
  8205: "zero width joiner",
  8206: "left-to-right mark",
  8207: "right-to-left mark",
  8232: "line separator",
  8233: "paragraph separator",
  8234: "left-to-right embedding",
  8235: "right-to-left embedding",
  8236: "pop directional formatting",
  8237: "left-to-right override",
  8238: "right-to-left override",
  8288: "word joiner",
  8294: "left-to-right isolate",
  8295: "right-to-left isolate",
  8296: "first strong isolate",
  8297: "pop directional isolate",
  65279: "byte order mark"
};
var CONTROLS = "NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US".split(" ");
var MOST_GLYPHS = 150;
var MOST_IN_A_GLYPH = 40;
var MOST_NAMES = 6;
var hex = (point) => `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
var hasUnseen = (text) => text.search(UNSEEN) >= 0;
var glyph = (point) => point === 127 ? "DEL" : CONTROLS[point] ?? hex(point);
function pointName(point) {
  if (point >= 55296 && point <= 57343) return `${hex(point)} lone surrogate`;
  if (point >= 917504 && point <= 917631) return `${hex(point)} invisible tag character`;
  return NAMES[point] ? `${hex(point)} ${NAMES[point]}` : hex(point);
}
function runsOf(text) {
  const runs = [];
  let plain = "";
  let at = 0;
  let glyphs = 0;
  let run = null;
  for (const match of text.matchAll(UNSEEN)) {
    const between = text.slice(at, match.index);
    const point = match[0].codePointAt(0);
    at = match.index + match[0].length;
    if (run && !between) {
      run.shown.push(glyph(point));
      if (run.names.length < MOST_NAMES) run.names.push(pointName(point));
      continue;
    }
    plain += between;
    if (glyphs >= MOST_GLYPHS) {
      run = null;
      plain += `⟦${glyph(point)}⟧`;
      continue;
    }
    if (plain) runs.push(plain);
    plain = "";
    run = { shown: [glyph(point)], names: [pointName(point)] };
    glyphs += 1;
    runs.push(run);
  }
  plain += text.slice(at);
  if (plain) runs.push(plain);
  return runs;
}
function textNodes(text) {
  if (!hasUnseen(text)) return [document.createTextNode(text)];
  return runsOf(text).map((run) => typeof run === "string" ? document.createTextNode(run) : glyphElement(run));
}
function glyphElement({ shown, names }) {
  const words = shown.length > MOST_IN_A_GLYPH ? [...shown.slice(0, MOST_IN_A_GLYPH), `… ${shown.length} in all`] : shown;
  return h("span", { class: "glyph", title: names.join(", "), text: words.join(" ") });
}
function fill(element, text) {
  element.replaceChildren(...textNodes(text));
  return element;
}

// src/drift/pieces.ts
var AROUND = 120;
function nearDifferences(pieces) {
  const last = pieces.length - 1;
  const cut = pieces.flatMap((piece, at) => {
    const [kind, value] = piece;
    if (kind !== "same") return [piece];
    const before = at === 0 || known(pieces, at - 1)[0] === "equal" ? 0 : AROUND;
    const after = at === last || known(pieces, at + 1)[0] === "equal" ? 0 : AROUND;
    if (value.length <= before + after + AROUND) return [piece];
    return [
      ["same", value.slice(0, before)],
      ["equal", value.length - before - after],
      ["same", after ? value.slice(-after) : ""]
    ];
  });
  return joinFolds(cut.filter(([, value]) => value));
}
function joinFolds(pieces) {
  const joined = [];
  for (const piece of pieces) {
    const before = joined.at(-1);
    if (piece[0] === "equal" && before?.[0] === "equal") joined.splice(-1, 1, ["equal", before[1] + piece[1]]);
    else joined.push(piece);
  }
  return joined;
}
function foldsMore(shown, all) {
  return shown.some(([kind, value], at) => kind === "equal" && all[at]?.[1] !== value);
}

// src/shared/layout.ts
var Layout = class {
  constructor(count) {
    this.count = count;
    this.heights = new Float64Array(count);
    this.measured = new Uint8Array(count);
    this.place = new Int32Array(count).fill(-1);
  }
  count;
  heights;
  measured;
  visible = [];
  place;
  width = 800;
  tops = null;
  placed() {
    this.place = new Int32Array(this.count).fill(-1);
    this.visible.forEach((ordinal, place) => {
      this.place[ordinal] = place;
    });
    this.tops = null;
  }
  placeOf(ordinal) {
    return this.place[ordinal] ?? -1;
  }
  // The nearest visible place at or after an ordinal; the last one where none is after it.
  placeNear(ordinal) {
    for (let n = Math.max(0, Math.min(ordinal, this.count - 1)); n < this.count; n += 1) {
      if (this.placeOf(n) >= 0) return this.placeOf(n);
    }
    return this.visible.length - 1;
  }
  forgetHeights() {
    this.measured.fill(0);
    this.tops = null;
  }
  heightOf(ordinal) {
    return known(this.heights, ordinal);
  }
  // Takes the measured heights of these rows from another layout of the same width.
  carry(before, ordinals) {
    this.width = before.width;
    for (const ordinal of ordinals) {
      this.heights[ordinal] = before.heightOf(ordinal);
      this.measured[ordinal] = known(before.measured, ordinal);
    }
    this.tops = null;
  }
  measure(ordinal, height) {
    if (this.measured[ordinal] && Math.abs(this.heightOf(ordinal) - height) < 0.5) return false;
    this.measured[ordinal] = 1;
    this.heights[ordinal] = height;
    const last = this.visible.length - 1;
    if (this.tops && this.placeOf(ordinal) === last) this.tops[last + 1] = known(this.tops, last) + height;
    else this.tops = null;
    return true;
  }
  layout() {
    if (this.tops) return this.tops;
    const tops = new Float64Array(this.visible.length + 1);
    let top = 0;
    this.visible.forEach((ordinal, place) => {
      tops[place] = top;
      if (!this.measured[ordinal]) this.heights[ordinal] = this.estimate(ordinal);
      top += this.heightOf(ordinal);
    });
    tops[this.visible.length] = top;
    this.tops = tops;
    return tops;
  }
  topOf(place) {
    return known(this.layout(), place);
  }
  get total() {
    return this.topOf(this.visible.length);
  }
  // The place of the row at a height.
  at(height) {
    return Math.max(lastAtMost(this.layout().subarray(0, this.visible.length), height), 0);
  }
};

// src/drift/rows.ts
var MOST_LINES = 12;
var LINE_HEIGHT = 20;
var FOLD_HEIGHT = 38;
var LEAST_FOLD = 3;
var QUIET = /* @__PURE__ */ new Set(["equal", "windowed_cache", "reasoning_rows"]);
var isQuiet = (kind) => QUIET.has(kind);
var Rows = class extends Layout {
  constructor(index, unfolded) {
    super(index.count);
    this.index = index;
    this.unfolded = unfolded;
    this.filter();
  }
  index;
  unfolded;
  folds = /* @__PURE__ */ new Map();
  stretchOf(ordinal) {
    return known(this.index.stretches, known(this.index.stretch, ordinal));
  }
  // The rows of a stretch that its line stands for: [first, count], count 0 for none.
  hidden(number) {
    const { stretches } = this.index;
    const { kind, first, count } = known(stretches, number);
    if (!isQuiet(kind) || this.unfolded.has(number)) return [first, 0];
    const before = number > 0 ? 1 : 0;
    const after = number < stretches.length - 1 ? 1 : 0;
    const hidden = count - before - after;
    return hidden >= LEAST_FOLD ? [first + before, hidden] : [first, 0];
  }
  filter() {
    this.visible = [];
    this.folds.clear();
    this.index.stretches.forEach(({ first, count }, number) => {
      const [start, hidden] = this.hidden(number);
      for (let n = first; n < first + count; n += 1) {
        const inside = hidden && n >= start && n < start + hidden;
        if (inside && n !== start) continue;
        if (inside) this.folds.set(n, { number, count: hidden });
        this.visible.push(n);
      }
    });
    this.placed();
  }
  estimate(ordinal) {
    if (this.folds.has(ordinal)) return FOLD_HEIGHT;
    return 46 + Math.min(known(this.index.lines, ordinal), MOST_LINES) * LINE_HEIGHT;
  }
  // The first row of the next stretch that differs, from a row on; -1 where there is none.
  next(from, step) {
    for (let n = from; n >= 0 && n < this.count; n += step) {
      const { kind, first } = this.stretchOf(n);
      if (!isQuiet(kind)) return first;
    }
    return -1;
  }
  // As next, from the row that is lit, round and round.
  nextAround(lit, step) {
    const own = lit === null ? null : this.stretchOf(lit);
    const from = !own ? 0 : step > 0 ? own.first + own.count : own.first - 1;
    const found = this.next(from, step);
    return found >= 0 ? found : this.next(step > 0 ? 0 : this.count - 1, step);
  }
};

// src/drift/types.ts
var positionsOf = (index, key) => index[key] ?? [];

// src/drift/cells.ts
var LONG = 700;
function buildRow(view, ordinal) {
  const fold = view.rows.folds.get(ordinal);
  return fold ? foldRow(view, ordinal, fold) : messageRow(view, ordinal);
}
function frameOf({ rows }, ordinal, kind) {
  return h("article", {
    class: `row beside ${kind}`,
    tabindex: "-1",
    "data-ordinal": ordinal,
    "data-kind": kind,
    "aria-posinset": rows.placeOf(ordinal) + 1,
    "aria-setsize": rows.visible.length
  });
}
function foldRow(view, ordinal, { number, count }) {
  const { kind } = view.rows.stretchOf(ordinal);
  const { sides, labels } = view.subject;
  const last = ordinal + count - 1;
  const extent = ({ key }) => {
    const side = positionsOf(view.rows.index, key);
    return known(side, ordinal) < 0 ? "" : `#${side[ordinal]}${count > 1 ? `–#${side[last]}` : ""}`;
  };
  const words = kind === "equal" ? many(count, "equal message") : `${many(count, "message")} · ${labels[kind]}`;
  const row = frameOf(view, ordinal, `folded ${kind}`);
  row.append(
    h(
      "button",
      { class: "unfold", type: "button", onclick: () => view.unfold(number, ordinal) },
      h("span", { class: "position", text: extent(sides[0]) }),
      h("span", { text: `${words}: show` }),
      h("span", { class: "position", text: extent(sides[1]) })
    )
  );
  return row;
}
function messageRow(view, ordinal) {
  const { kind, first } = view.rows.stretchOf(ordinal);
  const row = frameOf(view, ordinal, kind);
  row.classList.toggle("lit", view.lit === ordinal);
  const item = view.itemOf(ordinal);
  if (!item) {
    row.append(skeleton(view.rows.heightOf(ordinal) - 20));
    return row;
  }
  if (ordinal === first && !isQuiet(kind)) {
    const { labels, codes } = view.subject;
    const head = h("div", { class: "stretchhead" }, h("b", { text: labels[kind] ?? kind }));
    if (codes) head.append(h("code", { text: kind }));
    row.append(head);
  }
  row.append(...view.subject.sides.map((side) => cell(view, ordinal, item, side)));
  return row;
}
function cell(view, ordinal, item, name) {
  const side = item[name.key];
  const box = h("div", { class: `cell ${name.key}${side ? "" : " none"}`, "data-head": name.head });
  if (!side) {
    box.append(h("p", { class: "absent" }, absence(view, item)));
    return box;
  }
  const link = h("a", {
    class: "position",
    href: view.linkTo(name, side.position),
    text: `#${side.position}`,
    title: "Open in the conversation"
  });
  const role = fill(h("span", { class: `role ${groupOf(side.role)}` }), side.role || "(no role)");
  box.append(h("header", {}, link, role, h("span", { class: "space" }), timeElement(side.at)));
  const shown = side.fields.filter((field) => field.length || field.differs || side.fields.length === 1);
  for (const field of shown) box.append(fieldBlock(view, ordinal, name, field));
  for (const field of side.missing) box.append(h("p", { class: "absent", text: `${field} missing` }));
  return box;
}
function absence(view, { kind, elsewhere }) {
  if (!elsewhere) return kind === "windowed_cache" ? "not kept in the cache" : "(missing)";
  return h("button", {
    class: "link",
    type: "button",
    text: `moved to #${elsewhere.position}`,
    onclick: () => view.light(elsewhere.ordinal)
  });
}
function pieceNodes([kind, value]) {
  switch (kind) {
    case "same":
      return textNodes(value);
    case "only":
      return [h("mark", {}, ...textNodes(value))];
    case "lacks": {
      const title = `Only the other side has ${many(value, "character")} here`;
      return [h("mark", { class: "lacks", text: "‸", title })];
    }
    case "equal":
      return [h("span", { class: "fold", text: `${many(value, "character")} equal` })];
    default:
      return [h("span", { class: "fold", text: `${many(value, "character")} more` })];
  }
}
function fieldBlock(view, ordinal, { key }, field) {
  const block = h("div", { class: `field${field.differs ? " differs" : ""}` });
  if (field.name !== "content") block.append(h("div", { class: "caption", text: field.name }));
  if (field.text === null) {
    block.append(h("p", { class: "quiet", text: "content is null" }));
  } else if (!field.length) {
    if (field.name === "content") block.append(h("p", { class: "quiet", text: "content is the empty text" }));
  } else {
    block.append(...fieldText(view, ordinal, `${ordinal} ${key} ${field.name}`, field, field.text));
  }
  return block;
}
function fieldText(view, ordinal, key, field, text) {
  const code = field.name !== "content" && field.name !== "refusal";
  const body = h("div", { class: `text${code ? " code" : ""}`, dir: code ? "ltr" : "auto" });
  const open = view.opened.has(key);
  const near = field.pieces && !open && field.length > LONG ? nearDifferences(field.pieces) : null;
  const pieces = near ?? field.pieces;
  if (pieces) body.append(...pieces.flatMap(pieceNodes));
  else fill(body, text);
  if (open) return [body, openFooter(field, () => view.close(ordinal, key))];
  const folded = near && field.pieces && foldsMore(near, field.pieces);
  return [
    h("div", { class: "clip", style: `--lines:${MOST_LINES}` }, body),
    h("button", {
      class: folded ? "link" : "link more",
      type: "button",
      text: `Show all (${many(field.length, "character")})`,
      onclick: () => view.open(ordinal, key)
    })
  ];
}
function openFooter(field, close) {
  return h(
    "div",
    { class: "footer" },
    h("span", { class: "quiet", text: cutWords(field) }),
    h("button", { class: "link", type: "button", text: "Show less", onclick: close })
  );
}
function cutWords({ length, cut, pieces }) {
  if (length <= cut) return "";
  if (pieces) return `The differences in ${many(length, "character")}; open the conversation for all. `;
  return `${NUMBER.format(cut)} of ${many(length, "character")}; open the conversation for all. `;
}

// src/drift/subject.ts
var WORDS = {
  unsaved_tail: "Unsaved messages",
  diverged_tail: "Conflicting ends",
  missing_in_db: "Message missing in database",
  stale_cache: "Cache is behind",
  missing_in_cache: "Message missing in cache",
  reordered: "Different order",
  tool_calls_lost: "Tool calls missing in database",
  tool_calls_stale: "Tool calls missing in cache",
  tool_result_stale: "Outdated tool result in cache",
  content_changed: "Different content",
  duplicate_message: "Duplicate message",
  split_message: "Answer split differently",
  context_injected: "Context added in database",
  partial_text: "Incomplete text",
  windowed_cache: "Cache keeps the latest messages only",
  reasoning_rows: "Reasoning in one copy only",
  only_copy: "No other copy"
};
function bothCopies(session, view) {
  return {
    base: "/api/drift",
    address: { session, view },
    label: "Both copies",
    sides: [
      { key: "cache", head: "Cache", session, source: "cache" },
      { key: "database", head: "Database", session, source: "database" }
    ],
    labels: WORDS,
    codes: true
  };
}

// src/drift/view.ts
var ASKED = ["session", "token", "view", "zone"];
var subjectOf = ({ subject, session, view }) => subject ?? bothCopies(session, view);
var DriftView = class extends ListView {
  rows = null;
  unfolded = /* @__PURE__ */ new Set();
  heads = [h("span"), h("span")];
  constructor(root, host, data) {
    super(root, host, data, subjectOf(data).label);
    this.lay([this.bar], this.heads);
    this.load();
  }
  // A rerun of the page: nothing moves unless another reading is shown.
  update(data) {
    const other = ASKED.some((name) => this.data[name] !== data[name]);
    this.data = data;
    if (other) this.load();
  }
  load() {
    const { base, address, sides } = subjectOf(this.data);
    this.heads.forEach((box, at) => {
      box.textContent = sides[at]?.head ?? "";
      box.title = box.textContent;
    });
    void this.read(new WindowLoader(base, address));
  }
  show({ index, first }) {
    this.list.clear();
    this.unfolded.clear();
    this.rows = new Rows(index, this.unfolded);
    this.showWords(index.count ? "" : "There are no messages to compare.");
    this.drawBar(this.rows);
    this.size.fit();
    this.list.goTo(Math.max(first - 1, 0));
  }
  drawBar({ index }) {
    const differing = index.stretches.filter(({ kind }) => !isQuiet(kind));
    const messages = differing.reduce((sum, { count }) => sum + count, 0);
    const words = differing.length ? `${many(differing.length, "difference")} (${many(messages, "message")})` : "No differences";
    const step = (text, way) => h("button", { type: "button", text, disabled: !differing.length, onclick: () => this.step(way) });
    this.bar.replaceChildren(
      h("span", { class: "quiet", text: words }),
      h("div", { class: "segments" }, step("↑ Previous difference", -1), step("↓ Next difference", 1)),
      h("button", { class: "tool", type: "button", text: "Expand all", onclick: () => this.unfoldAll() })
    );
  }
  step(way) {
    const found = this.rows?.nextAround(this.lit, way) ?? -1;
    if (found >= 0) this.light(found);
  }
  unfold(number, ordinal) {
    this.unfolded.add(number);
    this.rows?.filter();
    this.list.hold(ordinal);
    this.list.rebuild();
  }
  unfoldAll() {
    this.rows?.index.stretches.forEach((_, number) => {
      this.unfolded.add(number);
    });
    this.rows?.filter();
    this.list.rebuild();
  }
  want(near, ahead) {
    const shown = (ordinals) => ordinals.filter((ordinal) => !this.rows?.folds.has(ordinal));
    super.want(shown(near), shown(ahead));
  }
  build(ordinal) {
    return buildRow(this.cells(this.rows), ordinal);
  }
  cells(rows) {
    const { lit, opened } = this;
    return {
      subject: subjectOf(this.data),
      rows,
      lit,
      opened,
      itemOf: (ordinal) => this.source.items.get(ordinal),
      unfold: (number, ordinal) => this.unfold(number, ordinal),
      light: (ordinal) => this.light(ordinal),
      open: (ordinal, key) => {
        opened.add(key);
        this.changed(ordinal);
      },
      close: (ordinal, key) => {
        opened.delete(key);
        this.changed(ordinal);
      },
      linkTo: ({ source, session }, position) => this.linkTo(source, position, session)
    };
  }
};

// src/drift/main.ts
var main_default = mount(".drift", DriftView);
export {
  main_default as default
};
