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

// src/shared/clipboard.ts
async function copyText(text, root) {
  if (navigator.clipboard?.writeText) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
    }
  }
  const area = h("textarea", { class: "aside", "aria-hidden": "true" });
  area.value = text;
  root.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

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

// src/payload/findings.ts
var MOST_LOST = 600;
var SEVERITY_WORDS = { error: "Error", warning: "Warning", info: "Info" };
function findingBlock(finding, nameOf) {
  return h(
    "section",
    { class: `finding ${finding.severity}` },
    h(
      "header",
      {},
      h("b", { class: "severity", text: SEVERITY_WORDS[finding.severity] }),
      h("span", { class: "title", text: finding.title }),
      h("code", { class: "code", text: finding.code })
    ),
    h("p", {}, ...textNodes(finding.meaning)),
    finding.rejected_by.length ? rejections(finding, nameOf) : null,
    finding.cause ? h("p", { class: "quiet", text: `Usual cause: ${finding.cause}` }) : null,
    finding.fix && fixBlock(finding.fix),
    finding.threads.length ? threadLine(finding.threads) : null
  );
}
function answersOf(rejectedBy) {
  const byWords = /* @__PURE__ */ new Map();
  for (const { provider, text, path } of rejectedBy) {
    const key = JSON.stringify([text, path]);
    const answer = byWords.get(key);
    if (answer) answer.providers.push(provider);
    else byWords.set(key, { providers: [provider], text, path });
  }
  return [...byWords.values()];
}
function rejections(finding, nameOf) {
  const verb = finding.severity === "error" ? "returns" : "might return";
  const line = ({ providers, text, path }) => h(
    "li",
    {},
    h("span", { text: `${providers.map(nameOf).join(", ")} ${verb}: ` }),
    fill(h("q", { class: "answer" }), text),
    path ? h("code", { class: "path", title: "path", text: path }) : null
  );
  return h("ul", { class: "answers" }, ...answersOf(finding.rejected_by).map(line));
}
function fixBlock({ what, lost }) {
  const loss = lost.length ? h("span", { class: "loss" }, "(data loss) ", fill(h("q"), lost.join(" · ").slice(0, MOST_LOST))) : h("span", { text: "(no data loss)" });
  return h("p", { class: "fix" }, h("b", { text: "Fix: " }), `${what} `, loss);
}
function threadLine(threads) {
  const links = threads.flatMap((thread, n) => [
    n ? ", " : "",
    h("a", { href: threadAddress(thread), target: "_blank", rel: "noopener noreferrer", text: thread })
  ]);
  return h("p", { class: "threads quiet" }, "Known reports: ", ...links);
}
function threadAddress(thread) {
  const [repository, number] = thread.split("#");
  return `https://github.com/${repository}/issues/${number}`;
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

// src/payload/rows.ts
var MOST_LINES = 14;
var LINE_HEIGHT = 18;
var FILTERS = ["all", "changed", "found"];
var SHOWN = {
  all: () => true,
  changed: (index, n) => known(index.notes, n) > 0 || index.worst[n] !== null || known(index.sent, n) < 0,
  found: (index, n) => index.worst[n] !== null
};
var Rows = class extends Layout {
  constructor(index, shown) {
    super(index.count);
    this.index = index;
    index.positions.forEach((positions, n) => {
      for (const position of positions) this.rowOf.set(position, n);
    });
    const count = (filter) => index.positions.filter((_, n) => SHOWN[filter](index, n)).length;
    this.counts = { all: count("all"), changed: count("changed"), found: count("found") };
    this.filter(shown);
  }
  index;
  rowOf = /* @__PURE__ */ new Map();
  counts;
  filter(shown) {
    this.visible = this.index.positions.map((_, n) => n).filter((n) => SHOWN[shown](this.index, n));
    this.placed();
  }
  estimate(ordinal) {
    const { lines, notes, worst } = this.index;
    const text = Math.min(known(lines, ordinal), MOST_LINES) * LINE_HEIGHT;
    return 48 + text + known(notes, ordinal) * 26 + (worst[ordinal] ? 110 : 0);
  }
};

// src/payload/cells.ts
var MARKS = {
  merged: "merged",
  skipped: "not sent",
  tool_call_left_out: "left out",
  function_call_left_out: "left out",
  field_lost: "lost",
  field_not_sent: "not sent",
  null_content: "null",
  empty_field: "empty",
  default_arguments: "filled in",
  arguments_serialised: "as JSON",
  system_moved: "moved",
  system_moved_up: "moved up",
  developer_as_system: "as system",
  turns_joined: "joined",
  results_grouped: "grouped",
  name_dropped: "dropped",
  id_dropped: "dropped",
  function_as_tool: "as tool",
  refusal_as_text: "as text",
  arguments_no_object: "no object",
  arguments_filled_in: "filled in",
  arguments_altered: "altered",
  result_as_object: "as object",
  result_wrapped: "wrapped",
  result_without_name: "no name",
  empty_dropped: "dropped"
};
var LOST = /* @__PURE__ */ new Set(["skipped", "tool_call_left_out", "function_call_left_out", "field_lost", "field_not_sent"]);
var CONTENT_LINES = 8;
var OTHER_LINES = 6;
function buildRow(view, ordinal) {
  const { rows } = view;
  const positions = known(rows.index.positions, ordinal);
  const row = h("article", {
    class: `row pair${positions.length > 1 ? " several" : ""}`,
    tabindex: "-1",
    "data-ordinal": ordinal,
    "data-positions": positions.join(" "),
    "data-sent": rows.index.sent[ordinal],
    "aria-posinset": rows.placeOf(ordinal) + 1,
    "aria-setsize": rows.visible.length,
    "aria-label": positions.length ? `Stored ${positions.join(", ")}` : "The next user message"
  });
  row.classList.toggle("lit", view.lit === ordinal);
  row.classList.toggle("flash", view.lit === ordinal && view.flashing);
  const item = view.itemOf(ordinal);
  if (!item) {
    row.append(skeleton(rows.heightOf(ordinal) - 20));
    return row;
  }
  row.append(storedCell(view, item), sentCell(view, item));
  if (item.findings.length) {
    const blocks = item.findings.map((finding) => findingBlock(finding, view.providerName));
    row.append(h("div", { class: "findings" }, ...blocks));
  }
  return row;
}
function storedCell(view, item) {
  const cell = h("div", { class: "cell stored" });
  if (!item.stored.length) {
    const text = "Not stored: a next user message, added for the provider check.";
    cell.append(h("p", { class: "quiet", text }));
  }
  if (item.stored.length > 1) {
    cell.append(h("div", { class: "joined", text: `${item.stored.length} messages become one` }));
  }
  for (const message of item.stored) cell.append(storedMessage(view, item, message));
  return cell;
}
function storedMessage(view, item, message) {
  const notes = item.notes.filter(([, position]) => position === message.position);
  return h(
    "section",
    { class: `said ${groupOf(message.role)}` },
    storedHeader(view, message),
    storedContent(view, item.ordinal, message),
    ...message.calls.flatMap((call, number) => callLines(call, notes, number)),
    ...otherTexts(view, item.ordinal, message),
    ...notes.map(noteLine)
  );
}
function storedHeader(view, message) {
  const link = h("a", {
    class: "position",
    href: view.linkTo(message.position),
    text: `#${message.position}`,
    title: "Open in the conversation"
  });
  const id = message.tool_call_id;
  return h(
    "header",
    {},
    link,
    fill(h("span", { class: "role", title: "role" }), message.role || "(no role)"),
    message.name ? fill(h("span", { class: "name", title: "name" }), message.name) : null,
    id ? fill(h("code", { class: "id", title: "tool_call_id" }), id) : null
  );
}
function storedContent(view, ordinal, message) {
  const { content, calls, position } = message;
  if (content === null) return h("p", { class: "quiet", text: "content is null" });
  if (content.length) return cellText(view, ordinal, `stored.${position}`, content, CONTENT_LINES);
  return calls.length ? null : h("p", { class: "quiet", text: "content is the empty text" });
}
function otherTexts(view, ordinal, message) {
  return ["refusal", "function_call"].flatMap((name) => {
    const given = message[name];
    if (!given) return [];
    const part = `${name}.${message.position}`;
    const text = cellText(view, ordinal, part, given, OTHER_LINES, name === "function_call");
    return [h("div", { class: "caption", text: name }), text];
  });
}
function callLines(call, notes, number) {
  const name = `tool_calls[${number}]`;
  const about = notes.filter(([, , field]) => field === name || field.startsWith(`${name}.`));
  const out = about.some(([kind]) => kind === "tool_call_left_out");
  const line = h(
    "div",
    { class: `callline${out ? " out" : ""}` },
    h("span", { class: "kicker", text: "tool call" }),
    fill(h("span", { class: "function" }), call.name ?? "(no name)"),
    fill(h("code", { class: "id" }), call.id ?? "(no id)")
  );
  if (!about.length) return [line];
  return [line, fill(h("div", { class: "text code arguments", dir: "ltr" }), call.arguments ?? "no arguments")];
}
var noteLine = ([kind, , field, detail]) => markLine([kind, field, detail, LOST.has(kind)]);
function markLine([kind, field, detail, isSerious]) {
  return h(
    "p",
    { class: `mark${isSerious ? " loss" : ""}` },
    h("b", { text: MARKS[kind] ?? kind }),
    field ? h("code", { text: field }) : null,
    h("span", { text: sentence(detail) })
  );
}
var sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);
function sentCell(view, item) {
  const cell = h("div", { class: "cell sent" });
  if (item.payload_position === null) {
    cell.append(h("p", { class: "nothing", text: "Not sent." }), ...item.changes.map(markLine));
    return cell;
  }
  const place = placeOf(item);
  if (item.sent === null) {
    cell.append(
      h("header", {}, h("span", { class: "position", text: place }), h("span", { class: "role", text: "user" })),
      h("p", { class: "quiet", text: "The next user message." })
    );
    return cell;
  }
  const size = item.tokens === null ? "" : `about ${many(item.tokens, "token")}`;
  const copy = { class: "small copy", type: "button", text: "Copy", onclick: () => view.copySent(item.ordinal) };
  cell.append(
    h(
      "header",
      {},
      h("span", { class: "position", text: place, title: "Place in the payload" }),
      fill(h("span", { class: "role" }), item.role ?? ""),
      h("span", { class: "space" }),
      h("span", { class: "size", text: size }),
      h("button", copy)
    ),
    cellText(view, item.ordinal, "sent", item.sent, MOST_LINES, true),
    ...item.changes.map(markLine)
  );
  return cell;
}
function placeOf({ payload_position, places }) {
  const [first, last] = [places[0], places[places.length - 1]];
  if (first === void 0) return `messages[${payload_position}]`;
  return first === last ? first : `${first} – ${last}`;
}
function cellText(view, ordinal, part, given, lines, code = false) {
  const held = view.text(ordinal, part);
  const rest = held ? held.next !== null : given.length > given.cut;
  const body = h("div", { class: `text${code ? " code" : ""}`, dir: code ? "ltr" : "auto" });
  fill(body, held?.text ?? given.text);
  if (view.opened.has(`${ordinal} ${part}`)) {
    return h("div", { class: "block" }, body, openFooter(view, ordinal, part, rest));
  }
  return h(
    "div",
    { class: "block" },
    h("div", { class: "clip", style: `--lines:${lines}` }, body),
    h("button", {
      class: "link more",
      type: "button",
      text: `Show all (${many(given.length, "character")})`,
      onclick: () => view.open(ordinal, part, given)
    })
  );
}
function openFooter(view, ordinal, part, rest) {
  const button = (text, onclick) => h("button", { class: "link", type: "button", text, onclick });
  return h(
    "div",
    { class: "footer" },
    rest && button("Show 100,000 more", () => view.readOn(ordinal, part)),
    button("Show less", () => view.close(ordinal, part))
  );
}

// src/shared/keys.ts
var hasModifier = (event) => event.ctrlKey || event.metaKey || event.altKey;
function isMeantFor(event, root, host) {
  return event.composedPath().includes(root) || (document.activeElement ?? document.body).contains(host);
}

// src/payload/keys.ts
var EDITABLE = "input, textarea, select, [contenteditable]";
var OVERLAP = 48;
function payloadKeys(view) {
  const { list } = view;
  const page = (way) => list.by(way * (view.stage.scroller.clientHeight - OVERLAP));
  const actions = {
    Home: (rows) => list.goTo(known(rows.visible, 0), -8),
    End: () => list.goToEnd(),
    PageUp: () => page(-1),
    PageDown: () => page(1)
  };
  return (event) => {
    const action = actions[event.key];
    if (!action || event.defaultPrevented || hasModifier(event) || event.shiftKey) return;
    if (!view.rows?.visible.length || !listens(view, event)) return;
    event.preventDefault();
    action(view.rows);
    view.stage.bringIntoSight();
  };
}
function listens({ root, host }, event) {
  const [target] = event.composedPath();
  if (target instanceof Element && target.matches(EDITABLE)) return false;
  return isMeantFor(event, root, host);
}

// src/shared/held-texts.ts
var HeldTexts = class {
  // `read` brings the piece of a text from an offset on; the oldest texts go once all have more than `most` characters.
  constructor(read, most = Number.POSITIVE_INFINITY) {
    this.read = read;
    this.most = most;
  }
  read;
  most;
  held = /* @__PURE__ */ new Map();
  get(owner, part) {
    return this.held.get(`${owner} ${part}`);
  }
  // Reads on in a text.
  async more(owner, part) {
    const key = `${owner} ${part}`;
    const before = this.held.get(key);
    const { text, length, next } = await this.read(owner, part, before?.next ?? 0);
    const joined = { text: (before?.text ?? "") + text, length, next };
    this.held.delete(key);
    this.held.set(key, joined);
    this.forget(key);
    return joined;
  }
  forget(newest) {
    let size = 0;
    for (const { text } of this.held.values()) size += text.length;
    for (const [key, { text }] of this.held) {
      if (size <= this.most || key === newest) return;
      size -= text.length;
      this.held.delete(key);
    }
  }
};

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

// src/payload/source.ts
var Source = class extends WindowLoader {
  texts = new HeldTexts((row, part, offset) => this.get("text", { row, part, offset }));
  constructor(address) {
    super("/api/payload", address);
  }
  text(ordinal, part) {
    return this.texts.get(ordinal, part);
  }
  more(ordinal, part) {
    return this.texts.more(ordinal, part);
  }
  async whole(ordinal, part) {
    let held = this.text(ordinal, part);
    while (!held || held.next !== null) held = await this.more(ordinal, part);
    return held.text;
  }
};

// src/payload/verdicts.ts
var FIRST_LINES = 3;
function verdictLines(view) {
  const accepting = view.verdicts.filter((verdict) => !verdict.rejections.length);
  const rejecting = view.verdicts.filter((verdict) => verdict.rejections.length);
  const shown = view.all ? rejecting : rejecting.slice(0, FIRST_LINES);
  const lines = shown.map((verdict) => rejectLine(view, verdict));
  if (rejecting.length > shown.length) {
    const text = `Show ${many(rejecting.length - shown.length, "more provider")}`;
    lines.push(h("button", { class: "link", type: "button", text, onclick: () => view.showAll() }));
  }
  if (accepting.length) lines.push(acceptLine(view, accepting, rejecting.length > 0));
  return lines;
}
function rejectLine(view, { provider, rejections: rejections2, total }) {
  const first = known(rejections2, 0);
  return h(
    "button",
    {
      class: "verdict bad",
      type: "button",
      "data-provider": provider,
      title: "Go to the message; click again for the next error",
      onclick: () => view.nextReason(provider)
    },
    h("span", { class: "sign", text: "✕", "aria-hidden": "true" }),
    h("b", { text: `${view.providerName(provider)}: ${many(total, "error")}` }),
    fill(h("span", { class: "answer" }), first.text),
    h("span", { class: "where", text: view.whereIs(first.row) })
  );
}
function acceptLine(view, accepting, others) {
  const names = accepting.map(({ provider }) => view.providerName(provider)).join(", ");
  const who = others || accepting.length === 1 ? names : `all providers (${names})`;
  return h(
    "div",
    { class: "verdict good" },
    h("span", { class: "sign", text: "✓", "aria-hidden": "true" }),
    h("span", { text: `Valid for ${who}` })
  );
}

// src/payload/view.ts
var FILTER_WORDS = { all: "All", changed: "Modified or dropped", found: "With issues" };
var LEAST_HEIGHT2 = 600;
var FLASH_MS = 1800;
var ASKED = ["session", "source", "model", "format", "token", "view"];
var PayloadView = class extends ListView {
  rows = null;
  shown = "all";
  summary = { stored: 0, sent: 0, skipped: 0, names: {}, verdicts: [] };
  allVerdicts = false;
  flash = 0;
  reasons = /* @__PURE__ */ new Map();
  verdicts = h("div", { class: "verdicts", role: "region", "aria-label": "Verdicts" });
  stored = h("span", { class: "storedhead" });
  sent = h("span");
  onkey = payloadKeys(this);
  constructor(root, host, data) {
    super(root, host, data, "Payload", LEAST_HEIGHT2);
    this.lay([this.verdicts, this.bar], [this.stored, this.sent]);
    document.addEventListener("keydown", this.onkey);
    this.load();
  }
  // A rerun of the page: nothing moves unless what is asked for is another payload.
  update(data) {
    const before = this.data;
    this.data = data;
    if (ASKED.some((name) => before[name] !== data[name])) this.load();
    else if (before.message !== data.message) this.deepLink();
  }
  load() {
    const { session, source, model, format, view, message } = this.data;
    void this.read(
      new Source({ session, source, model, format, view }),
      typeof message === "number" ? { message } : {}
    );
  }
  show({ index, summary }) {
    this.list.clear();
    this.summary = summary;
    this.reasons.clear();
    this.rows = new Rows(index, this.shown);
    this.stored.textContent = `Stored in the ${this.data.source}`;
    this.sent.textContent = this.data.api ? `Sent to ${this.data.api}` : "Sent to the model";
    this.drawVerdicts();
    this.drawBar(this.rows);
    this.showWords(index.count ? "" : "This copy has no messages: there is nothing to send.");
    this.size.fit();
    if (typeof this.data.message === "number") this.deepLink();
    else this.list.paint();
  }
  providerName = (provider) => this.summary.names[provider] ?? provider;
  drawVerdicts() {
    const lines = verdictLines({
      verdicts: this.summary.verdicts,
      all: this.allVerdicts,
      providerName: this.providerName,
      whereIs: (row) => this.whereIs(row),
      nextReason: (provider) => this.nextReason(provider),
      showAll: () => {
        this.allVerdicts = true;
        this.drawVerdicts();
      }
    });
    this.verdicts.replaceChildren(...lines);
    this.size.fit();
  }
  drawBar({ counts }) {
    const button = (filter) => h("button", {
      type: "button",
      "aria-pressed": String(this.shown === filter),
      disabled: filter !== "all" && !counts[filter],
      text: `${FILTER_WORDS[filter]} ${NUMBER.format(counts[filter])}`,
      onclick: () => this.filter(filter)
    });
    this.bar.replaceChildren(
      h("div", { class: "segments", role: "group", "aria-label": "Rows shown" }, ...FILTERS.map(button)),
      h("span", { class: "quiet", text: this.totals() })
    );
  }
  totals() {
    const { stored, sent, skipped } = this.summary;
    const gone = skipped ? ` (${NUMBER.format(skipped)} not sent)` : "";
    return `${NUMBER.format(stored)} stored → ${NUMBER.format(sent)} sent${gone}`;
  }
  filter(filter) {
    if (!this.rows) return;
    this.shown = filter;
    this.rows.filter(filter);
    this.drawBar(this.rows);
    this.list.rebuild();
  }
  // The next of a provider's reasons, round and round.
  nextReason(provider) {
    const rejections2 = this.summary.verdicts.find((verdict) => verdict.provider === provider)?.rejections ?? [];
    const at = this.reasons.get(provider) ?? 0;
    this.reasons.set(provider, (at + 1) % rejections2.length);
    this.goTo(known(rejections2, at).row);
  }
  deepLink() {
    const { message } = this.data;
    if (typeof message !== "number") return;
    const ordinal = this.rows?.rowOf.get(message);
    if (ordinal !== void 0) this.goTo(ordinal);
    else if (this.rows) {
      this.list.paint();
      this.say(`Message ${message} is not in this copy.`);
    }
  }
  goTo(ordinal) {
    if (ordinal < 0) {
      this.say("This error is about the payload as a whole, not one message.");
      return;
    }
    if (this.rows && this.rows.placeOf(ordinal) < 0) this.filter("all");
    this.flash = performance.now() + FLASH_MS;
    this.light(ordinal);
  }
  whereIs(row) {
    if (row < 0) return "";
    const positions = this.rows?.index.positions[row] ?? [];
    return positions.length ? `#${positions.join(", #")}`.slice(0, 40) : "the next message";
  }
  build(ordinal) {
    return buildRow(this.cells(this.rows), ordinal);
  }
  cells(rows) {
    const { lit, opened, providerName } = this;
    return {
      rows,
      lit,
      opened,
      providerName,
      flashing: performance.now() < this.flash,
      itemOf: (ordinal) => this.source.items.get(ordinal),
      text: (ordinal, part) => this.source.text(ordinal, part),
      linkTo: (position) => this.linkTo(this.data.source, position),
      open: (ordinal, part, given) => void this.open(ordinal, part, given),
      close: (ordinal, part) => {
        opened.delete(`${ordinal} ${part}`);
        this.changed(ordinal);
      },
      readOn: (ordinal, part) => void this.readOn(ordinal, part),
      copySent: (ordinal) => void this.copySent(ordinal)
    };
  }
  async open(ordinal, part, given) {
    this.opened.add(`${ordinal} ${part}`);
    if (given.length > given.cut && !this.source.text(ordinal, part)) await this.readOn(ordinal, part);
    else this.changed(ordinal);
  }
  async readOn(ordinal, part) {
    try {
      await this.source.more(ordinal, part);
    } catch (error) {
      this.say(messageOf(error));
    }
    this.changed(ordinal);
  }
  async copySent(ordinal) {
    try {
      const copied = await copyText(await this.source.whole(ordinal, "sent"), this.root);
      this.say(copied ? "Copied as JSON" : "The browser did not allow copying.");
    } catch (error) {
      this.say(messageOf(error));
    }
  }
  stop() {
    document.removeEventListener("keydown", this.onkey);
    super.stop();
  }
};

// src/payload/main.ts
var main_default = mount(".payload", PayloadView);
export {
  main_default as default
};
