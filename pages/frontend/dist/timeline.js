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
function setText(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
var setPressed = (button, pressed) => button.setAttribute("aria-pressed", String(pressed));
function focusedIn(root) {
  return root.getRootNode().activeElement;
}
function textNodesOf(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  return nodes;
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
function clockWords(at) {
  const moment = new Date(at ?? "");
  return Number.isNaN(moment.getTime()) ? "" : clocks.minutes.format(moment);
}
function gapWords(seconds) {
  if (seconds === null || seconds === void 0) return "";
  return (seconds < 0 ? "−" : "+") + lengthWords(Math.abs(seconds));
}
function lengthWords(size) {
  if (size < 9.95) return `${Number(size.toFixed(1))} s`;
  const whole = Math.round(size);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)} h ${Math.floor(whole % 3600 / 60)} min`;
  return `${Math.floor(whole / 86400)} d ${Math.floor(whole % 86400 / 3600)} h`;
}
function laterWords(gap) {
  if (gap === null || gap === void 0) return "";
  if (Math.abs(gap) < 0.05) return "at once";
  return `${lengthWords(Math.abs(gap))} ${gap < 0 ? "before" : "later"}`;
}
var spanWords = (seconds) => lengthWords(Math.abs(seconds));

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
  let body2 = null;
  try {
    body2 = await answer.json();
  } catch {
  }
  if (answer.ok && body2) return body2;
  throw new Error(body2?.error || `The server answered ${answer.status} without a reason.`);
}
var tell = (address, parameters, method, value) => ask(address, parameters, {
  method,
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(value)
});
var messageOf = (error) => error instanceof Error ? error.message : String(error);

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
function markUnseen(root) {
  for (const node of textNodesOf(root)) if (hasUnseen(node.data)) node.replaceWith(...textNodes(node.data));
}

// src/timeline/live-panel.ts
var PLACES = {
  stream: "only in the stream",
  cache: "in the cache, not in the database",
  database: "in the database, not in the cache",
  both: "in both copies",
  unknown: "not known to be in a copy"
};
var ACTIVITIES = {
  idle: "Idle",
  queued: "Queued",
  running: "Running",
  stuck: "Stuck (no worker)",
  unknown: "No status"
};
var OUTCOMES = {
  running: "Running",
  completed: "Completed",
  failed: "Failed",
  worker_gone: "Stopped (no worker)"
};
var SETTLE_SECONDS = 5;
var NEAR_END = 12;
var LivePanel = class {
  element = h("section", { class: "live", "aria-label": "Running turn", hidden: true });
  dot = h("span", { class: "live-dot", "aria-hidden": "true" });
  status = h("span", { class: "live-status", role: "status" });
  age = h("span", { class: "live-age" });
  counts = h("span", { class: "live-age" });
  body = h("div", {
    class: "live-body",
    tabindex: "0",
    role: "log",
    "aria-live": "off",
    "aria-label": "Output"
  });
  parts = h("div", { class: "live-parts" });
  after = h("div", { class: "live-after" });
  drawn = [];
  atEnd = true;
  // by what the reader scrolled, since the panel itself may get lower or higher
  constructor() {
    this.body.addEventListener("scroll", () => {
      this.atEnd = this.body.scrollTop + this.body.clientHeight >= this.body.scrollHeight - NEAR_END;
    });
    this.body.append(this.parts, this.after);
    this.element.append(h("header", { class: "live-head" }, this.dot, this.status, this.age, this.counts), this.body);
  }
  hide() {
    this.element.hidden = true;
    this.atEnd = true;
    this.drawn = [];
    this.parts.replaceChildren();
    this.after.replaceChildren();
  }
  show(view, now) {
    this.element.hidden = false;
    this.element.classList.toggle("running", view.running);
    setText(this.status, statusOf(view));
    this.tick(view, now);
    setText(this.counts, countsOf(view));
    this.drawParts(view.turn?.parts ?? [], view.turn?.outcome === "running");
    this.after.replaceChildren(...waitingOf(view, now), ...endingOf(view, now));
    if (this.atEnd) this.body.scrollTop = this.body.scrollHeight;
  }
  // How long ago the turn gave a sign of life.
  tick(view, now) {
    const last = view.turn?.last_at ?? null;
    setText(this.age, last === null ? "" : `last sign ${ageOf(last, now)} ago`);
  }
  // A failure to ask: what was shown stays.
  fail(words) {
    this.element.hidden = false;
    setText(this.status, `Not updated: ${words}`);
  }
  drawParts(parts, running) {
    const made = parts.map((part) => JSON.stringify([part, running]));
    parts.forEach((part, at) => {
      const before = this.parts.children[at];
      if (before && this.drawn[at] === made[at]) return;
      const element = partOf(part, running);
      if (before) before.replaceWith(element);
      else this.parts.append(element);
    });
    while (this.parts.children.length > parts.length) this.parts.lastElementChild?.remove();
    this.drawn = made;
  }
};
function statusOf(view) {
  const { turn, unavailable = [] } = view;
  if (unavailable.includes("cache")) return "The cache is unavailable, so the running turn can't be read.";
  if (!turn) return `${ACTIVITIES[view.activity]} · no turn in the stream`;
  const words = turn.outcome === "running" && view.activity !== "unknown" ? ACTIVITIES[view.activity] : "";
  const about = [words || OUTCOMES[turn.outcome]];
  if (turn.trimmed) about.push("the beginning of the stream was trimmed");
  if (turn.problem) about.push(turn.problem);
  else if (!turn.has_stream) about.push("there is no stream");
  return about.join(" · ");
}
function countsOf({ messages }) {
  const told2 = (count) => count === null ? "no readable copy" : many(count, "message");
  return `Database: ${told2(messages.database)} · Cache: ${told2(messages.cache)}`;
}
function partOf(part, running) {
  switch (part.kind) {
    case "text":
      return textOf(part);
    case "call":
      return callOf(part, running);
    case "usage":
      return h("div", { class: "live-part live-note", text: `Tokens: ${tokensOf(part)}` });
    case "error": {
      const more = [part.code, part.details].filter(Boolean).join(", ");
      const words = `Error: ${part.text}${more ? ` (${more})` : ""}`;
      return fill(h("div", { class: "live-part live-error" }), words);
    }
    case "unknown":
      return unknownOf(part.type, part.count, part.readable, part.sample);
  }
}
function textOf(part) {
  const text = h("div", { class: "live-text" });
  let at = 0;
  const add = (place, length) => {
    const words = part.text.slice(at, at + length);
    if (words) text.append(fill(h("span", { class: `place ${place}`, title: titled(PLACES[place]) }), words));
    at += length;
  };
  const told2 = part.places.reduce((sum, [, length]) => sum + length, 0);
  if (told2 === part.text.length) for (const [place, length] of part.places) add(place, length);
  else fill(text, part.text);
  if (!part.begun) text.prepend(h("span", { class: "live-note", text: "… " }));
  const held = part.withheld ? `${many(part.withheld, "character")} withheld until nothing in them has to be masked` : "";
  return h(
    "div",
    { class: "live-part" },
    text,
    placesLine(part.places),
    held && h("div", { class: "live-note", text: held })
  );
}
function callOf(part, running) {
  const head = fill(
    h("div", { class: "live-call-head" }),
    `Tool call ${part.name || part.id} · ${stateOf(part, running)}`
  );
  const given = part.called && part.input !== null && blockOf("Input", part.input);
  const result = part.answered && part.output !== null && blockOf("Output", part.output);
  return h("div", { class: "live-part live-call" }, head, given, result, placesLine(part.places, "call"));
}
function stateOf(part, running) {
  if (part.answered) return part.success === false ? "failed" : "done";
  return running ? "running" : "no result";
}
var blockOf = (label, words) => h("div", { class: "live-block" }, h("span", { class: "live-note", text: label }), fill(h("pre", {}), words));
function placesLine(places, kind = "text") {
  if (!places.length) return null;
  const told2 = places.map(([place, length]) => {
    const size = kind === "call" ? length > 1 ? "call and result " : "" : `${many(length, "character")} `;
    return places.length === 1 && kind === "text" ? titled(PLACES[place]) : `${size}${PLACES[place]}`;
  });
  return h("div", { class: "live-places", text: titled(told2.join(" · ")) });
}
function unknownOf(type, count, readable, sample) {
  const entries = many(count, "entry", "entries");
  const words = readable ? `${entries} of the unknown type ${type}` : `${entries} that can't be read: ${type}`;
  const summary = fill(h("summary", {}), words);
  if (!sample) return fill(h("div", { class: "live-part live-note" }), words);
  return h("details", { class: "live-part live-note" }, summary, fill(h("pre", {}), sample));
}
function tokensOf(part) {
  if (part.prompt_tokens === null && part.completion_tokens === null) return "not reported";
  const known2 = (count) => count === null ? "not reported" : NUMBER.format(count);
  return `${known2(part.prompt_tokens)} input, ${known2(part.completion_tokens)} output`;
}
function waitingOf(view, now) {
  return view.waiting.map((item) => {
    const age = item.enqueued_at === null ? "" : ` for ${ageOf(item.enqueued_at, now)}`;
    const told2 = `${waits(item)}${age}`;
    return h(
      "div",
      { class: "live-waiting" },
      h("div", { class: "live-note", text: told2 }),
      fill(h("div"), item.content)
    );
  });
}
var waits = (item) => item.given ? "Given to the model but not stored" : "Waiting to be sent";
function endingOf(view, now) {
  const { turn } = view;
  if (!turn || turn.outcome === "running") return [];
  if (!turn.unsaved) {
    return turn.parts.length ? [h("div", { class: "live-note", text: "All of this turn has arrived in a copy." })] : [];
  }
  const ended = turn.last_at === null ? SETTLE_SECONDS : (now - Date.parse(turn.last_at)) / 1e3;
  if (turn.outcome !== "worker_gone" && ended < SETTLE_SECONDS) {
    return [h("div", { class: "live-note", text: "The turn has ended; its last words may still arrive." })];
  }
  const left = turn.expires_at === null ? "" : ` in ${secondsWords((Date.parse(turn.expires_at) - now) / 1e3)}`;
  const parts = `${many(turn.unsaved, "part")} of this turn ${turn.unsaved === 1 ? "is" : "are"}`;
  const words = `${parts} missing or incomplete in both copies: lost when the stream expires${left}.`;
  return [h("div", { class: "live-lost", role: "alert", text: words })];
}
var titled = (words) => words.charAt(0).toUpperCase() + words.slice(1);
var ageOf = (at, now) => secondsWords((now - Date.parse(at)) / 1e3);
function secondsWords(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min`;
  return `${Math.floor(whole / 3600)} h ${Math.floor(whole % 3600 / 60)} min`;
}

// src/timeline/controllers/live.ts
var EVERY_MS = 1e3;
var MOST_MS = 15e3;
var NEWS_MS = 3e3;
var LiveController = class {
  constructor(view) {
    this.view = view;
  }
  view;
  panel = new LivePanel();
  timer = 0;
  followed = null;
  asking = false;
  failures = 0;
  shown = null;
  copies = null;
  // of the messages that are shown
  told = null;
  // of what the page around tells
  newsAt = 0;
  newsTimer = 0;
  // The page around, such as its counts and its status, is no longer what the stores have.
  onnews = () => {
  };
  onvisible = () => this.wake();
  // Follows what the page shows, or nothing more.
  update() {
    const { session, view, live } = this.view.data;
    const before = this.followed;
    if (live ? before?.session === session && before.view === view : !before) return;
    this.stop();
    if (!live) return;
    this.followed = { session, view };
    document.addEventListener("visibilitychange", this.onvisible);
    this.wake();
  }
  stop() {
    document.removeEventListener("visibilitychange", this.onvisible);
    clearTimeout(this.timer);
    clearTimeout(this.newsTimer);
    this.newsTimer = 0;
    this.followed = null;
    this.shown = null;
    this.copies = null;
    this.told = null;
    this.failures = 0;
    this.panel.hide();
    this.view.fit();
  }
  wake() {
    clearTimeout(this.timer);
    if (this.followed && document.visibilityState !== "hidden" && !this.asking) void this.poll();
  }
  async poll() {
    const followed = this.followed;
    if (!followed) return;
    this.asking = true;
    try {
      const since = this.shown?.number ?? 0;
      const answer = await ask("/api/live", { ...followed, since });
      if (followed === this.followed) await this.take(answer);
      this.failures = 0;
    } catch (error) {
      this.failures += 1;
      if (followed === this.followed) this.panel.fail(messageOf(error));
    } finally {
      this.asking = false;
    }
    if (this.followed && document.visibilityState !== "hidden") {
      this.timer = window.setTimeout(() => this.wake(), Math.min(EVERY_MS * 2 ** this.failures, MOST_MS));
    }
  }
  async take(answer) {
    if ("read_at" in answer) this.shown = answer;
    if (this.shown) {
      const hidden = this.panel.element.hidden;
      this.panel.show(this.shown, Date.now());
      if (hidden) this.view.fit();
    }
    if (this.told !== answer.copies && (this.told !== null || this.shown?.running)) this.news();
    this.told = answer.copies;
    if (!this.view.rows) return;
    if (this.copies !== answer.copies && (this.copies !== null || this.differs())) {
      this.news();
      await this.view.grow();
    }
    this.copies = answer.copies;
  }
  // Tells the page, but not again and again while a copy is written.
  news() {
    if (this.newsTimer) return;
    const due = this.newsAt + NEWS_MS - Date.now();
    this.newsTimer = window.setTimeout(
      () => {
        this.newsTimer = 0;
        this.newsAt = Date.now();
        this.onnews();
      },
      Math.max(due, 0)
    );
  }
  // Whether the copy that is shown had another number of messages when following began.
  differs() {
    const { data, rows } = this.view;
    const count = this.shown?.messages[data.source === "cache" ? "cache" : "database"];
    return rows !== null && typeof count === "number" && count !== rows.index.count;
  }
};

// src/timeline/live-alone.ts
var LiveAlone = class {
  constructor(root, _host, data, server) {
    this.root = root;
    this.data = data;
    root.replaceChildren(this.follower.panel.element);
    this.follower.onnews = () => server.trigger("news", Date.now());
    this.follower.update();
  }
  root;
  data;
  rows = null;
  follower = new LiveController(this);
  update(data) {
    this.data = data;
    this.follower.update();
  }
  stop() {
    this.follower.stop();
  }
  // There is nothing to fit or to grow: once a copy can be shown, the page draws its messages instead.
  fit() {
  }
  async grow() {
  }
};

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
    const holder2 = [...this.mounted].find(([, row]) => row.element.contains(held))?.[0];
    this.clear();
    this.rows.forgetHeights();
    this.paint();
    const again = holder2 === void 0 ? void 0 : this.mounted.get(holder2);
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

// src/timeline/address.ts
var OWN = ["replay", "presenter"];
var WRITTEN = [...OWN, "message"];
var COLOURS = ["light", "dark"];
var isColours = (value) => COLOURS.some((colours) => colours === value);
var WRITE_MS = 400;
var HANDED_ON_MS = 3e3;
var Address = class {
  constructor(session, before = null) {
    this.session = session;
    const { searchParams } = new URL(window.location.href);
    this.place = before ? { ...before.place } : { replay: null, presenter: null, message: null };
    if (!before) for (const name of WRITTEN) this.place[name] = searchParams.get(name);
    window.addEventListener("pagehide", this.onhide);
  }
  session;
  path = window.location.pathname;
  onhide = () => this.write();
  written = Number.NEGATIVE_INFINITY;
  timer = 0;
  place;
  get replay() {
    return /^\d{1,9}$/.test(this.place.replay ?? "") ? Number(this.place.replay) : null;
  }
  get presenter() {
    const { presenter } = this.place;
    return presenter === null || isColours(presenter) ? presenter : "on";
  }
  set(name, value) {
    this.place[name] = value === null ? null : String(value);
    if (this.timer) return;
    const wait = this.written + WRITE_MS - performance.now();
    if (wait <= 0) this.write();
    else this.timer = window.setTimeout(() => this.write(), wait);
  }
  write() {
    clearTimeout(this.timer);
    this.timer = 0;
    const address = new URL(window.location.href);
    const session = address.searchParams.get("id") ?? this.session;
    if (address.pathname !== this.path || session !== this.session) return;
    for (const name of WRITTEN) {
      const value = this.place[name];
      if (value === null) address.searchParams.delete(name);
      else address.searchParams.set(name, value);
    }
    if (address.href === window.location.href) return;
    this.written = performance.now();
    window.history.replaceState(window.history.state, "", address);
  }
  stop() {
    clearTimeout(this.timer);
    window.removeEventListener("pagehide", this.onhide);
  }
};
var holder = null;
function takeAddress(view) {
  const { session } = view.data;
  const before = holder?.session === session ? holder : null;
  const goesOn2 = before && (before.view.live || performance.now() - (before.left ?? 0) < HANDED_ON_MS);
  const address = new Address(session, goesOn2 ? before.view.address : null);
  if (goesOn2) {
    before.view.retire();
    address.write();
  }
  holder = { view, before: goesOn2 && before.left === null ? before.view : null, session, left: null };
  return address;
}
function leaveAddress(view) {
  if (holder?.before === view) holder.before = null;
  if (holder?.view !== view || holder.session !== view.data.session) return;
  holder.left = performance.now();
  const { before } = holder;
  holder.before = null;
  before?.revive();
}

// src/timeline/annotations-store.ts
var ROUTE = "/api/notes";
var AnnotationsStore = class {
  may = false;
  elsewhere = 0;
  // how many are on messages that this copy does not have
  known = false;
  at = /* @__PURE__ */ new Map();
  forget() {
    this.at = /* @__PURE__ */ new Map();
    this.elsewhere = 0;
    this.may = false;
    this.known = false;
  }
  // null where there is no route for them: then there are no notes.
  async read(address) {
    try {
      return await ask(ROUTE, address);
    } catch {
      return null;
    }
  }
  // What there is after a change, or why it was refused.
  async change(address, method, change) {
    try {
      return await tell(ROUTE, address, method, change);
    } catch (error) {
      return messageOf(error);
    }
  }
  // `has`: whether the copy has a position.
  take({ notes, may_note: may }, has) {
    this.forget();
    this.may = may;
    this.known = true;
    for (const note of notes) {
      if (note.position === null || !has(note.position)) this.elsewhere += 1;
      else this.at.set(note.position, [...this.at.get(note.position) ?? [], note]);
    }
  }
  // How many messages have notes.
  get size() {
    return this.at.size;
  }
  get positions() {
    return [...this.at.keys()];
  }
  of(position) {
    return this.at.get(position) ?? [];
  }
  bookmark(position) {
    return this.of(position).find((note) => note.mine && note.bookmark);
  }
  positionOf(id) {
    for (const [position, notes] of this.at) if (notes.some((note) => note.id === id)) return position;
    return void 0;
  }
};

// src/timeline/controllers/annotations.ts
var draftKey = (position, id) => `${position} ${id ?? ""}`;
var AnnotationsController = class {
  constructor(view) {
    this.view = view;
  }
  view;
  store = new AnnotationsStore();
  async read(source) {
    const answer = await this.store.read(source.address);
    if (answer) this.take(source, answer);
  }
  // `saved` is the draft that is a note now.
  take(source, answer, saved = null) {
    const { rows, state, notice, filter } = this.view;
    if (source.stopped || !rows) return;
    if (saved) state.drafts.delete(saved.key);
    const first = !this.store.known;
    this.store.take(answer, (position) => rows.ordinalOf.has(position));
    const { elsewhere } = this.store;
    if (first && elsewhere) {
      const notes = many(elsewhere, "note is", "notes are");
      notice.showWords(`${notes} on messages that this copy does not have; the other copy may.`);
    }
    filter.takeNotes();
  }
  // "" where it was done, else why it was refused.
  async change(method, change, draft = null) {
    const { source } = this.view;
    const answer = await this.store.change(source.address, method, change);
    if (typeof answer === "string") return answer;
    this.take(source, answer, draft);
    return "";
  }
  get ordinals() {
    const ordinals = this.store.positions.map((position) => this.view.shown.ordinalOf.get(position) ?? -1);
    return ordinals.sort((a, b) => a - b);
  }
  // The rows that show messages with notes.
  get rows() {
    return new Set(this.ordinals.map((ordinal) => this.view.shown.rowOf(ordinal)));
  }
  // The position of the marked message, else of the one at the top; null where none can have a note.
  toNote() {
    const { presenter, shown, state, selection } = this.view;
    if (presenter.on || !this.store.may || !shown.visible.length) return null;
    if (shown.placeOf(state.current) < 0) selection.select(selection.topOrdinal(), false);
    return selection.position;
  }
  bookmarkHere() {
    const position = this.toNote();
    if (position !== null) void this.toggleBookmark(position);
  }
  noteHere() {
    const position = this.toNote();
    if (position !== null) this.openDraft(position);
  }
  async toggleBookmark(position) {
    const mine = this.store.bookmark(position);
    const refused = mine ? await this.change("DELETE", { id: mine.id }) : await this.change("POST", { position, text: null });
    this.view.stage.say(refused || `Message ${position} ${mine ? "is no longer bookmarked" : "bookmarked"}`);
  }
  // To the next message with notes, round and round.
  step(way) {
    const { presenter, shown, selection, state, stage } = this.view;
    if (presenter.on) return;
    const { ordinals } = this;
    if (!ordinals.length) {
      stage.say("No message has a bookmark or note");
      return;
    }
    const here = () => state.current >= 0 ? state.current : selection.topOrdinal() - (way > 0 ? 1 : 0);
    const now = state.notedAt ?? here();
    const found2 = way > 0 ? ordinals.find((ordinal) => ordinal > now) : ordinals.findLast((ordinal) => ordinal < now);
    const next = found2 ?? known(ordinals, way > 0 ? 0 : ordinals.length - 1);
    this.view.filter.unhide(next);
    this.view.disclosure.unfoldFor(next, false);
    selection.jump(shown.entry(next).position);
    state.notedAt = next;
    stage.say(`${ordinals.indexOf(next) + 1} of ${many(ordinals.length, "message")} with notes`);
  }
  draft(position, id = null) {
    return this.view.state.drafts.get(draftKey(position, id));
  }
  openDraft(position, note = null) {
    const { state, shown, list } = this.view;
    const id = note?.id ?? null;
    const key = draftKey(position, id);
    const row = shown.rowAt(position);
    if (row === void 0) return;
    const fresh = { key, position, id, text: note?.text ?? "", error: "", saving: false };
    if (!state.drafts.has(key)) state.drafts.set(key, fresh);
    if (state.wayOf(row) === "folded") state.setWay(row, "auto");
    if (!list.mounted.has(row)) list.reveal(row);
    this.view.changed(row, false);
    this.focusDraft(row, key);
  }
  focusDraft(row, key) {
    const { list, stage } = this.view;
    const named = `textarea[data-focus="${CSS.escape(key)}"]`;
    const area = list.mounted.get(row)?.element.querySelector(named);
    if (!area) return;
    area.focus({ preventScroll: true });
    const room = stage.scroller.getBoundingClientRect();
    const box = (area.closest(".noteeditor") ?? area).getBoundingClientRect();
    if (box.bottom > room.bottom || box.top < room.top) list.by(box.bottom - room.bottom + 12);
  }
  closeDraft(draft) {
    this.view.state.drafts.delete(draft.key);
    this.redraw(draft.position);
  }
  async saveDraft(draft) {
    if (draft.saving) return;
    const { position, id, text } = draft;
    if (!text.trim() && id === null) {
      this.closeDraft(draft);
      return;
    }
    draft.saving = true;
    draft.error = "";
    const change = id === null ? { position, text } : { id, text };
    draft.error = await this.change("POST", change, draft);
    draft.saving = false;
    if (draft.error) this.redraw(position);
  }
  // Words are deleted once that was confirmed.
  askToDelete(note) {
    this.view.state.deleting = note.id;
    if (note.position !== null) this.redraw(note.position);
  }
  async delete(note) {
    this.view.state.deleting = null;
    const refused = await this.change("DELETE", { id: note.id });
    if (refused) this.view.stage.say(refused);
  }
  // Nothing is to be deleted any more; false where nothing was asked.
  takeBackDeletion() {
    const { state } = this.view;
    const position = state.deleting === null ? void 0 : this.store.positionOf(state.deleting);
    state.deleting = null;
    if (position !== void 0) this.redraw(position);
    return position !== void 0;
  }
  redraw(position) {
    const ordinal = this.view.rows?.ordinalOf.get(position);
    if (ordinal !== void 0) this.view.changed(ordinal, false);
  }
};

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

// src/timeline/controllers/clipboard.ts
var Clipboard = class {
  constructor(view) {
    this.view = view;
  }
  view;
  linkTo(position) {
    const { session, source } = this.view.data;
    const address = new URL(window.location.href);
    address.searchParams.set("id", session);
    address.searchParams.set("source", source);
    address.searchParams.set("message", String(position));
    for (const name of OWN) address.searchParams.delete(name);
    return address.href;
  }
  copyLink(position) {
    return this.copy(this.linkTo(position), `Link to message ${position} copied`);
  }
  async copy(text, done) {
    const lone = /\p{Cs}/u.test(text) ? " (lone surrogates can't be copied: they became �)" : "";
    this.view.stage.say(await copyText(text, this.view.root) ? done + lone : "The browser refused to copy");
  }
  // The first text that a message has.
  async copyMessage(item) {
    const { position } = item;
    if (item.content?.exact) await this.copyWhole(position, "content", "text");
    else if (item.refusal) await this.copyWhole(position, "refusal", "refusal");
    else if (item.function_call) await this.copyWhole(position, "function_call", "function_call");
    else if (item.calls.length) await this.copyWhole(position, "call.0", "first call's arguments");
    else this.view.stage.say("There is no text to copy");
  }
  async copyWhole(position, part, label) {
    const text = await this.view.texts.tried(() => this.view.source.whole(position, part));
    if (text === null) return;
    await this.copy(text, `Copied the ${label} of message ${position}: ${many([...text].length, "character")}`);
  }
};

// src/timeline/controllers/deep-link.ts
var FLASH_MS = 1800;
var DeepLink = class {
  constructor(view) {
    this.view = view;
  }
  view;
  // Whether the page asks for a message anew. A rerun reads the address when it begins, so it may bring back a message
  // that the reader has left meanwhile; once it brings the marked one, no earlier one can follow.
  get isNew() {
    const { data, state } = this.view;
    const { message } = data;
    if (message === state.asked) state.passed.clear();
    return message !== state.asked && !(typeof message === "number" && state.passed.has(message));
  }
  follow() {
    const { data, state, rows, notice, list } = this.view;
    const { message } = data;
    state.asked = message;
    notice.hide();
    if (message === null || message === void 0) {
      this.light(null);
      return;
    }
    const ordinal = rows?.ordinalOf.get(message);
    if (ordinal === void 0) {
      if (rows) notice.showWords(`Message ${message} is not in this copy: ${rows.extent}.`);
      list.paint();
      return;
    }
    state.flash = performance.now() + FLASH_MS;
    this.view.disclosure.unfoldFor(ordinal);
    this.view.selection.jump(message);
    this.light(message);
  }
  light(position) {
    const { state, rows, list } = this.view;
    const before = state.lit;
    state.lit = position;
    for (const at of [before, position]) {
      const row = at === null ? void 0 : rows?.rowAt(at);
      if (row !== void 0) list.refresh(row);
    }
    list.paint();
  }
};

// src/shared/roles.ts
var GROUPS = ["user", "assistant", "tools", "other"];
var GROUP_OF = { user: "user", assistant: "assistant", tool: "tools", function: "tools" };
var groupOf = (role) => Object.hasOwn(GROUP_OF, role) ? GROUP_OF[role] : "other";

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

// src/timeline/rows.ts
var FOLD_LINES = 20;
var FIRST_CALLS = 12;
var FOLDED_HEIGHT = 33;
var LINE_HEIGHT = 21;
var Rows = class extends Layout {
  constructor(index, state) {
    super(index.count);
    this.index = index;
    this.state = state;
    this.isRow = new Uint8Array(index.count);
    const ordinals = index.positions.map((position, ordinal) => [position, ordinal]);
    this.ordinalOf = new Map(ordinals.reverse());
    for (const kind of index.kinds) this.counts[groupOf(kind)] += 1;
    this.filter();
  }
  index;
  state;
  ordinalOf;
  counts = { user: 0, assistant: 0, tools: 0, other: 0 };
  scale = 1;
  noted = null;
  // rows with notes, where only those are wanted
  kept = [];
  // the messages that pass the filter, those in their call's row too
  all = [];
  isRow;
  last = null;
  entry(ordinal) {
    const { positions, kinds, gaps, times, lengths } = this.index;
    return {
      position: known(positions, ordinal),
      kind: known(kinds, ordinal),
      gap: known(gaps, ordinal),
      at: known(times, ordinal),
      length: known(lengths, ordinal)
    };
  }
  filter() {
    this.all = [];
    this.kept = [];
    this.isRow = new Uint8Array(this.count);
    for (let n = 0; n < this.count; n += 1) {
      const under = known(this.index.under, n);
      if (under >= 0) {
        if (this.isRow[under] && this.state.groups.has("tools")) this.kept.push(n);
      } else if (this.passes(n) && (!this.noted || this.noted.has(n))) {
        this.isRow[n] = 1;
        this.all.push(n);
        this.kept.push(n);
      }
    }
    this.until(this.last);
  }
  // An assistant message that only calls is gone with the tools, and stays for them.
  passes(n) {
    const on = this.state.groups;
    const calls = known(this.index.calls, n) > 0;
    if (calls && on.has("tools")) return true;
    return on.has(groupOf(known(this.index.kinds, n))) && !(calls && this.index.lengths[n] === 0);
  }
  // In a replay the messages after the last one are not there yet; null: all are there.
  until(last) {
    this.last = last;
    this.visible = last === null ? this.all : this.all.slice(0, lastAtMost(this.all, last) + 1);
    this.placed();
  }
  // The row that shows a message: its own, or that of the call it answers.
  rowOf(ordinal) {
    const under = known(this.index.under, ordinal);
    return under >= 0 ? under : ordinal;
  }
  rowAt(position) {
    const ordinal = this.ordinalOf.get(position);
    return ordinal === void 0 ? void 0 : this.rowOf(ordinal);
  }
  shows(ordinal) {
    const row = this.rowOf(ordinal);
    return this.isRow[row] === 1 && (row === ordinal || this.state.groups.has("tools"));
  }
  // Which positions there are, in words.
  get extent() {
    const { positions, count } = this.index;
    return count ? `it has ${positions[0]}–${positions[count - 1]}` : "it has no messages";
  }
  estimate(ordinal) {
    return this.scale * (this.state.wayOf(ordinal) === "folded" ? FOLDED_HEIGHT : this.unfoldedHeight(ordinal));
  }
  unfoldedHeight(ordinal) {
    const { lines, lengths, calls, notes } = this.index;
    const perLine = Math.max(40, this.width / (7.2 * this.scale));
    const wrapped = Math.ceil(Math.min(known(lengths, ordinal), 4e3) / perLine);
    const text = Math.min(FOLD_LINES, Math.max(known(lines, ordinal), wrapped, 1));
    return 56 + text * LINE_HEIGHT + Math.min(known(calls, ordinal), FIRST_CALLS) * 150 + known(notes, ordinal) * 26;
  }
  placeNear(ordinal) {
    const inside = Math.max(0, Math.min(ordinal, this.count - 1));
    return super.placeNear(this.count ? this.rowOf(inside) : 0);
  }
};

// src/timeline/controllers/disclosure.ts
var MOST_CALLS = 100;
var SPOKEN = /* @__PURE__ */ new Set(["user", "assistant"]);
var Disclosure = class {
  constructor(view) {
    this.view = view;
  }
  view;
  fold(ordinal, fold) {
    const { state } = this.view;
    state.setWay(ordinal, fold ? "folded" : state.fold === "folded" ? "auto" : state.fold);
    this.view.selection.select(ordinal, false);
    this.view.changed(ordinal);
  }
  toggleFold() {
    const { current } = this.view.state;
    if (current >= 0) this.fold(current, this.view.state.wayOf(current) !== "folded");
  }
  toggleOpen() {
    const { state, shown } = this.view;
    const { current } = state;
    if (current < 0) return;
    state.setWay(current, state.wayOf(current) === "open" ? "auto" : "open");
    for (const result of state.results.keys()) if (shown.rowOf(result) === current) state.results.delete(result);
    this.view.changed(current);
  }
  // Once more takes it back.
  foldAll(way) {
    const { state, list } = this.view;
    state.fold = state.fold === way ? "auto" : way;
    state.forgetWays();
    this.view.updateBars();
    list.rebuild();
  }
  // Opens what would keep a message out of sight: a folded row, a closed result, calls not shown yet.
  unfoldFor(ordinal, results = true) {
    const { state, shown, list } = this.view;
    const row = shown.rowOf(ordinal);
    const calls = known(shown.index.calls, row);
    if (state.wayOf(row) === "folded") state.ways.set(row, "auto");
    if (results && row !== ordinal) state.results.set(ordinal, true);
    if (calls > FIRST_CALLS) state.callsShown.set(row, Math.min(calls, MOST_CALLS));
    list.refresh(row);
  }
  showCalls(ordinal, count) {
    this.view.state.callsShown.set(ordinal, count);
    this.view.changed(ordinal, false);
  }
  isTextOpen(ordinal, part) {
    const { state, shown, replayer } = this.view;
    const key = `${ordinal} ${part}`;
    const said = replayer.active && part === "content" && SPOKEN.has(groupOf(shown.entry(ordinal).kind));
    return state.texts.get(key) ?? (said || state.wayOf(shown.rowOf(ordinal)) === "open");
  }
  openText(ordinal, part) {
    this.view.state.texts.set(`${ordinal} ${part}`, true);
    this.view.changed(ordinal, false);
  }
  closeText(ordinal, part) {
    this.view.state.texts.set(`${ordinal} ${part}`, false);
    this.view.changed(ordinal);
  }
  // `ordinal` is the row's, `result` the result's own.
  isResultOpen(ordinal, result) {
    const { state, replayer } = this.view;
    return state.results.get(result) ?? (replayer.now === result || state.wayOf(ordinal) === "open");
  }
  openResult(ordinal, result, open) {
    const { state, shown, list } = this.view;
    state.results.set(result, open);
    this.view.changed(ordinal, false);
    const { position } = shown.entry(result);
    const opener = `[data-result="${position}"] .opener`;
    list.mounted.get(ordinal)?.element.querySelector(opener)?.focus({ preventScroll: true });
  }
};

// src/timeline/controllers/filter.ts
var Filter = class {
  constructor(view) {
    this.view = view;
  }
  view;
  toggleGroup(group) {
    const { groups } = this.view.state;
    if (!groups.delete(group)) groups.add(group);
    this.apply();
  }
  toggleNoted() {
    this.view.state.noted = !this.view.state.noted;
    this.takeNotes();
  }
  // Other messages have notes, or only those are wanted now.
  takeNotes() {
    const { state, shown, annotations, list } = this.view;
    const rows = annotations.rows;
    if (!rows.size) state.noted = false;
    const other = shown.noted !== null || state.noted;
    shown.noted = state.noted ? rows : null;
    if (other) this.apply();
    else this.view.updateBars();
    list.redraw();
  }
  // A filter never stands between a link and its message.
  unhide(ordinal) {
    const { state, shown, stage } = this.view;
    if (shown.shows(ordinal)) return;
    state.groups = new Set(GROUPS);
    state.noted = false;
    shown.noted = null;
    this.apply();
    stage.say("Filter cleared to show this message");
  }
  apply() {
    const { state, shown, replayer, search, stage, list } = this.view;
    shown.filter();
    replayer.refilter();
    search.refilter();
    this.view.updateBars();
    const words = state.noted ? "No message with a note is of the kinds chosen above." : "The filter hides every message: choose at least one kind above.";
    stage.showWords(shown.count && !shown.visible.length ? words : "");
    list.rebuild();
    replayer.follow();
  }
};

// src/timeline/controllers/presenter.ts
var SCALE = 1.45;
var PAGE = document.documentElement;
var covering = null;
var Presenter = class {
  constructor(view) {
    this.view = view;
  }
  view;
  on = false;
  toggle() {
    if (this.on) this.leave();
    else this.present("on");
  }
  present(colours) {
    const first = !this.on;
    this.on = true;
    this.view.address.set("presenter", colours);
    for (const name of COLOURS) this.view.root.classList.toggle(name, name === colours);
    if (first) this.cover();
    this.view.replayBar.update();
  }
  cover() {
    const { root, stage } = this.view;
    covering = this;
    PAGE.dataset.presenter = "on";
    root.classList.add("presenter");
    if ("showPopover" in root) {
      root.setAttribute("popover", "manual");
      root.showPopover();
    }
    this.layOut();
    stage.focus();
  }
  leave() {
    this.on = false;
    this.view.address.set("presenter", null);
    this.uncover("off");
    this.view.fit();
    this.layOut();
    this.view.stage.focus();
  }
  // "off": the page knows that the view was left, though its address may have said otherwise when it was drawn.
  uncover(left = null) {
    if (covering !== this) return;
    covering = null;
    if (left) PAGE.dataset.presenter = left;
    else delete PAGE.dataset.presenter;
    this.view.root.removeAttribute("popover");
    this.view.root.classList.remove("presenter", ...COLOURS);
  }
  // Another size of type: rows are made anew, and the same message stays at the edge.
  layOut() {
    const { rows, stage, list, replayer } = this.view;
    this.view.updateBars();
    if (!rows) return;
    rows.width = stage.canvas.clientWidth || rows.width;
    rows.scale = this.scale;
    if (!list.anchor.end) list.anchor = { ordinal: list.anchor.ordinal, above: 0 };
    list.rebuild();
    replayer.follow();
  }
  // How large the type is beside the page's.
  get scale() {
    return this.on ? SCALE : 1;
  }
  // A call that is over is a line, unless its message was opened.
  showsArguments(ordinal) {
    return !this.on || this.view.replayer.row === ordinal || this.view.state.wayOf(ordinal) === "open";
  }
  get colours() {
    const { presenter } = this.view.address;
    if (isColours(presenter)) return presenter;
    return getComputedStyle(this.view.root).colorScheme.startsWith("dark") ? "dark" : "light";
  }
};

// src/timeline/playhead.ts
var SPEEDS = [0.5, 1, 2, 4, 8];
var Playhead = class {
  constructor(schedule, speed = 1) {
    this.schedule = schedule;
    this.speed = speed;
  }
  schedule;
  speed;
  time = 0;
  playing = false;
  get moment() {
    return this.schedule.moment(this.time);
  }
  get ended() {
    return this.time >= this.schedule.length;
  }
  // At the end it starts over.
  play() {
    if (this.ended) this.time = 0;
    this.playing = this.schedule.count > 0;
  }
  pause() {
    this.playing = false;
  }
  // ready(beat): whether a message can be drawn; the time stands still before one that can't.
  advance(milliseconds, ready = () => true) {
    if (!this.playing) return;
    const { appears, count, length } = this.schedule;
    let goal = Math.min(this.time + milliseconds * this.speed, length);
    for (let beat = this.moment.beat + 1; beat < count && known(appears, beat) <= goal; beat += 1) {
      if (!ready(beat)) goal = Math.max(this.time, known(appears, beat) - 1);
    }
    this.time = goal;
    if (this.ended) this.playing = false;
  }
  // Stops where a message is whole.
  seek(beat) {
    this.playing = false;
    const { count, settled } = this.schedule;
    if (count) this.time = known(settled, Math.min(Math.max(beat, 0), count - 1));
  }
  // A step on makes a message whole that is still appearing, else shows the next one.
  step(by) {
    const { beat } = this.moment;
    const whole = beat < 0 || this.time >= known(this.schedule.settled, beat);
    this.seek(by > 0 && !whole ? beat : beat + by);
  }
  // Goes on from where a message begins to appear.
  start(beat) {
    this.seek(beat);
    this.time = this.schedule.appears[this.moment.beat] ?? 0;
    this.play();
  }
  // Steps through the speeds.
  faster(by) {
    const next = SPEEDS.indexOf(this.speed) + by;
    this.speed = known(SPEEDS, Math.min(Math.max(next, 0), SPEEDS.length - 1));
  }
};

// src/timeline/schedule.ts
var UNKNOWN_PAUSE = 700;
var SHORTEST_PAUSE = 250;
var LONGEST_PAUSE = 2e3;
var LONGEST_TYPING = 8e3;
var MS_PER_CHARACTER = 11;
var CALL_MS = 450;
var MOST_CALLS2 = 12;
var REST_MS = 400;
var LONGEST_READING = 2e3;
function pauseFor(gap) {
  if (gap === null || gap === void 0) return UNKNOWN_PAUSE;
  return Math.min(SHORTEST_PAUSE + 130 * Math.log2(1 + Math.max(gap, 0)), LONGEST_PAUSE);
}
var typingFor = (kind, length) => kind === "assistant" ? Math.min(length * MS_PER_CHARACTER, LONGEST_TYPING) : 0;
var restFor = (kind, length) => kind === "assistant" ? REST_MS : REST_MS + Math.min(length * MS_PER_CHARACTER, LONGEST_READING);
function gapBefore(index, ordinal, before) {
  if (before === void 0) return null;
  if (before === ordinal - 1) return known(index.gaps, ordinal);
  const seconds = secondsBetween(index.times[before], index.times[ordinal]);
  return Number.isFinite(seconds) ? seconds : null;
}
function secondsBetween(from, to) {
  return from && to ? (Date.parse(to) - Date.parse(from)) / 1e3 : Number.NaN;
}
var Schedule = class {
  constructor(index, ordinals) {
    this.ordinals = ordinals;
    this.count = ordinals.length;
    this.gaps = ordinals.map((ordinal, beat) => gapBefore(index, ordinal, ordinals[beat - 1]));
    this.appears = new Float64Array(this.count);
    this.typed = new Float64Array(this.count);
    this.settled = new Float64Array(this.count);
    this.ends = new Float64Array(this.count);
    let time = 0;
    ordinals.forEach((ordinal, beat) => {
      const [kind, length] = [known(index.kinds, ordinal), known(index.lengths, ordinal)];
      if (beat) time += pauseFor(this.gaps[beat]);
      this.appears[beat] = time;
      time += typingFor(kind, length);
      this.typed[beat] = time;
      time += Math.min(known(index.calls, ordinal), MOST_CALLS2) * CALL_MS;
      this.settled[beat] = time;
      time += restFor(kind, length);
      this.ends[beat] = time;
    });
  }
  ordinals;
  count;
  gaps;
  appears;
  typed;
  settled;
  ends;
  // When the last message is whole.
  get length() {
    return this.settled.at(-1) ?? 0;
  }
  // The last beat of a message at or before an ordinal, or -1.
  beatOf(ordinal) {
    return lastAtMost(this.ordinals, ordinal);
  }
  moment(time) {
    const beat = lastAtMost(this.appears, time);
    if (beat < 0) return { beat, typed: 1, calls: 0, passing: false };
    const [appears, typed] = [known(this.appears, beat), known(this.typed, beat)];
    const writing = typed - appears;
    const calling = time - typed;
    const begun = calling < 0 ? 0 : Math.floor(calling / CALL_MS) + 1;
    return {
      beat,
      typed: writing > 0 ? Math.min((time - appears) / writing, 1) : 1,
      calls: time >= known(this.settled, beat) ? Number.POSITIVE_INFINITY : begun,
      passing: time >= known(this.ends, beat) && beat < this.count - 1
    };
  }
};

// src/shared/held-texts.ts
var HeldTexts = class {
  // `read` brings the piece of a text from an offset on; the oldest texts go once all have more than `most` characters.
  constructor(read2, most = Number.POSITIVE_INFINITY) {
    this.read = read2;
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

// src/timeline/turn-figures.ts
var asking = /* @__PURE__ */ new WeakMap();
function offerFigures(questions, ask2) {
  asking.set(questions, ask2);
}
async function figuresOf(questions) {
  const ask2 = asking.get(questions);
  try {
    return ask2 ? byPosition(await ask2()) : /* @__PURE__ */ new Map();
  } catch {
    return /* @__PURE__ */ new Map();
  }
}
function byPosition({ turns, currency }) {
  return new Map(
    turns.map(([position, responses, input, output, cost]) => [position, { responses, input, output, cost, currency }])
  );
}
var SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
var LEAST_COST = 1e-3;
var shortNumber = (value) => SHORT.format(value).toLowerCase().replace("m", "M");
function costWords(cost, currency) {
  const sign = currency === "USD" ? "$" : "";
  const unit = currency && currency !== "USD" ? ` ${currency}` : "";
  if (cost > 0 && cost < LEAST_COST) return `<${sign}${LEAST_COST}${unit}`;
  const digits = cost < 1 ? 3 : 2;
  return `${sign}${cost.toFixed(digits)}${unit}`;
}

// src/timeline/source.ts
var MOST_ITEMS2 = 400;
var MOST_CHARACTERS = 3e6;
var OWN_WEIGHT = 500;
var Source = class extends WindowLoader {
  html = /* @__PURE__ */ new Map();
  failed = false;
  batch = 40;
  fewer = "The server has fewer messages now. Open the conversation again.";
  characters = 0;
  rendered = false;
  texts = new HeldTexts(
    (position, part, offset) => this.get("text", { position, part, offset }),
    MOST_CHARACTERS
  );
  constructor({ session, source, view }) {
    super("/api/timeline", { session, source, view });
  }
  async opening(parameters = {}) {
    const answer = await super.opening(parameters);
    offerFigures(answer.questions, () => this.get("turns"));
    return answer;
  }
  // Also as rendered HTML, where messages have it.
  wantRendered(ordinals, rendered2) {
    this.rendered = rendered2;
    this.want(ordinals);
  }
  load() {
    if (!this.failed) super.load();
  }
  fail(error) {
    this.failed = true;
    super.fail(error);
  }
  retry() {
    this.failed = false;
    this.load();
  }
  next() {
    return super.next() ?? this.nextRendered();
  }
  nextRendered() {
    if (!this.rendered) return null;
    const plain = this.wanted.filter((n) => !this.html.has(n) && hasRendered(this.items.get(n)));
    return plain.length ? this.render(plain.slice(0, this.batch)) : null;
  }
  async render(ordinals) {
    const { html } = await this.get("rendered", { items: ordinals.join(",") });
    for (const ordinal of ordinals) {
      const made = html[ordinal] ?? "";
      this.html.set(ordinal, made);
      this.characters += made.length;
    }
    return ordinals;
  }
  keep(items) {
    super.keep(items);
    for (const item of items) this.characters += weigh(item);
  }
  // Takes what another source holds of these messages.
  carry(before, ordinals) {
    this.keep([...before.items.values()].filter(({ ordinal }) => ordinals.has(ordinal) && !this.items.has(ordinal)));
    for (const [ordinal, html] of before.html) {
      if (!ordinals.has(ordinal)) continue;
      this.html.set(ordinal, html);
      this.characters += html.length;
    }
  }
  // An item that is looked at: it is the last one to be forgotten.
  look(ordinal) {
    const item = this.items.get(ordinal);
    if (item) {
      this.items.delete(ordinal);
      this.items.set(ordinal, item);
    }
    return item;
  }
  forget() {
    const wanted = new Set(this.wanted);
    for (const [ordinal, item] of this.items) {
      if (this.items.size <= MOST_ITEMS2 && this.characters <= MOST_CHARACTERS) return;
      if (wanted.has(ordinal)) continue;
      this.items.delete(ordinal);
      this.characters -= weigh(item) + (this.html.get(ordinal)?.length ?? 0);
      this.html.delete(ordinal);
    }
  }
  // Texts of opened results and of "show more".
  text(position, part) {
    return this.texts.get(position, part);
  }
  more(position, part) {
    return this.texts.more(position, part);
  }
  // A text read anew to its end.
  async whole(position, part) {
    let text = "";
    for (let offset = 0; offset !== null; ) {
      const chunk = await this.get("text", { position, part, offset });
      text += chunk.text;
      offset = chunk.next;
    }
    return text;
  }
};
var hasRendered = (item) => Boolean(item?.content) && !item?.summary;
function weigh(item) {
  const parts = [item.content, item.refusal, item.function_call, ...item.calls.map((call) => call.arguments)];
  return OWN_WEIGHT + parts.reduce((sum, part) => sum + (part ? part.text.length : 0), 0);
}

// src/timeline/typewriter.ts
var HIGH_SURROGATE = /[\uD800-\uDBFF]/;
var Typewriter = class {
  parts = [];
  last;
  total;
  at = 0;
  shown = 0;
  constructor(element) {
    let opens = [];
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node instanceof Text) {
        this.parts.push({ node, text: node.data, opens });
        opens = [];
      } else opens.push(node);
    }
    this.last = opens;
    this.total = this.parts.reduce((sum, part) => sum + part.text.length, 0);
    for (const part of this.parts) part.node.data = "";
    for (const hidden of [...this.parts.flatMap((part) => part.opens), ...this.last]) hidden.hidden = true;
  }
  // Up to this share of the text; it never takes back.
  to(share) {
    let left = Math.ceil(share * this.total) - this.shown;
    for (let part = this.parts[this.at]; left > 0 && part; part = this.parts[this.at]) left -= this.write(part, left);
    if (share >= 1) for (const element of this.last) element.hidden = false;
  }
  write(part, most) {
    for (const element of part.opens) element.hidden = false;
    const from = part.node.data.length;
    let to = Math.min(from + most, part.text.length);
    if (HIGH_SURROGATE.test(part.text.charAt(to - 1)) && to < part.text.length) to += 1;
    part.node.appendData(part.text.slice(from, to));
    this.shown += to - from;
    if (to === part.text.length) this.at += 1;
    return to - from;
  }
};

// src/timeline/replay.ts
var MOST_FRAME_MS = 100;
var AHEAD_BEATS = 12;
var AHEAD_RESULTS = 3;
var STILL = window.matchMedia("(prefers-reduced-motion: reduce)");
var lastSpeed = 1;
var Replay = class {
  constructor(view, ordinal) {
    this.view = view;
    this.head = this.headAt(ordinal, lastSpeed);
  }
  view;
  head;
  drawn = { beat: -2, typed: 1, calls: 0, passing: false };
  frame = 0;
  typewriter = null;
  headAt(ordinal, speed) {
    const { index, kept: kept2 } = this.view.shown;
    const head = new Playhead(new Schedule(index, kept2), speed);
    head.seek(head.schedule.beatOf(ordinal));
    return head;
  }
  get schedule() {
    return this.head.schedule;
  }
  get playing() {
    return this.head.playing;
  }
  // The last message that is there, or -1, and the row that shows it.
  get now() {
    return this.schedule.ordinals[this.drawn.beat] ?? -1;
  }
  get row() {
    return this.now < 0 ? -1 : this.view.shown.rowOf(this.now);
  }
  get position() {
    return this.now < 0 ? null : this.view.shown.entry(this.now).position;
  }
  has(ordinal) {
    return ordinal <= this.now;
  }
  play() {
    this.head.play();
    this.run();
  }
  pause() {
    this.head.pause();
    this.draw();
  }
  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }
  step(way) {
    this.head.step(way);
    this.draw(true);
  }
  seek(beat) {
    this.head.seek(beat);
    this.draw(true);
  }
  // Plays from a message on.
  start(ordinal) {
    this.head.start(this.schedule.beatOf(ordinal));
    this.run();
  }
  setSpeed(speed) {
    lastSpeed = speed;
    this.head.speed = speed;
    this.view.replayBar.update();
  }
  faster(by) {
    this.head.faster(by);
    this.setSpeed(this.head.speed);
  }
  // Other messages pass the filter now: the same message stays the last one that is there.
  refilter() {
    this.head = this.headAt(this.now, this.head.speed);
    this.draw(true);
  }
  run() {
    this.draw(true);
    cancelAnimationFrame(this.frame);
    let before = null;
    const tick = (time) => {
      if (!this.playing) return;
      const passed = before === null ? 0 : Math.min(time - before, MOST_FRAME_MS);
      this.head.advance(passed, (beat) => this.isReady(beat));
      before = time;
      if (this.view.source.failed) this.head.pause();
      this.draw();
      this.frame = requestAnimationFrame(tick);
    };
    this.frame = requestAnimationFrame(tick);
  }
  isReady(beat) {
    const { source, mode, shown } = this.view;
    const row = shown.rowOf(known(this.schedule.ordinals, beat));
    const item = source.items.get(row);
    return item !== void 0 && (mode !== "rendered" || !hasRendered(item) || source.html.has(row));
  }
  // `jumped`: also where the message is the same one.
  draw(jumped = false) {
    const { moment } = this.head;
    if (moment.beat !== this.drawn.beat || jumped) this.turn(moment);
    else if (moment.calls !== this.drawn.calls) this.openCalls(moment);
    this.drawn = moment;
    if (moment.typed < 1 && !STILL.matches) this.type(moment);
    else this.typewriter?.to(1);
    this.view.replayBar.update();
  }
  type({ typed }) {
    this.typewriter?.to(typed);
    const { list, shown } = this.view;
    const last = shown.placeOf(this.row) === shown.visible.length - 1;
    if (last && !list.anchor.end) list.goToEnd();
  }
  // Another message is the last one: rows end with it, and those that it changed are made anew.
  turn(moment) {
    const { list, shown, address } = this.view;
    const before = this.row;
    this.drawn = moment;
    shown.until(this.now);
    this.typewriter = null;
    for (const ordinal of [...list.mounted.keys()]) {
      if (ordinal === before || ordinal === this.row || shown.index.calls[ordinal]) list.refresh(ordinal);
    }
    this.follow();
    this.fetchAhead();
    address.set("replay", this.position);
  }
  // Its end at the end of the view; its beginning, where it is whole and taller.
  follow() {
    const { list, shown, stage } = this.view;
    const { row } = this;
    const place = row < 0 ? -1 : shown.placeOf(row);
    if (place < 0) list.paint();
    else if (place < shown.visible.length - 1) list.reveal(row);
    else {
      list.goToEnd();
      const whole = this.drawn.typed === 1 || STILL.matches;
      if (whole && row === this.now && shown.heightOf(row) > stage.scroller.clientHeight) list.goTo(row, -4);
    }
  }
  // The next call of the message opens.
  openCalls({ calls }) {
    const { list } = this.view;
    const row = list.mounted.get(this.row)?.element;
    if (row) hideCalls(row, calls);
    list.paint();
  }
  // A row that was made while its message appears: what is not there yet is taken out of it.
  dress(row, ordinal) {
    if (ordinal !== this.row || ordinal !== this.now) return;
    this.typewriter = null;
    const { moment } = this.head;
    if (this.schedule.ordinals[moment.beat] !== ordinal) return;
    hideCalls(row, moment.calls);
    const text = row.querySelector(".text[data-part=content]");
    if (!text || moment.typed === 1 || STILL.matches) return;
    this.typewriter = new Typewriter(text);
    this.typewriter.to(moment.typed);
  }
  // The rows that come next.
  get upcoming() {
    const { beat } = this.drawn;
    const next = this.schedule.ordinals.slice(Math.max(beat, 0), beat + AHEAD_BEATS);
    return next.map((ordinal) => this.view.shown.rowOf(ordinal));
  }
  // The results that come next, so that they open with their text.
  fetchAhead() {
    const { source, shown, texts } = this.view;
    const { beat } = this.drawn;
    for (const ordinal of this.schedule.ordinals.slice(beat + 1, beat + 1 + AHEAD_RESULTS)) {
      const item = source.items.get(shown.rowOf(ordinal));
      const result = item?.calls.find((call) => call.result?.ordinal === ordinal)?.result;
      if (result?.length) texts.fetchResult(result);
    }
  }
  stop() {
    this.head.pause();
    cancelAnimationFrame(this.frame);
  }
};
function hideCalls(row, shown) {
  row.querySelectorAll(".call").forEach((call, number) => {
    call.hidden = number >= shown;
  });
}

// src/timeline/controllers/replay.ts
var ReplayController = class {
  constructor(view) {
    this.view = view;
  }
  view;
  replay = null;
  get active() {
    return this.replay !== null;
  }
  get now() {
    return this.replay?.now ?? -1;
  }
  get row() {
    return this.replay?.row ?? -1;
  }
  // Where it is, else where the address says it was.
  get place() {
    return this.replay ? this.replay.position : this.view.address.replay;
  }
  // From the marked message, or the one at the top; once more leaves it.
  start() {
    const { state, selection } = this.view;
    if (this.replay) this.leave();
    else if (state.current >= 0 && selection.inSight(state.current)) this.from(state.current);
    else if (this.view.shown.visible.length) this.from(selection.topOrdinal());
  }
  from(ordinal) {
    const replay = this.replay ?? this.enter(ordinal);
    replay?.start(ordinal);
    if (replay) this.view.stage.focus();
  }
  toggle() {
    if (this.replay) this.replay.toggle();
    else this.start();
  }
  // Paused, with this message as the last one; null where no message can be shown.
  enter(ordinal) {
    const { rows, state, disclosure, selection, list } = this.view;
    if (!rows?.kept.length) return null;
    if (state.fold === "folded") disclosure.foldAll("folded");
    selection.select(-1, false);
    const replay = new Replay(this.view, ordinal);
    this.replay = replay;
    replay.draw(true);
    list.rebuild();
    this.view.updateBars();
    replay.follow();
    return replay;
  }
  // A position of the address: where this copy has no such message, the last one before it. Whether there is a replay.
  resume(position) {
    const { shown, notice, filter } = this.view;
    const { index, extent } = shown;
    let ordinal = shown.ordinalOf.get(position) ?? -1;
    if (ordinal < 0) {
      ordinal = lastAtMost(index.positions, position);
      const stands = ordinal < 0 ? "begins with the first one" : `stands at message ${known(index.positions, ordinal)}`;
      const words = `Message ${position} is not in this copy: ${extent}. The replay ${stands}.`;
      if (index.count) notice.showWords(words);
    }
    if (ordinal >= 0) filter.unhide(ordinal);
    return this.enter(ordinal) !== null;
  }
  leave() {
    const { row } = this;
    const { list, shown, selection } = this.view;
    this.over();
    if (row >= 0) list.hold(row);
    shown.until(null);
    list.rebuild();
    this.view.updateBars();
    if (row >= 0) selection.select(row);
  }
  // Other messages pass the filter: the replay is at the same one, or over where none passes.
  refilter() {
    if (!this.replay) return;
    if (this.view.shown.kept.length) {
      this.replay.refilter();
      return;
    }
    this.over();
    this.view.shown.until(null);
  }
  over() {
    this.end();
    this.view.address.set("replay", null);
  }
  // Ends it; the address keeps its place.
  end() {
    this.replay?.stop();
    this.replay = null;
  }
  // The reader looks elsewhere: what goes on would take it away.
  stray() {
    if (this.replay?.playing) this.replay.pause();
  }
  isThere(ordinal) {
    return this.replay?.has(ordinal) ?? true;
  }
  seek(ordinal) {
    this.replay?.seek(this.replay.schedule.beatOf(ordinal));
  }
  follow() {
    this.replay?.follow();
  }
  // Rows arrived: the last one may have grown.
  arrived(ordinals) {
    if (this.replay && this.view.list.anchor.end && ordinals.includes(this.replay.row)) this.replay.follow();
  }
};

// src/timeline/highlights.ts
var NAMES2 = ["tl-key", "tl-hit", "tl-hit-now"];
var MOST_KEYS = 3e3;
var JSON_KEY = /"(?:[^"\\\n]|\\.)*"(?=\s*:)/g;
var keyRanges = /* @__PURE__ */ new WeakMap();
var highlights = (() => {
  if (!globalThis.CSS?.highlights || !globalThis.Highlight) return null;
  const named = /* @__PURE__ */ new Map();
  NAMES2.forEach((name, priority) => {
    const highlight = CSS.highlights.get(name) ?? new Highlight();
    highlight.priority = priority;
    CSS.highlights.set(name, highlight);
    named.set(name, highlight);
  });
  return named;
})();
function paint(name, range) {
  highlights?.get(name)?.add(range);
}
function unpaint(name, range) {
  highlights?.get(name)?.delete(range);
}
function clearPaint(name) {
  highlights?.get(name)?.clear();
}
function paintKeys(element) {
  if (!highlights) return;
  const ranges = [];
  keyRanges.set(element, ranges);
  for (const node of element.childNodes) {
    if (!(node instanceof Text)) continue;
    for (const { 0: key, index } of node.data.matchAll(JSON_KEY)) {
      if (ranges.length >= MOST_KEYS) return;
      const range = new StaticRange({
        startContainer: node,
        startOffset: index,
        endContainer: node,
        endOffset: index + key.length
      });
      paint("tl-key", range);
      ranges.push(range);
    }
  }
}
function dropKeys(row) {
  if (!highlights) return;
  for (const element of row.querySelectorAll(".json")) {
    for (const range of keyRanges.get(element) ?? []) unpaint("tl-key", range);
    keyRanges.delete(element);
  }
}

// src/timeline/matching.ts
var MOST_RANGES = 500;
function foldCase(text) {
  const places = [];
  let folded2 = "";
  for (let at = 0; at < text.length; ) {
    const size = sizeAt(text, at);
    const fold = text.slice(at, at + size).toUpperCase().toLowerCase();
    for (let unit = 0; unit < fold.length; unit += 1) places.push(at);
    folded2 += fold;
    at += size;
  }
  places.push(text.length);
  return [folded2, places];
}
var sizeAt = (text, at) => (text.codePointAt(at) ?? 0) > 65535 ? 2 : 1;
function rangesIn(element, wanted) {
  const nodes = [];
  let text = "";
  for (const node of textNodesOf(element)) {
    nodes.push([text.length, node]);
    text += node.data;
  }
  const [folded2, places] = foldCase(text);
  const ranges = [];
  let at = folded2.indexOf(wanted);
  while (at >= 0 && ranges.length < MOST_RANGES) {
    const end = at + wanted.length;
    const last = known(places, end - 1);
    ranges.push(rangeOf(nodes, known(places, at), last + sizeAt(text, last)));
    at = folded2.indexOf(wanted, end);
  }
  return ranges;
}
function rangeOf(nodes, start, end) {
  const nodeAt = (offset) => known(
    nodes,
    Math.max(
      lastWhere(nodes.length, (n) => known(nodes, n)[0] <= offset),
      0
    )
  );
  const [from, first] = nodeAt(start);
  const [to, last] = nodeAt(end - 1);
  const range = document.createRange();
  range.setStart(first, start - from);
  range.setEnd(last, Math.min(end - to, last.data.length));
  return range;
}

// src/timeline/controllers/search.ts
var TYPING_MS = 180;
var MOST_READS = 20;
var Search = class {
  constructor(view) {
    this.view = view;
  }
  view;
  query = "";
  all = [];
  matches = [];
  total = 0;
  hidden = 0;
  now = -1;
  origin = -1;
  turn = 0;
  timer = 0;
  held = null;
  holding = false;
  lit = /* @__PURE__ */ new Map();
  // While somebody types: once they pause.
  type(query) {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.run(query), TYPING_MS);
  }
  // `move`: to the first match from the top on, or from a position.
  async run(query, move = true, from = null) {
    clearTimeout(this.timer);
    if (query === this.query || !this.view.rows) return;
    if (from !== null) this.origin = from;
    else if (!this.query) this.origin = this.view.selection.topPosition();
    this.query = query;
    this.view.state.query = query;
    this.now = -1;
    this.held = null;
    this.turn += 1;
    if (query) await this.ask(query, this.turn, move);
    else this.use([]);
  }
  async ask(query, turn, move) {
    this.view.toolbar.tellFound("Searching…");
    try {
      const { matches } = await this.view.source.get("find", { query });
      if (turn !== this.turn) return;
      this.use(matches);
      if (this.total && move) await this.goTo(this.firstFrom(this.origin));
    } catch (error) {
      if (turn === this.turn) this.view.notice.showError(error, () => this.again(query));
    }
  }
  again(query) {
    this.query = "";
    void this.run(query);
  }
  use(matches) {
    this.all = matches;
    this.refilter();
    this.relight();
  }
  // Matches in messages that the filter hides are counted, and passed over.
  refilter() {
    const { shown } = this.view;
    this.matches = [];
    this.total = 0;
    this.hidden = 0;
    for (const [position, count] of this.all) {
      const ordinal = shown.ordinalOf.get(position);
      if (ordinal === void 0 || !shown.shows(ordinal)) {
        this.hidden += count;
        continue;
      }
      this.matches.push({ position, start: this.total });
      this.total += count;
    }
    if (this.now >= this.total) this.now = -1;
    this.tell();
  }
  tell() {
    const more = this.hidden ? ` (${NUMBER.format(this.hidden)} more in hidden messages)` : "";
    const at = this.now >= 0 ? `${NUMBER.format(this.now + 1)} of ` : "";
    const found2 = this.total ? at + NUMBER.format(this.total) + more : `No match${more}`;
    this.view.toolbar.tellFound(this.query ? found2 : "", this.total > 0);
  }
  firstFrom(position) {
    return (this.matches.find((match) => match.position >= position) ?? known(this.matches, 0)).start;
  }
  // To the next match, round and round.
  step(way) {
    if (!this.total) return;
    const next = this.now < 0 ? this.firstFrom(this.view.selection.topPosition()) : this.now + way;
    const wrapped = (next + this.total) % this.total;
    this.origin = this.matchAt(wrapped).position;
    void this.goTo(wrapped);
  }
  matchAt(n) {
    const at = lastWhere(this.matches.length, (index) => known(this.matches, index).start <= n);
    return known(this.matches, Math.max(at, 0));
  }
  async goTo(n) {
    this.now = n;
    this.held = null;
    this.tell();
    this.turn += 1;
    const { turn, view } = this;
    const { position, start } = this.matchAt(n);
    const ordinal = view.shown.ordinalOf.get(position);
    if (ordinal === void 0) return;
    const row = view.shown.rowOf(ordinal);
    view.selection.reach(ordinal);
    view.disclosure.unfoldFor(ordinal);
    view.selection.select(row, false, row === ordinal ? null : position);
    if (!view.selection.inSight(row)) view.list.goTo(row, -60);
    await view.texts.loaded(row, ordinal);
    if (turn !== this.turn) return;
    const range = await this.rangeFor(row, position, n - start, turn);
    if (range && turn === this.turn) this.show(range, row, ordinal, n - start);
  }
  // The range of the match, reading on in a text that is cut until it is there.
  async rangeFor(row, position, number, turn) {
    for (let reads = 0; ; reads += 1) {
      this.relight();
      const ranges = this.rangesOf(row, position);
      const cut = this.cutPartOf(row, position);
      if (ranges.length > number || !cut || reads >= MOST_READS || turn !== this.turn) {
        return ranges[Math.min(number, ranges.length - 1)];
      }
      await this.view.texts.readOn(cut);
    }
  }
  cutPartOf(row, position) {
    const parts = this.view.list.mounted.get(row)?.element.querySelectorAll("[data-part]") ?? [];
    return [...parts].map((element) => this.view.texts.cutPart(element)).find((part) => part?.position === position);
  }
  rangesOf(row, position) {
    const element = this.view.list.mounted.get(row)?.element;
    const ranges = element ? this.lit.get(element)?.ranges ?? [] : [];
    return ranges.filter((range) => around(range, "[data-find]")?.dataset.find === String(position));
  }
  show(found2, row, ordinal, number) {
    const range = this.opened(found2, row, ordinal);
    const { position } = this.view.shown.entry(ordinal);
    this.held = { row, position, number, range, anchor: this.view.list.anchor };
    lightNow(range);
    this.bringIntoSight(this.held);
  }
  hold() {
    const { held } = this;
    if (!held || this.holding) return;
    const ranges = this.rangesOf(held.row, held.position);
    const range = ranges[Math.min(held.number, ranges.length - 1)];
    if (!range) return;
    if (range !== held.range) lightNow(range);
    held.range = range;
    if (held.anchor === this.view.list.anchor) this.bringIntoSight(held);
  }
  bringIntoSight(held) {
    const { range } = held;
    const { stage, list } = this.view;
    this.holding = true;
    const box = range.getBoundingClientRect();
    const room = stage.scroller.getBoundingClientRect();
    if (box.top < room.top + 20 || box.bottom > room.bottom - 20) list.by(box.top - room.top - room.height / 3);
    held.anchor = list.anchor;
    this.holding = false;
  }
  // The range as it is once nothing cuts it off: the text is opened where its clip would.
  opened(range, row, ordinal) {
    const body2 = around(range, "[data-part]");
    const clip = body2?.closest(".clip:not(.fits)");
    const { bottom } = range.getBoundingClientRect();
    if (!body2 || !clip || bottom <= clip.getBoundingClientRect().bottom - 20) return range;
    const where = this.rangesOf(row, Number(body2.dataset.find)).indexOf(range);
    this.view.disclosure.openText(ordinal, body2.dataset.part ?? "");
    this.relight();
    return this.rangesOf(row, this.view.shown.entry(ordinal).position)[where] ?? range;
  }
  // Ranges for the rows in the page: made once for a row's element, dropped with it.
  relight() {
    const mounted = new Set([...this.view.list.mounted.values()].map((row) => row.element));
    const wanted = this.query ? foldCase(this.query)[0] : "";
    for (const [element, lit] of this.lit) {
      if (mounted.has(element) && lit.wanted === wanted) continue;
      unlight(lit);
      this.lit.delete(element);
    }
    if (!wanted) return;
    for (const element of mounted) {
      if (this.lit.has(element)) continue;
      const ranges = [...element.querySelectorAll("[data-find]")].flatMap((part) => rangesIn(part, wanted));
      for (const range of ranges) paint("tl-hit", range);
      this.lit.set(element, { wanted, ranges });
    }
    this.hold();
  }
  // Nothing is looked for any more.
  forget() {
    this.stop();
    this.turn += 1;
    this.query = "";
    this.held = null;
    this.all = [];
    this.matches = [];
    this.total = 0;
    this.view.toolbar.tellFound("", false);
  }
  stop() {
    for (const lit of this.lit.values()) unlight(lit);
    this.lit.clear();
    clearTimeout(this.timer);
  }
};
var around = (range, selector) => range.startContainer.parentElement?.closest(selector);
function lightNow(range) {
  clearPaint("tl-hit-now");
  paint("tl-hit-now", range);
}
function unlight({ ranges }) {
  for (const range of ranges) {
    unpaint("tl-hit", range);
    unpaint("tl-hit-now", range);
  }
}

// src/timeline/controllers/selection.ts
var PAGE_OVERLAP = 48;
var WALK_SHARE = 0.6;
var Selection = class {
  constructor(view) {
    this.view = view;
  }
  view;
  // `result`: the position of the tool result that is marked inside the row, which is a message of its own.
  select(ordinal, focus = true, result = null) {
    const { list, state } = this.view;
    this.mark(false);
    state.current = ordinal;
    state.result = result;
    state.notedAt = null;
    this.mark(true);
    if (focus) list.mounted.get(ordinal)?.element.focus({ preventScroll: true });
    this.tellAddress();
  }
  mark(on) {
    const { current, result } = this.view.state;
    const row = this.view.list.mounted.get(current)?.element;
    row?.classList.toggle("current", on);
    if (result !== null) row?.querySelector(`[data-result="${result}"]`)?.classList.toggle("current", on);
  }
  // The position of the marked message; null where none is.
  get position() {
    const { shown, state } = this.view;
    if (state.current < 0) return null;
    return state.result ?? shown.entry(state.current).position;
  }
  // The other tabs and the other copy open at the message that is marked here.
  tellAddress() {
    const { state, address } = this.view;
    const { asked } = state;
    if (typeof asked === "number") state.passed.add(asked);
    state.asked = this.position ?? asked;
    address.set("message", this.position);
  }
  step(way) {
    const { shown, list, state } = this.view;
    const { visible } = shown;
    if (!visible.length) return;
    this.view.replayer.stray();
    const now = shown.placeOf(state.current);
    const edge = shown.at(list.wantedTop() + 1);
    const next = now >= 0 && list.mounted.has(state.current) ? now + way : edge;
    const ordinal = known(visible, Math.min(Math.max(next, 0), visible.length - 1));
    list.reveal(ordinal);
    this.select(ordinal);
  }
  // As step, but first through the rest of a message that is taller than the view.
  walk(way) {
    const room = this.view.stage.scroller.getBoundingClientRect();
    const box = this.view.list.mounted.get(this.view.state.current)?.element.getBoundingClientRect();
    const rest = !box ? 0 : way > 0 ? box.bottom - room.bottom : room.top - box.top;
    const inSight = box && box.bottom > room.top && box.top < room.bottom;
    if (inSight && rest > 8) this.view.list.by(way * Math.min(rest + 8, room.height * WALK_SHARE));
    else this.step(way);
  }
  page(way) {
    const { replayer, list, stage, state } = this.view;
    replayer.stray();
    list.by(way * (stage.scroller.clientHeight - PAGE_OVERLAP));
    state.current = -1;
    stage.focus();
  }
  home() {
    const [first] = this.view.shown.visible;
    if (first === void 0) return;
    this.view.list.goTo(first, -8);
    this.select(first);
  }
  end() {
    const last = this.view.shown.visible.at(-1);
    if (last === void 0) return;
    this.view.list.goToEnd();
    this.select(last);
  }
  // To the message of a stored position, if this copy has it.
  jump(position) {
    const { shown, filter, replayer, list } = this.view;
    const ordinal = shown.ordinalOf.get(position);
    if (ordinal === void 0) return;
    filter.unhide(ordinal);
    if (replayer.active) {
      replayer.seek(ordinal);
      return;
    }
    const row = shown.rowOf(ordinal);
    list.goTo(row, -6);
    this.select(row, true, row === ordinal ? null : position);
  }
  // A replay goes on to a message that it has not come to.
  reach(ordinal) {
    const { replayer } = this.view;
    replayer.stray();
    if (!replayer.isThere(ordinal)) replayer.seek(ordinal);
  }
  // A click selects the message, or the result in it, whatever in it was clicked, unless the reader selects text.
  clicked(event) {
    const target = event.target instanceof Element ? event.target : null;
    const row = target?.closest(".row");
    if (!row || String(window.getSelection())) return;
    const result = target?.closest("[data-result]");
    this.select(Number(row.dataset.ordinal), false, result ? Number(result.dataset.result) : null);
  }
  // The position at the top, -1 where no message is shown.
  topPosition() {
    const { shown } = this.view;
    return shown.visible.length ? known(shown.index.positions, this.topOrdinal()) : -1;
  }
  // The marked message, where it is in sight and not above the one at the edge, else that one.
  topOrdinal() {
    const { shown, list, state } = this.view;
    const marked = state.current >= 0 && this.inSight(state.current) ? shown.placeOf(state.current) : -1;
    const last = Math.max(shown.total - 1, 0);
    const edge = shown.at(Math.min(list.wantedTop() + 24, last));
    return known(shown.visible, Math.max(marked, edge));
  }
  inSight(ordinal) {
    const { shown, list, stage } = this.view;
    const place = shown.placeOf(ordinal);
    if (place < 0) return false;
    const top = shown.topOf(place);
    const now = list.wantedTop();
    return top >= now - 1 && top < now + stage.scroller.clientHeight - 60;
  }
};

// src/timeline/controllers/text-reader.ts
var MOST_GIVEN = 2e4;
var LONGEST_WAIT_MS = 5e3;
var isCut = (given) => given.length > MOST_GIVEN;
var resultPart = (result) => result.json ? "content.laid" : "content";
var TextReader = class {
  // for rows
  constructor(view) {
    this.view = view;
  }
  view;
  reading = /* @__PURE__ */ new Map();
  // results, by ordinal
  waiting = /* @__PURE__ */ new Map();
  // What was read; null where it failed, which the notice says.
  async tried(read2) {
    try {
      return await read2();
    } catch (error) {
      this.view.notice.showError(error, () => this.view.list.rebuild());
      return null;
    }
  }
  async more(ordinal, part) {
    await this.tried(() => this.view.source.more(this.view.shown.entry(ordinal).position, part));
    this.view.changed(ordinal, false);
  }
  fetchResult(result, part = resultPart(result)) {
    const { source } = this.view;
    if (this.reading.has(result.ordinal) || source.text(result.position, part)) return;
    const read2 = this.tried(() => source.more(result.position, part));
    this.reading.set(
      result.ordinal,
      read2.then((got) => {
        this.reading.delete(result.ordinal);
        if (got) this.redraw(result.ordinal);
      })
    );
  }
  // Shows a text that is laid out as it is stored, or laid out again.
  async switchExact(ordinal, part) {
    const { state, source, shown } = this.view;
    const key = `${ordinal} ${part}`;
    const { position } = shown.entry(ordinal);
    if (!state.exact.delete(key)) {
      if (!source.text(position, part)) await this.tried(() => source.more(position, part));
      if (source.text(position, part)) state.exact.add(key);
    }
    this.view.changed(ordinal, false);
  }
  // The part that an element shows, if the rest of it isn't here yet.
  cutPart(element) {
    const position = Number(element.dataset.find);
    const part = element.dataset.part ?? "";
    const ordinal = this.view.shown.ordinalOf.get(position);
    if (ordinal === void 0) return null;
    const held = this.view.source.text(position, part);
    const given = partOf2(this.view.source.items.get(ordinal), part);
    const cut = held ? held.next !== null : given && isCut(given);
    return cut ? { ordinal, position, part } : null;
  }
  async readOn({ ordinal, position, part }) {
    await this.tried(() => this.view.source.more(position, part));
    this.redraw(ordinal);
  }
  redraw(ordinal) {
    const { list, rows } = this.view;
    if (rows) list.refresh(rows.rowOf(ordinal));
    list.paint();
  }
  // Resolves when a row's item is here and, for a result, its text too.
  async loaded(row, ordinal) {
    if (!this.view.source.items.has(row)) {
      const here = new Promise((done) => this.waiting.set(row, done));
      await Promise.race([here, new Promise((done) => setTimeout(done, LONGEST_WAIT_MS))]);
      this.waiting.delete(row);
    }
    await this.reading.get(ordinal);
  }
  // Rows arrived.
  arrived() {
    for (const [row, done] of this.waiting) if (this.view.source.items.has(row)) done();
  }
};
function partOf2(item, part) {
  const [kind, number] = part.split(".");
  if (!item) return null;
  if (kind === "content" || kind === "refusal" || kind === "function_call") return item[kind];
  const call = item.calls[Number(number)];
  return kind === "call" ? call?.arguments : call?.more;
}

// src/timeline/growth.ts
function unchanged(before, after) {
  if (!before.count || after.count < before.count) return null;
  const results = [resultsOf(before), resultsOf(after)];
  const same = /* @__PURE__ */ new Set();
  for (let n = 0; n < before.count; n += 1) {
    if (before.positions[n] !== after.positions[n] || before.kinds[n] !== after.kinds[n]) return null;
    const columns = [before.lengths, before.lines, before.calls, before.notes, before.under];
    const others = [after.lengths, after.lines, after.calls, after.notes, after.under];
    const equal = columns.every((column, at) => column[n] === others[at]?.[n]);
    if (equal && (results[0].get(n) ?? 0) === (results[1].get(n) ?? 0)) same.add(n);
  }
  return same;
}
function resultsOf(index) {
  const counts = /* @__PURE__ */ new Map();
  for (let n = 0; n < index.count; n += 1) {
    const under = known(index.under, n);
    if (under >= 0) counts.set(under, (counts.get(under) ?? 0) + 1);
  }
  return counts;
}

// src/timeline/help.ts
var KEYS = [
  ["j  k", "next, previous message"],
  ["↓  ↑", "the same; through a message taller than the view"],
  ["Page Down  Page Up", "page down, up"],
  ["Home  End", "first, last message"],
  ["o", "expand or collapse the message"],
  ["x", "collapse to one line, or expand"],
  ["/", "find"],
  ["Enter  Shift+Enter", "next, previous match, in the box"],
  ["n  N", "next, previous match"],
  ["b", "add or remove a bookmark"],
  ["m", "add a note"],
  ["g  G", "next, previous message with a bookmark or note"],
  ["[  ]", "previous, next session of the list"],
  ["p", "replay from here; play or pause"],
  ["Space", "play or pause the replay"],
  ["←  →", "previous or next message in the replay"],
  ["−  +", "replay slower, faster"],
  ["P", "start or exit presentation; there Page Down and Page Up step too"],
  ["Esc", "close search, presentation or replay; clear highlights"],
  ["?", "this list"]
];
function helpDialog() {
  const list = h("dl");
  for (const [keys, words] of KEYS) {
    list.append(h("dt", {}, ...keys.split("  ").map((key) => h("kbd", { text: key }))), h("dd", { text: words }));
  }
  const close = h("form", { method: "dialog" }, h("button", { class: "tool", text: "Close" }));
  const dialog = h(
    "dialog",
    { class: "help", "aria-label": "Keyboard shortcuts" },
    h("h2", { text: "Keyboard shortcuts" }),
    list,
    close
  );
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  return dialog;
}

// src/shared/keys.ts
var hasModifier = (event) => event.ctrlKey || event.metaKey || event.altKey;
function isMeantFor(event, root, host) {
  return event.composedPath().includes(root) || (document.activeElement ?? document.body).contains(host);
}

// src/timeline/keys.ts
var EDITABLE = "input, textarea, select, [contenteditable=''], [contenteditable=true]";
var PRESSED = "button, a, summary";
var RANGE_KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"];
var REPLAYED = {
  " ": (replay) => replay.toggle(),
  ArrowRight: (replay) => replay.step(1),
  ArrowLeft: (replay) => replay.step(-1),
  Home: (replay) => replay.seek(0),
  End: (replay) => replay.seek(replay.schedule.count - 1),
  "+": (replay) => replay.faster(1),
  "=": (replay) => replay.faster(1),
  "-": (replay) => replay.faster(-1)
};
var PRESENTED = {
  PageDown: (replay) => replay.step(1),
  PageUp: (replay) => replay.step(-1)
};
function timelineKeys(view) {
  const actions = actionsOf(view);
  const actionFor = (key) => {
    const { replay } = view.replayer;
    const inReplay = replay && (view.presenter.on && PRESENTED[key] || REPLAYED[key]);
    return inReplay ? () => inReplay(replay) : actions[key];
  };
  return (event) => {
    const action = actionFor(event.key);
    if (!action || event.defaultPrevented || hasModifier(event)) return;
    if (!listens(view, event) || event.shiftKey && event.key.length > 1) return;
    event.preventDefault();
    action();
  };
}
function actionsOf(view) {
  const { selection, disclosure, search, annotations, replayer, presenter, toolbar } = view;
  return {
    j: () => selection.step(1),
    k: () => selection.step(-1),
    ArrowDown: () => selection.walk(1),
    ArrowUp: () => selection.walk(-1),
    PageDown: () => selection.page(1),
    PageUp: () => selection.page(-1),
    Home: () => selection.home(),
    End: () => selection.end(),
    o: () => disclosure.toggleOpen(),
    x: () => disclosure.toggleFold(),
    n: () => search.step(1),
    N: () => search.step(-1),
    "/": () => toolbar.input.select(),
    b: () => annotations.bookmarkHere(),
    m: () => annotations.noteHere(),
    g: () => annotations.step(1),
    G: () => annotations.step(-1),
    p: () => replayer.toggle(),
    P: () => presenter.toggle(),
    "?": () => view.showHelp(),
    Escape: () => view.escape()
  };
}
function takesKey(target, key) {
  if (target instanceof HTMLInputElement && target.type === "range") return RANGE_KEYS.includes(key);
  return target.matches(EDITABLE) || key === " " && target.matches(PRESSED);
}
function listens({ rows, helpOpen, root, host }, event) {
  if (!rows || helpOpen) return false;
  const [target] = event.composedPath();
  if (target instanceof Element && takesKey(target, event.key)) return false;
  return isMeantFor(event, root, host);
}

// src/shared/list-view.ts
function skeleton(height) {
  return h("div", { class: "skeleton", style: `height:${Math.max(height, 20)}px` });
}

// src/timeline/annotations-view.ts
var LONGEST_NOTE = 4e3;
function noteMark({ annotations }, position) {
  const notes = annotations.store.of(position);
  if (!notes.length) return null;
  const count = notes.filter((note) => !note.bookmark).length;
  const who = [...new Set(notes.map((note) => note.mine ? "you" : note.author))].join(", ");
  return h("span", { class: "tag noted", text: count ? many(count, "note") : "bookmark", title: `by ${who}` });
}
function noteButtons({ annotations, presenter }, position) {
  if (presenter.on || !annotations.store.may) return [];
  const marked = Boolean(annotations.store.bookmark(position));
  return [
    h("button", {
      class: "small copy ribbon",
      type: "button",
      "aria-pressed": String(marked),
      title: marked ? "Remove bookmark (b)" : "Bookmark (b)",
      "aria-label": `Bookmark message ${position}`,
      onclick: () => void annotations.toggleBookmark(position)
    }),
    h("button", {
      class: "small copy",
      type: "button",
      text: "Add note",
      title: "Add a note (m)",
      "aria-label": `Add a note to message ${position}`,
      onclick: () => annotations.openDraft(position)
    })
  ];
}
function noteBlocks(view, position) {
  const { annotations, presenter } = view;
  if (presenter.on) return [];
  const blocks = annotations.store.of(position).map((note) => {
    const draft = annotations.draft(position, note.id);
    return draft ? noteEditor(view, draft) : noteBlock(view, position, note);
  });
  const fresh = annotations.draft(position);
  return fresh ? [...blocks, noteEditor(view, fresh)] : blocks;
}
function noteBlock(view, position, note) {
  const { annotations } = view;
  const edit = {
    class: "small",
    type: "button",
    text: "Edit",
    "aria-label": `Edit your note on message ${position}`,
    onclick: () => annotations.openDraft(position, note)
  };
  const head = h(
    "div",
    { class: "usernotehead" },
    h("span", { class: "kicker", text: note.bookmark ? "bookmark" : "note" }),
    fill(h("span", { class: "author" }), note.author),
    timeElement(note.created_at),
    placeTag(position, note),
    note.changed_at ? h("span", {}, "changed ", timeElement(note.changed_at)) : null,
    note.may_change && h("button", edit),
    note.may_delete && deleteButton(view, note)
  );
  const label = `${note.bookmark ? "Bookmark" : "Note"} on message ${position}`;
  const block = h("section", { class: `usernote${note.same ? "" : " odd"}`, "aria-label": label }, head);
  if (note.text !== null) block.append(fill(h("div", { class: "text", dir: "auto" }), note.text));
  return block;
}
function placeTag(position, note) {
  if (!note.same) {
    const title = `Added to message ${note.put_at}, which has changed since`;
    return h("span", { class: "tag error", text: "a different message is here now", title });
  }
  if (note.put_at === position) return null;
  return h("span", { class: "tag", text: `added to #${note.put_at}`, title: "The same message, moved" });
}
function deleteButton({ annotations, state }, note) {
  const sure = !note.bookmark && state.deleting === note.id;
  const act = () => {
    if (note.bookmark || sure) void annotations.delete(note);
    else annotations.askToDelete(note);
  };
  const button = { type: "button", "data-focus": `delete ${note.id}`, onclick: act };
  if (sure) return h("button", { class: "small sure", text: "Confirm delete", ...button });
  const [text, label] = note.bookmark ? ["Remove", "Remove this bookmark"] : ["Delete", "Delete this note"];
  return h("button", { class: "small", text, "aria-label": label, ...button });
}
function noteEditor({ annotations }, draft) {
  const save = () => void annotations.saveDraft(draft);
  const close = () => annotations.closeDraft(draft);
  const area = h("textarea", {
    rows: "2",
    maxlength: LONGEST_NOTE,
    dir: "auto",
    "data-focus": draft.key,
    "aria-label": `Your note on message ${draft.position}`,
    placeholder: "Stored in the inspector only",
    oninput: () => {
      draft.text = area.value;
    },
    onkeydown: (event) => {
      event.stopPropagation();
      if (event.isComposing) return;
      if (event.key === "Escape") close();
      else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
      else return;
      event.preventDefault();
    }
  });
  area.value = draft.text;
  const words = draft.error ? h("span", { class: "failed", role: "alert", text: draft.error }) : h("span", { class: "quiet", text: "Ctrl+Enter saves" });
  const footer = h(
    "div",
    { class: "footer" },
    h("button", { class: "small save", type: "button", text: "Save", title: "Ctrl+Enter", onclick: save }),
    h("button", { class: "small", type: "button", text: "Cancel", title: "Esc", onclick: close }),
    words
  );
  return h("div", { class: "usernote noteeditor" }, area, footer);
}

// src/timeline/parts.ts
var MARKS = {
  cache_only: ["cache only", "The database has no such message"],
  database_only: ["database only", "The cache has no such message: the model does not see it"],
  changed: ["modified", "Differs from the other copy"],
  moved: ["moved", "Different position in the other copy"],
  duplicate: ["duplicate", "Duplicate of the adjacent message"],
  outside_window: ["before the cached window", "The cache keeps only the newest messages"]
};
function markTag(view, position) {
  const name = view.marks.get(position);
  const mark = name === void 0 ? void 0 : MARKS[name];
  return mark ? h("span", { class: `tag mark ${name}`, text: mark[0], title: mark[1] }) : null;
}
function positionLink(view, position) {
  const copy = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void view.clipboard.copyLink(position);
  };
  return h("a", {
    class: "position",
    href: view.clipboard.linkTo(position),
    text: `#${position}`,
    title: "Copy the link to this message",
    "aria-label": `Link to message ${position}`,
    onclick: copy
  });
}
var quiet = (words) => h("p", { class: "quiet", text: words });
var caption = (text) => h("div", { class: "caption", text });
var noteLine = (note) => h("p", { class: "note" }, ...textNodes(note));
var errorTag = (error) => error ? h("span", { class: "tag error", text: "error" }) : null;
function found(element, position, text) {
  element.dataset.find = String(position);
  return fill(element, text);
}
function extrasLine(extras) {
  if (!extras.length) return null;
  const pairs = extras.flatMap(([name, value]) => [h("dt", { text: name }), fill(h("dd"), value)]);
  return h("dl", { class: "extras" }, ...pairs);
}

// src/timeline/text-block.ts
var LINE_LENGTH = 90;
var MOST_ELEMENTS = 500;
var isLong = (text, lines) => text.length > lines * LINE_LENGTH || text.split("\n", lines + 1).length > lines;
function textBlock(view, ordinal, part, given, look = {}) {
  const { code = false, lines = FOLD_LINES, label = "text" } = look;
  const { position } = view.shown.entry(ordinal);
  const held = view.source.text(position, part);
  const text = held && held.text.length > given.text.length ? held.text : given.text;
  const length = held?.length ?? given.length;
  const rest = held ? held.next !== null : given.text.length > 0 && isCut(given);
  const body2 = found(h("div", { class: `text${code ? " code" : ""}`, dir: code ? "ltr" : "auto" }), position, text);
  body2.dataset.part = part;
  if (code && given.laid) {
    body2.classList.add("json");
    paintKeys(body2);
  }
  if (view.disclosure.isTextOpen(ordinal, part)) {
    const shown = rest ? text : null;
    return h("div", { class: "block" }, body2, openFooter(view, ordinal, part, length, shown, isLong(text, lines)));
  }
  const more = h("button", {
    class: "link more",
    type: "button",
    text: `Show all (${many(length, "character")})`,
    "aria-label": `Show all of the ${label}`,
    onclick: () => view.disclosure.openText(ordinal, part)
  });
  return h("div", { class: "block" }, h("div", { class: "clip", style: `--lines:${lines}` }, body2), more);
}
function openFooter(view, ordinal, part, length, shown, long) {
  if (shown === null && !long) return null;
  const readOn = (event) => {
    event.currentTarget.disabled = true;
    void view.texts.more(ordinal, part);
  };
  const close = () => view.disclosure.closeText(ordinal, part);
  const footer = h("div", { class: "footer" });
  if (shown !== null) {
    const words = `${NUMBER.format([...shown].length)} of ${many(length, "character")} `;
    footer.append(
      h("span", { class: "quiet", text: words }),
      h("button", { class: "link", type: "button", text: "Show 100,000 more", onclick: readOn })
    );
  }
  if (long) footer.append(h("button", { class: "link", type: "button", text: "Show less", onclick: close }));
  return footer;
}
function renderedBlock(view, ordinal, html, length) {
  const template = document.createElement("template");
  template.innerHTML = html;
  if (template.content.querySelectorAll("*").length > MOST_ELEMENTS) return null;
  markUnseen(template.content);
  const { position } = view.shown.entry(ordinal);
  const props = { class: "text markdown", dir: "auto", "data-find": position, "data-part": "content" };
  const body2 = h("div", props, template.content);
  const block = h("div", { class: "block" });
  if (view.disclosure.isTextOpen(ordinal, "content")) block.append(body2);
  else {
    const open = () => view.disclosure.openText(ordinal, "content");
    block.append(
      h("div", { class: "clip", style: `--lines:${FOLD_LINES}` }, body2),
      h("button", { class: "link more", type: "button", text: "Show all", onclick: open })
    );
  }
  if (length !== null) {
    block.append(h("div", { class: "quiet", text: `Rendered from the first 20,000 of ${many(length, "character")}.` }));
  }
  return block;
}

// src/timeline/switchable.ts
function switchable(view, ordinal, part, given, label, lines = FOLD_LINES) {
  const { position } = view.shown.entry(ordinal);
  const exact = view.state.exact.has(`${ordinal} ${part}`);
  const tools = h("div", { class: "blocktools" });
  if (given.laid) tools.append(switchButton(view, ordinal, part, label, exact));
  tools.append(
    h("button", {
      class: "small",
      type: "button",
      text: "Copy",
      "aria-label": `Copy the ${label} as stored`,
      onclick: () => void view.clipboard.copyWhole(position, part, label)
    })
  );
  return h("div", { class: "switchable" }, shownText(view, ordinal, part, given, label, lines), tools);
}
function shownText(view, ordinal, part, given, label, lines) {
  const look = { code: true, lines, label };
  if (!given.laid) return textBlock(view, ordinal, part, given, look);
  if (!view.state.exact.has(`${ordinal} ${part}`)) return textBlock(view, ordinal, `${part}.laid`, given, look);
  const held = view.source.text(view.shown.entry(ordinal).position, part);
  return held ? textBlock(view, ordinal, part, { ...held, laid: false }, look) : quiet("…");
}
function switchButton(view, ordinal, part, label, exact) {
  const button = h("button", { class: "small", type: "button", onclick: () => view.texts.switchExact(ordinal, part) });
  setPressed(button, exact);
  button.textContent = exact ? "Format JSON" : "Raw";
  button.title = exact ? "Format the JSON" : "Show the text as it is stored";
  button.setAttribute("aria-label", exact ? `Format the ${label}` : `Show the ${label} as stored`);
  return button;
}

// src/timeline/calls.ts
var ARGUMENT_LINES = 12;
var LEAST_WAIT = 0.05;
function callBlocks(view, ordinal, item) {
  const shown = item.calls.slice(0, view.state.callsShown.get(ordinal) ?? FIRST_CALLS);
  const blocks = shown.map((call, number) => callBlock(view, ordinal, item, call, number));
  const left = item.calls.length - shown.length;
  if (left <= 0) return blocks;
  const all = many(item.calls.length, "call");
  const more = h("button", {
    class: "link",
    type: "button",
    text: `${shown.length} of ${all} shown: show ${Math.min(left, FIRST_CALLS)} more`,
    onclick: () => view.disclosure.showCalls(ordinal, shown.length + FIRST_CALLS)
  });
  return [...blocks, more];
}
function callBlock(view, ordinal, item, call, number) {
  const { presenter, replayer } = view;
  const block = h(
    "section",
    { class: `call${call.damaged ? " damaged" : ""}`, "aria-label": `Call of ${call.name ?? "an unknown tool"}` },
    callHead(view, item, call)
  );
  if (presenter.showsArguments(ordinal)) block.append(...argumentBlocks(view, ordinal, call, number));
  if (!presenter.on) block.append(...call.notes.map(noteLine));
  const { result } = call;
  if (result) {
    const isThere = replayer.isThere(result.ordinal);
    block.append(isThere ? resultBlock(view, ordinal, result) : workingLine(view, ordinal, result));
  }
  return block;
}
function callHead(view, item, call) {
  const { id, name } = call;
  const head = h(
    "div",
    { class: "callhead" },
    h("span", { class: "kicker", text: call.damaged ? "damaged tool call" : "tool call" })
  );
  if (name !== null) head.append(found(h("span", { class: "function" }), item.position, name || "(no name)"));
  if (id && !view.presenter.on) head.append(found(h("code", { class: "id", title: `id: ${id}` }), item.position, id));
  return head;
}
function workingLine(view, ordinal, result) {
  const took = secondsBetween(view.shown.entry(ordinal).at, view.shown.entry(result.ordinal).at);
  const words = took >= LEAST_WAIT ? ` for ${spanWords(took)}` : "";
  return h("p", { class: "working", text: `Running…${words}` });
}
function argumentBlocks(view, ordinal, call, number) {
  return [givenArguments(view, ordinal, call, number), ...restOfEntry(view, ordinal, call, number)];
}
function givenArguments(view, ordinal, call, number) {
  const given = call.arguments;
  if (given.exact === 0) return quiet("no arguments (empty text)");
  if (given.text === "{}") return quiet("no arguments ({})");
  return switchable(view, ordinal, `call.${number}`, given, "arguments", ARGUMENT_LINES);
}
function restOfEntry(view, ordinal, { more }, number) {
  if (!more) return [];
  const part = `more.${number}${more.laid ? ".laid" : ""}`;
  const look = { code: true, lines: ARGUMENT_LINES, label: "rest of the entry" };
  return [caption("Other fields"), textBlock(view, ordinal, part, more, look)];
}
function resultBlock(view, ordinal, result) {
  const { position } = result;
  const open = view.disclosure.isResultOpen(ordinal, result.ordinal);
  const props = { class: `result${result.error ? " failed" : ""}`, "data-result": position };
  const block = h("div", props, resultHead(view, ordinal, result, open));
  block.classList.toggle("lit", view.state.lit === position);
  block.classList.toggle("current", view.state.current === ordinal && view.state.result === position);
  if (open) block.append(...resultBody(view, result));
  block.append(...noteBlocks(view, position));
  return block;
}
function resultHead(view, ordinal, result, open) {
  const opener = h(
    "button",
    {
      class: "opener",
      type: "button",
      "aria-expanded": String(open),
      "aria-label": `${open ? "Close" : "Open"} the result, message ${result.position}`,
      onclick: () => view.disclosure.openResult(ordinal, result.ordinal, !open)
    },
    ...resultWords(view, result)
  );
  return h("div", { class: "resulthead" }, opener, ...view.presenter.on ? [] : resultFacts(view, result));
}
function resultFacts(view, { position, gap, length }) {
  return [
    markTag(view, position),
    noteMark(view, position),
    ...noteButtons(view, position),
    h("span", { class: "gap", text: gapWords(gap) }),
    h("span", { class: "size", text: many(length, "character") }),
    positionLink(view, position)
  ];
}
function resultWords(view, result) {
  const { name, type, error, position } = result;
  const named = name && !view.presenter.on;
  return [
    h("span", { class: "chevron" }),
    h("span", { class: "kicker", text: "tool result" }),
    errorTag(error),
    type && !(error && type === "error") ? fill(h("span", { class: "tag" }), type) : null,
    named ? found(h("span", { class: "name", title: "name" }), position, name) : null,
    fill(h("span", { class: "line", dir: "auto" }), resultLine(result))
  ];
}
function resultLine(result) {
  if (result.null) return "content is null";
  return result.message ?? (result.length ? result.head : "content is the empty text");
}
function resultBody(view, result) {
  const { ordinal, position } = result;
  const notes = view.presenter.on ? [] : result.notes.map(noteLine);
  const beside = view.presenter.on ? [] : view.sourceParts.blocks(position);
  if (result.null || result.length === 0) return [...notes, ...beside];
  const part = view.state.exact.has(`${ordinal} content`) ? "content" : resultPart(result);
  const held = view.source.text(position, part);
  if (!held) {
    view.texts.fetchResult(result, part);
    return [...notes, quiet("Reading the result…")];
  }
  const extras = view.presenter.on ? null : extrasLine(result.extras);
  const text = switchable(view, ordinal, "content", { ...held, laid: result.json }, "result");
  return [...notes, text, ...extras ? [extras] : [], ...beside];
}

// src/timeline/message.ts
var LONGEST_ROLE = 40;
var PREVIEW_LENGTH = 300;
var PREVIEWED_CALLS = 3;
var LEAST_GAP = 60;
function buildMessage(view, ordinal) {
  const { shown, state, presenter } = view;
  const { position, kind } = shown.entry(ordinal);
  const item = view.source.look(ordinal);
  const way = state.wayOf(ordinal);
  const row = h("article", {
    class: `row ${groupOf(kind)} kind-${kind}${way === "folded" ? " folded" : ""}`,
    tabindex: "-1",
    "data-ordinal": ordinal,
    "data-position": position,
    "aria-posinset": shown.placeOf(ordinal) + 1,
    "aria-setsize": shown.visible.length,
    "aria-label": `Message ${position}, ${item?.role || kind}`
  });
  row.classList.toggle("current", state.current === ordinal);
  row.classList.toggle("lit", state.lit === position);
  const head = presenter.on ? presentedHeader(view, ordinal, item, way) : header(view, ordinal, item, way);
  const main = h("div", { class: "main" }, head);
  if (way !== "folded") {
    main.append(...item ? body(view, ordinal, item) : [waiting(view, ordinal)], ...noteBlocks(view, position));
  }
  row.append(
    h("div", { class: "gutter" }, presenter.on ? "" : positionLink(view, position)),
    h("div", { class: "bar" }),
    main
  );
  return row;
}
function header(view, ordinal, item, way) {
  const { position, kind, gap, at, length } = view.shown.entry(ordinal);
  const open = way !== "folded";
  const odd = gap !== null && gap < 0;
  return h(
    "header",
    {},
    foldButton(view, ordinal, position, open),
    roleLabel(item, kind),
    markTag(view, position),
    noteMark(view, position),
    item?.name ? found(h("span", { class: "name", title: "name" }), position, item.name) : null,
    ...item && open ? messageButtons(view, ordinal, item) : [],
    ...item && !open ? foldedWords(item) : [h("span", { class: "space" })],
    h("span", {
      class: `gap${odd ? " odd" : ""}`,
      text: gapWords(gap),
      title: odd ? "Earlier than the previous message" : "since the previous message"
    }),
    timeElement(at),
    h("span", { class: "size", text: length ? many(length, "character") : "" })
  );
}
function presentedHeader(view, ordinal, item, way) {
  const { kind, gap } = view.shown.entry(ordinal);
  const words = item && way === "folded" ? preview(item) : null;
  const later = gap !== null && gap >= LEAST_GAP ? h("span", { class: "gap", text: laterWords(gap) }) : null;
  return h("header", {}, roleLabel(item, kind), words, later);
}
function foldButton(view, ordinal, position, open) {
  return h("button", {
    class: "fold",
    type: "button",
    "aria-expanded": String(open),
    title: open ? "Collapse" : "Expand",
    "aria-label": `${open ? "Collapse" : "Expand"} message ${position}`,
    onclick: () => view.disclosure.fold(ordinal, open)
  });
}
function roleLabel(item, kind) {
  const role = item ? item.role : kind;
  if (!role) return h("span", { class: "role", text: "(no role)" });
  return fill(h("span", { class: "role", title: `role: ${role}` }), role.slice(0, LONGEST_ROLE));
}
function messageButtons(view, ordinal, item) {
  const { position } = item;
  const copy = h("button", {
    class: "small copy",
    type: "button",
    text: "Copy",
    "aria-label": `Copy the text of message ${position}`,
    onclick: () => void view.clipboard.copyMessage(item)
  });
  const replay = h("button", {
    class: "small copy",
    type: "button",
    text: "Replay",
    title: "Replay from this message",
    "aria-label": `Replay from message ${position}`,
    onclick: () => view.replayer.from(ordinal)
  });
  return [copy, replay, ...noteButtons(view, position)];
}
function foldedWords(item) {
  const calls = item.calls.length;
  return calls ? [preview(item), h("span", { class: "callcount", text: many(calls, "call") })] : [preview(item)];
}
function preview(item) {
  const calls = item.calls.map((call) => `${call.name ?? "(damaged)"} ${call.head}`);
  const words = item.content?.text.slice(0, PREVIEW_LENGTH) || calls.slice(0, PREVIEWED_CALLS).join("  ·  ") || item.refusal?.text.slice(0, PREVIEW_LENGTH) || "(empty)";
  return fill(h("span", { class: "preview", dir: "auto" }), words.replace(/\s+/g, " "));
}
function waiting(view, ordinal) {
  const element = skeleton(view.shown.heightOf(ordinal) - 44);
  element.setAttribute("aria-busy", "true");
  return element;
}
function body(view, ordinal, item) {
  const { groups } = view.state;
  const presented = view.presenter.on;
  const extras = presented ? null : extrasLine(item.extras);
  return [
    ...presented ? [] : item.notes.map(noteLine),
    ...groups.has(groupOf(item.kind)) ? ownTexts(view, ordinal, item) : hiddenText(item),
    ...groups.has("tools") ? callBlocks(view, ordinal, item) : hiddenCalls(item),
    ...extras ? [extras] : [],
    ...presented ? [] : view.sourceParts.blocks(item.position)
  ];
}
var hiddenText = ({ content }) => content ? [quiet("The text is hidden by the filter.")] : [];
var hiddenCalls = ({ calls }) => calls.length ? [quiet(`${many(calls.length, "tool call")} hidden by the filter.`)] : [];
function ownTexts(view, ordinal, item) {
  const { refusal, function_call: call } = item;
  const line = view.presenter.on ? null : resultLine2(item);
  const blocks = [
    ...line ? [line] : [],
    ...contextBlocks(view, ordinal, item),
    ...contentBlocks(view, ordinal, item)
  ];
  if (refusal) {
    blocks.push(caption("Refusal"), textBlock(view, ordinal, "refusal", refusal, { label: "refusal" }));
  }
  if (call) {
    const part = `function_call${call.laid ? ".laid" : ""}`;
    const look = { code: true, label: "function call" };
    blocks.push(caption("function_call"), textBlock(view, ordinal, part, call, look));
  }
  return blocks;
}
function contextBlocks(view, ordinal, item) {
  return item.context.map(
    (block, number) => folded(
      `${block.name} · ${many(block.length, "character")}`,
      textBlock(view, ordinal, `context.${number}`, block, { label: block.name })
    )
  );
}
var folded = (label, ...inside) => h("details", { class: "aside" }, h("summary", { text: label }), ...inside);
function contentBlocks(view, ordinal, item) {
  const { content, calls, refusal, function_call: call } = item;
  const silent = !calls.length && !refusal;
  if (content === null) return silent && !call ? [quiet("content is null")] : [];
  if (content.exact === 0) return silent ? [quiet("content is the empty text")] : [];
  if (item.kind === "reasoning") {
    return [folded(`Reasoning · ${many(content.length, "character")}`, textBlock(view, ordinal, "content", content))];
  }
  if (item.summary) return [switchable(view, ordinal, "content", content, "result")];
  if (view.mode === "rendered") return rendered(view, ordinal, content);
  return [textBlock(view, ordinal, "content", content)];
}
function rendered(view, ordinal, content) {
  const html = view.source.html.get(ordinal);
  if (html === void 0) return [waiting(view, ordinal)];
  const block = renderedBlock(view, ordinal, html, isCut(content) ? content.length : null);
  if (block) return [block];
  return [noteLine("Too many parts to render: shown raw."), textBlock(view, ordinal, "content", content)];
}
function resultLine2({ summary, tool_call_id: id, position }) {
  if (!summary) return null;
  const line = h(
    "div",
    { class: "resultline" },
    id ? found(h("code", { class: "id", title: "tool_call_id" }), position, id) : null,
    errorTag(summary.error),
    summary.type ? fill(h("span", { class: "tag" }), summary.type) : null
  );
  return line.childNodes.length ? line : null;
}

// src/timeline/notice.ts
var Notice = class {
  // `leave` takes the focus from a button that goes, `onchange` is told when the list has more or less room.
  constructor(leave, onchange) {
    this.leave = leave;
    this.onchange = onchange;
  }
  leave;
  onchange;
  element = h("div", { class: "notice", hidden: true });
  showError(error, again) {
    const retry = () => {
      this.hide();
      again();
    };
    this.show(
      "notice error",
      h("span", { role: "alert" }, ...textNodes(messageOf(error))),
      h("button", { class: "tool", type: "button", text: "Try again", onclick: retry })
    );
    this.onchange();
  }
  showWords(words) {
    this.show(
      "notice",
      h("span", { role: "status", text: words }),
      h("button", { class: "link", type: "button", text: "Dismiss", onclick: () => this.hide() })
    );
  }
  show(kind, ...children) {
    this.element.hidden = false;
    this.element.className = kind;
    this.element.replaceChildren(...children);
  }
  // Its buttons go with it: the focus must not stay on one that nobody sees, where it would take the keys.
  hide() {
    if (this.element.contains(focusedIn(this.element))) this.leave();
    this.element.hidden = true;
    this.onchange();
  }
};

// src/timeline/outline.ts
var ENTRY = 63;
var AROUND = 4;
var Outline = class {
  // whether the figures of these turns were asked for
  constructor(jump) {
    this.jump = jump;
    const head = h("div", { class: "outlinehead" }, "Turns ", this.count);
    this.element = h("nav", { class: "outline", "aria-label": "Turns" }, head, this.none, this.list);
    this.list.addEventListener("scroll", () => this.paint(), { passive: true });
    this.element.addEventListener("pointerenter", () => {
      this.hovered = true;
    });
    this.element.addEventListener("pointerleave", () => {
      this.hovered = false;
    });
    this.observer = new ResizeObserver(() => this.paint());
    this.observer.observe(this.list);
  }
  jump;
  element;
  canvas = h("div", { class: "entrycanvas", role: "list" });
  list = h("div", { class: "entries" }, this.canvas);
  count = h("span", { class: "outlinecount" });
  none = h("p", { class: "none quiet", hidden: true, text: "No user turns." });
  entries = /* @__PURE__ */ new Map();
  observer;
  questions = [];
  figures = /* @__PURE__ */ new Map();
  now = -1;
  hovered = false;
  isTold = true;
  fill(questions) {
    if (!goesOn(this.questions, questions)) this.figures = /* @__PURE__ */ new Map();
    this.questions = questions;
    this.now = -1;
    for (const n of this.entries.keys()) this.drop(n);
    this.count.textContent = NUMBER.format(questions.length);
    this.canvas.style.height = `${questions.length * ENTRY}px`;
    this.none.hidden = questions.length > 0;
    this.isTold = false;
    this.paint();
  }
  // The figures are asked for where they are seen, which a phone's outline is not before it is opened.
  askOnce() {
    if (this.isTold) return;
    this.isTold = true;
    const { questions } = this;
    void figuresOf(questions).then((figures) => this.figured(questions, figures));
  }
  figured(questions, figures) {
    if (questions !== this.questions || !figures.size) return;
    this.figures = figures;
    for (const [n, { button }] of this.entries) {
      const question = known(this.questions, n);
      const found2 = figures.get(question[0]);
      button.title = told(question, found2);
      setText(known([...button.querySelectorAll(".figures")], 0), figureWords(question, found2));
    }
  }
  // Marks the last question at or before what is being read.
  follow(position) {
    const now = lastWhere(this.questions.length, (n) => known(this.questions, n)[0] <= position);
    if (now === this.now) return;
    this.now = now;
    const top = now * ENTRY;
    const { scrollTop, clientHeight } = this.list;
    if (!this.hovered && now >= 0 && (top < scrollTop || top + ENTRY > scrollTop + clientHeight)) {
      this.list.scrollTop = Math.max(top - clientHeight / 3, 0);
    }
    this.paint();
  }
  paint() {
    const { scrollTop, clientHeight } = this.list;
    if (clientHeight) this.askOnce();
    const first = Math.max(Math.floor(scrollTop / ENTRY) - AROUND, 0);
    const last = Math.min(Math.ceil((scrollTop + clientHeight) / ENTRY) + AROUND, this.questions.length);
    for (const n of this.entries.keys()) if (n < first || n >= last) this.drop(n);
    for (let n = first; n < last; n += 1) {
      const { button } = this.entries.get(n) ?? this.mount(n);
      if (n === this.now) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }
  mount(n) {
    const button = this.button(n);
    const place = h("div", { role: "listitem", class: "entryplace", style: `top:${n * ENTRY}px` }, button);
    this.canvas.append(place);
    this.entries.set(n, { place, button });
    return { place, button };
  }
  button(n) {
    const question = known(this.questions, n);
    const [position, words] = question;
    const figures = this.figures.get(position);
    return h(
      "button",
      {
        class: "entry",
        type: "button",
        title: told(question, figures),
        onclick: () => this.jump(position)
      },
      h("span", { class: "position", text: `#${position}` }),
      fill(h("span", { class: "words", dir: "auto" }), words || "(empty)"),
      h("span", { class: "figures", text: figureWords(question, figures) })
    );
  }
  drop(n) {
    this.entries.get(n)?.place.remove();
    this.entries.delete(n);
  }
  stop() {
    this.observer.disconnect();
  }
};
var goesOn = ([before], [after]) => before?.join() === after?.join();
function figureWords([, , at, seconds], figures) {
  return [
    clockWords(at),
    typeof seconds === "number" ? spanWords(seconds) : "",
    figures ? `${shortNumber(figures.input)} / ${shortNumber(figures.output)}` : "",
    figures && figures.cost !== null ? costWords(figures.cost, figures.currency) : ""
  ].filter(Boolean).join(" · ");
}
function told([position, , , seconds], figures) {
  const lines = [`Message ${position}`];
  if (typeof seconds === "number") lines.push(`Took ${spanWords(seconds)} to the last message of the turn`);
  if (figures) {
    const { input, output, responses } = figures;
    lines.push(
      `${NUMBER.format(input)} input and ${many(output, "output token")} in ${many(responses, "response")}, as recorded`
    );
  }
  if (figures && figures.cost !== null) {
    lines.push(`About ${figures.cost.toFixed(4)} ${figures.currency ?? ""} at list prices`);
  }
  return lines.join("\n");
}

// src/timeline/reading-mode.ts
var KEY = "conversation-inspector.reading-mode";
var chosen = null;
function readingMode() {
  return chosen ?? kept();
}
function kept() {
  try {
    return window.localStorage.getItem(KEY) === "rendered" ? "rendered" : "exact";
  } catch {
    return "exact";
  }
}
function keepReadingMode(mode) {
  try {
    window.localStorage.setItem(KEY, mode);
    chosen = null;
  } catch {
    chosen = mode;
  }
}

// src/timeline/replay-bar.ts
var COLOUR_WORDS = { light: "Light", dark: "Dark" };
var ReplayBar = class {
  constructor(view) {
    this.view = view;
    this.back = this.icon("back", "Back", "Previous message (←)", (replay) => replay.step(-1));
    this.play = this.icon("play", "Play", "Play (Space)", (replay) => replay.toggle());
    this.next = this.icon("next", "Next", "Next message (→)", (replay) => replay.step(1));
    this.range = h("input", {
      type: "range",
      min: "1",
      step: "1",
      "aria-label": "Position in the conversation",
      oninput: () => this.view.replayer.replay?.seek(Number(this.range.value) - 1)
    });
    this.speeds = new Map(SPEEDS.map((speed) => [speed, this.speed(speed)]));
    this.transport = h(
      "div",
      { class: "transport", role: "group", "aria-label": "Replay" },
      h("div", { class: "pair" }, this.back, this.play, this.next),
      this.range,
      this.words,
      h("div", { class: "segments", role: "group", "aria-label": "Speed" }, ...this.speeds.values())
    );
    this.start = tool("Replay", "Play the conversation as it happened (p)", () => view.replayer.start());
    this.rendered = tool(
      "Markdown",
      "Markdown rendered safely, or the text as it is stored",
      () => view.setMode(view.mode === "rendered" ? "exact" : "rendered")
    );
    this.colours = new Map(COLOURS.map((colours) => [colours, this.colour(colours)]));
    this.colourGroup = h(
      "div",
      { class: "segments", role: "group", "aria-label": "Colours" },
      ...this.colours.values()
    );
    this.presenter = tool("", "", () => view.presenter.toggle());
    this.leave = tool("Exit replay", "Exit replay (Esc)", () => view.replayer.leave());
    this.element = h(
      "div",
      { class: "replaybar", hidden: true, onmousedown: keepFocus },
      this.transport,
      this.start,
      this.rendered,
      this.colourGroup,
      this.presenter,
      this.leave
    );
  }
  view;
  element;
  back;
  play;
  next;
  range;
  where = h("span", { class: "where" });
  time = h("span", {
    class: "passing",
    title: "Pauses are capped at 2 s"
  });
  words = h("span", { class: "replaywords", role: "status" }, this.where, this.time);
  speeds;
  transport;
  start;
  rendered;
  colours;
  colourGroup;
  presenter;
  leave;
  icon(name, label, title, act) {
    const onclick = () => {
      const { replay } = this.view.replayer;
      if (replay) act(replay);
    };
    return h("button", { class: `tool icon ${name}`, type: "button", "aria-label": label, title, onclick });
  }
  speed(speed) {
    return h("button", {
      type: "button",
      text: `${speed}×`,
      "aria-label": `${speed} times the speed`,
      title: "Speed (− +)",
      onclick: () => this.view.replayer.replay?.setSpeed(speed)
    });
  }
  colour(colours) {
    const onclick = () => this.view.presenter.present(colours);
    return h("button", { type: "button", text: COLOUR_WORDS[colours], onclick });
  }
  update() {
    const { replayer, presenter, rows, mode } = this.view;
    const { replay } = replayer;
    this.element.hidden = !replay && !presenter.on;
    this.transport.hidden = !replay;
    this.leave.hidden = !replay;
    this.start.hidden = Boolean(replay) || !rows?.visible.length;
    this.colourGroup.hidden = !presenter.on;
    this.rendered.hidden = !presenter.on;
    setPressed(this.rendered, mode === "rendered");
    setText(this.presenter, presenter.on ? "Exit presentation" : "Present");
    this.presenter.title = presenter.on ? "Exit presentation (Esc)" : "Large type, nothing but the conversation (P)";
    const shown = presenter.colours;
    for (const [colours, button] of this.colours) setPressed(button, colours === shown);
    if (replay && rows) this.tell(replay, rows);
  }
  tell(replay, rows) {
    const { head, schedule, drawn, playing } = replay;
    const at = drawn.beat + 1;
    this.tellState(playing ? "Pause" : head.ended ? "Play again" : "Play", playing);
    this.range.max = String(schedule.count);
    this.range.value = String(at);
    const place = `${NUMBER.format(at)} of ${NUMBER.format(schedule.count)}`;
    this.range.setAttribute("aria-valuetext", `Message ${place}, ${rows.index.kinds[replay.now] ?? ""}`);
    this.words.setAttribute("aria-live", playing ? "off" : "polite");
    setText(this.where, this.view.presenter.on ? place : `#${replay.position} · ${place}`);
    this.tellTime(replay, at);
    this.back.disabled = at <= 1;
    this.next.disabled = head.ended;
    for (const [speed, button] of this.speeds) setPressed(button, head.speed === speed);
  }
  tellState(state, playing) {
    if (this.play.getAttribute("aria-label") === state) return;
    this.play.setAttribute("aria-label", state);
    this.play.title = `${state} (Space)`;
    this.play.classList.toggle("on", playing);
  }
  // How much time passes up to the next message, else what passed before this one.
  tellTime({ drawn, schedule }, at) {
    const next = schedule.gaps[at] ?? 0;
    const passing = drawn.passing && next >= 1;
    setText(this.time, passing ? `${laterWords(next)}…` : laterWords(schedule.gaps[at - 1]));
    this.time.classList.toggle("now", passing);
  }
};
var tool = (text, title, onclick) => h("button", { class: "tool", type: "button", text, title, onclick });
function keepFocus(event) {
  if (event.target instanceof Element && event.target.closest("button")) event.preventDefault();
}

// src/timeline/source-parts.ts
var ROUTE2 = "/api/source";
var SourceParts = class {
  at = /* @__PURE__ */ new Map();
  texts = /* @__PURE__ */ new Map();
  address = {};
  // Whether there are any: a session that was not imported has none.
  async read(address) {
    this.at = /* @__PURE__ */ new Map();
    this.texts = /* @__PURE__ */ new Map();
    this.address = address;
    try {
      const { messages } = await ask(ROUTE2, address);
      if (this.address === address) this.at = new Map(messages.map((each) => [each.position, each]));
    } catch {
    }
    return this.at.size > 0;
  }
  blocks(position) {
    const found2 = this.at.get(position);
    if (!found2) return [];
    const blocks = found2.told ? [fill(h("p", { class: "note" }), `The source says: ${found2.told}`)] : [];
    if (found2.words) blocks.push(this.aside(found2));
    return blocks;
  }
  aside({ position, words, parts }) {
    if (!parts.length) return fill(h("p", { class: "note" }), `The source also held: ${words}`);
    const summary = fill(h("summary", {}), `The source also held: ${words}`);
    const inside = parts.map((part) => this.part(position, part));
    return h("details", { class: "aside sourceparts" }, summary, ...inside);
  }
  part(position, part) {
    const summary = fill(h("summary", {}), part.title);
    if (!part.kept) {
      return h("details", { class: "aside" }, summary, h("p", { class: "quiet", text: "Too large to be kept." }));
    }
    const room = h("div", { class: "text code", dir: "auto", "aria-label": `Source of message ${position}` });
    const opened = (event) => {
      if (event.target.open) void this.show(room, part.number);
    };
    return h("details", { class: "aside", ontoggle: opened }, summary, room);
  }
  async show(room, number) {
    const address = this.address;
    try {
      const held = await this.text(number);
      if (this.address !== address) return;
      const more = held.length - held.text.length;
      fill(room, held.text);
      const words = `${many(more, "more character")}: see the JSON of the command line.`;
      if (more > 0) room.append(h("p", { class: "quiet", text: words }));
    } catch (error) {
      this.texts.delete(number);
      fill(room, messageOf(error));
    }
  }
  text(number) {
    const held = this.texts.get(number) ?? ask(`${ROUTE2}/part`, { ...this.address, number });
    this.texts.set(number, held);
    return held;
  }
};

// src/timeline/state.ts
var MOST_REMEMBERED = 20;
var remembered = /* @__PURE__ */ new Map();
var State = class _State {
  anchor = { ordinal: 0, above: 0 };
  groups = new Set(GROUPS);
  presented = "rendered";
  // in the presenter view
  fold = "auto";
  outline = null;
  query = "";
  current = -1;
  result = null;
  // the position of the result that is marked inside the current row
  lit = null;
  flash = 0;
  asked = void 0;
  passed = /* @__PURE__ */ new Set();
  // positions that were marked, or asked for, before the one of now
  found = "";
  // the word of the address that was looked for
  exact = /* @__PURE__ */ new Set();
  drafts = /* @__PURE__ */ new Map();
  // by message and note
  deleting = null;
  // the note whose deletion is to be confirmed
  noted = false;
  // only messages with notes
  notedAt = null;
  callsShown = /* @__PURE__ */ new Map();
  ways = /* @__PURE__ */ new Map();
  texts = /* @__PURE__ */ new Map();
  results = /* @__PURE__ */ new Map();
  static of(session, source) {
    const key = JSON.stringify([session, source]);
    const state = remembered.get(key) ?? new _State();
    remembered.delete(key);
    remembered.set(key, state);
    state.passed.clear();
    const [oldest] = remembered.keys();
    if (remembered.size > MOST_REMEMBERED && oldest !== void 0) remembered.delete(oldest);
    return state;
  }
  forgetWays() {
    this.ways.clear();
    this.texts.clear();
    this.results.clear();
  }
  wayOf(ordinal) {
    return this.ways.get(ordinal) ?? this.fold;
  }
  setWay(ordinal, way) {
    this.ways.set(ordinal, way);
    for (const key of this.texts.keys()) if (key.startsWith(`${ordinal} `)) this.texts.delete(key);
  }
};

// src/timeline/print.ts
var BATCH = 200;
var MOST_MESSAGES = 1e3;
var MOST_CHARACTERS2 = 1e5;
var VIEWS = { masked: "masked view", structure: "structure view: no text" };
var COPIES = { database: "database copy", cache: "cached copy" };
async function printConversation(view, print = () => window.print()) {
  const { rows, source } = view;
  if (!rows) return;
  view.stage.say("Preparing to print…");
  try {
    const ordinals = rows.kept.slice(0, MOST_MESSAGES);
    const messages = [];
    for (let at = 0; at < ordinals.length; at += BATCH) {
      for (const item of await read(source, ordinals.slice(at, at + BATCH))) {
        messages.push(await messageElement(source, item, rows.entry(item.ordinal).at));
      }
    }
    if (source.stopped) return;
    show(sheet(view, rows, messages), print);
  } catch (error) {
    view.stage.say(`Not printed: ${messageOf(error)}`);
  }
}
async function read(source, ordinals) {
  const { items } = await source.get("window", { items: ordinals.join(",") });
  return items;
}
function show(element, print) {
  document.querySelector(".print-sheet")?.remove();
  document.body.append(element);
  window.addEventListener("afterprint", () => element.remove(), { once: true });
  print();
}
function sheet({ data }, rows, messages) {
  const of = rows.kept.length === rows.count ? "" : ` of ${many(rows.count, "message")}`;
  const told2 = [`Session ${data.session}`, COPIES[data.source] ?? data.source, VIEWS[data.view] ?? ""].filter(Boolean);
  const left = rows.kept.length - messages.length;
  return h(
    "div",
    { class: "print-sheet" },
    fill(h("h1", { dir: "auto" }), data.title || "Untitled conversation"),
    fill(h("p"), `${told2.join(" · ")} · ${many(messages.length, "message")}${of}`),
    ...messages,
    left > 0 && h("p", {}, `${many(left, "more message")} not printed: Export makes an HTML report of all.`)
  );
}
async function messageElement(source, item, at) {
  const { position } = item;
  const texts = [
    await textElement(source, position, "content", item.content),
    await textElement(source, position, "refusal", item.refusal),
    await textElement(source, position, "function_call", item.function_call)
  ];
  for (const [n, call] of item.calls.entries()) {
    const name = `Calls ${call.name ?? "(damaged)"}${call.id ? `, ${call.id}` : ""}`;
    texts.push(fill(h("h3"), name), await textElement(source, position, `call.${n}`, call.arguments));
    texts.push(await textElement(source, position, `more.${n}`, call.more));
  }
  const role = [item.role || item.kind, item.name, item.tool_call_id].filter(Boolean).join(" · ");
  return h(
    "section",
    { class: groupOf(item.kind) },
    h("h2", {}, `#${position} `, fill(h("b"), role), " ", timeElement(at)),
    ...texts,
    ...item.notes.map((note) => h("p", { text: note }))
  );
}
async function textElement(source, position, part, given) {
  if (!given) return null;
  const whole = isCut(given) ? await source.whole(position, given.laid ? `${part}.laid` : part) : given.text;
  const text = whole.slice(0, MOST_CHARACTERS2);
  const left = whole.length - text.length;
  const element = fill(h("div", { class: "said", dir: "auto" }), text);
  if (left > 0) element.append(` … (${many(left, "more character")} not printed)`);
  return element;
}

// src/timeline/toolbar.ts
var GROUP_WORDS = { user: "User", assistant: "Assistant", tools: "Tools", other: "System" };
var GROUP_MEANING = {
  user: "the user's messages",
  assistant: "what the assistant says",
  tools: "tool calls and their results",
  other: "system and developer messages, unknown roles"
};
var Toolbar = class {
  constructor(view) {
    this.view = view;
    const { search } = view;
    this.chips = new Map(GROUPS.map((group) => [group, this.chip(group)]));
    this.noted = h("button", { class: "tool", type: "button", hidden: true, onclick: () => view.filter.toggleNoted() });
    this.outline = tool2("Turns", "Outline of the user's turns", () => view.toggleOutline());
    this.exact = this.modeButton("exact", "Raw", "The text as it is stored");
    this.rendered = this.modeButton(
      "rendered",
      "Markdown",
      "Markdown rendered safely: nothing loads, links show their target"
    );
    this.foldAll = tool2("Collapse all", null, () => view.disclosure.foldAll("folded"));
    this.unfoldAll = tool2("Expand all", null, () => view.disclosure.foldAll("open"));
    this.replay = tool2(
      "Replay",
      "Play the conversation as it happened, from the message at the top or the marked one (p)",
      () => view.replayer.start()
    );
    this.previous = step("↑", "Previous match", "N", () => search.step(-1));
    this.next = step("↓", "Next match", "n", () => search.step(1));
    this.input = this.findInput();
    this.tellFound("", false);
    this.element = this.layOut();
  }
  view;
  element;
  input;
  chips;
  shown = h("span", { class: "shown", role: "status" });
  found = h("span", { class: "found", role: "status" });
  noted;
  outline;
  exact;
  rendered;
  foldAll;
  unfoldAll;
  replay;
  previous;
  next;
  layOut() {
    const { view } = this;
    const chips = [...this.chips.values()].map(({ button }) => button);
    const present = h("button", {
      class: "tool",
      type: "button",
      text: "Present",
      "aria-label": "Present",
      title: "Presentation: large type, nothing but the conversation (P)",
      onclick: () => view.presenter.toggle()
    });
    const print = tool2("Print", "Print the messages that the filter shows, each whole", () => {
      void printConversation(view);
    });
    const help = h("button", {
      class: "tool round",
      type: "button",
      text: "?",
      title: "Keyboard shortcuts",
      "aria-label": "Keyboard shortcuts",
      onclick: () => view.showHelp()
    });
    return h(
      "div",
      { class: "toolbar", role: "toolbar", "aria-label": "Timeline" },
      h(
        "div",
        { class: "left" },
        this.outline,
        h("div", { class: "chips", role: "group", "aria-label": "Show messages of" }, ...chips),
        this.noted,
        this.shown
      ),
      h(
        "div",
        { class: "right" },
        h("div", { class: "find", role: "search" }, this.input, this.found, this.previous, this.next),
        h("div", { class: "segments", role: "group", "aria-label": "How text is shown" }, this.exact, this.rendered),
        h("div", { class: "pair" }, this.foldAll, this.unfoldAll),
        h("div", { class: "pair" }, this.replay, present, print),
        help
      )
    );
  }
  chip(group) {
    const count = h("span", { class: "count" });
    const props = { class: `chip ${group}`, type: "button", onclick: () => this.view.filter.toggleGroup(group) };
    return { button: h("button", props, h("span", { class: "dot" }), GROUP_WORDS[group], count), count };
  }
  modeButton(mode, text, title) {
    return h("button", { type: "button", text, title, onclick: () => this.view.setMode(mode) });
  }
  findInput() {
    return h("input", {
      type: "search",
      placeholder: "Find in all messages",
      "aria-label": "Find in all messages",
      spellcheck: "false",
      autocomplete: "off",
      maxlength: "1000",
      oninput: () => this.view.search.type(this.input.value),
      onkeydown: (event) => this.findKey(event)
    });
  }
  findKey(event) {
    const { search, stage } = this.view;
    if (event.key === "Enter") {
      event.preventDefault();
      if (this.input.value === search.query) search.step(event.shiftKey ? -1 : 1);
      else search.run(this.input.value);
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.clearFind();
      stage.focus();
    }
  }
  clearFind() {
    this.input.value = "";
    this.view.search.run("");
  }
  // How many matches there are, in words; `any`: whether one can step through them.
  tellFound(words, any) {
    this.found.textContent = words;
    if (any === void 0) return;
    this.previous.disabled = !any;
    this.next.disabled = !any;
  }
  update() {
    const { state, mode, rows, replayer, outlineOpen } = this.view;
    this.element.inert = !rows;
    for (const [group, chip] of this.chips) this.updateChip(chip, group, rows?.counts[group] ?? 0);
    this.updateNoted();
    this.updateShown();
    setPressed(this.replay, replayer.active);
    this.replay.disabled = !rows?.kept.length;
    setPressed(this.exact, mode === "exact");
    setPressed(this.rendered, mode === "rendered");
    setPressed(this.foldAll, state.fold === "folded");
    setPressed(this.unfoldAll, state.fold === "open");
    setPressed(this.outline, outlineOpen);
  }
  updateChip(chip, group, count) {
    const on = this.view.state.groups.has(group);
    chip.count.textContent = NUMBER.format(count);
    chip.button.hidden = count === 0;
    setPressed(chip.button, on);
    chip.button.title = `${on ? "Hide" : "Show"} ${GROUP_MEANING[group]}`;
  }
  updateNoted() {
    const { state, annotations } = this.view;
    const { size } = annotations.store;
    this.noted.hidden = !size;
    this.noted.textContent = `Annotated ${NUMBER.format(size)}`;
    this.noted.title = state.noted ? "Show all messages again" : "Show only messages with a bookmark or note (g goes to the next)";
    setPressed(this.noted, state.noted);
  }
  updateShown() {
    const { rows } = this.view;
    const [shown, total] = [rows?.kept.length ?? 0, rows?.count ?? 0];
    const all = many(total, "message");
    this.shown.textContent = !rows ? "" : shown === total ? all : `${NUMBER.format(shown)} of ${all}`;
    this.shown.classList.toggle("partial", shown !== total);
  }
};
var tool2 = (text, title, onclick) => h("button", { class: "tool", type: "button", text, title, onclick });
var step = (text, label, key, onclick) => h("button", { class: "step", type: "button", text, title: `${label} (${key})`, "aria-label": label, onclick });

// src/timeline/view.ts
var DEFAULT_WIDTH = 800;
var OUTLINE_WIDTH = 860;
var VIEWS2 = { masked: "Masked view", structure: "Structure only" };
var OTHER_COPY = ["session", "source", "view"];
var TimelineView = class {
  constructor(root, host, data) {
    this.root = root;
    this.host = host;
    this.data = data;
    this.address = takeAddress(this);
    this.state = State.of(data.session, data.source);
    this.notice = new Notice(
      () => this.stage.focus(),
      () => this.list.paint()
    );
    this.layOut();
    this.list = new VirtualList(this, this.stage.scroller, this.stage.canvas);
    this.size = new Autosize(root, host, () => this.updateBars());
    this.listen();
    this.entitle();
    if (this.address.presenter !== null) this.presenter.present(this.address.presenter);
    void this.open();
    this.follower.update();
  }
  root;
  host;
  data;
  live = true;
  state;
  rows = null;
  marks = /* @__PURE__ */ new Map();
  address;
  stage = new Stage("Messages");
  notice;
  texts = new TextReader(this);
  clipboard = new Clipboard(this);
  selection = new Selection(this);
  disclosure = new Disclosure(this);
  deepLink = new DeepLink(this);
  filter = new Filter(this);
  search = new Search(this);
  sourceParts = new SourceParts();
  annotations = new AnnotationsController(this);
  presenter = new Presenter(this);
  replayer = new ReplayController(this);
  follower = new LiveController(this);
  toolbar = new Toolbar(this);
  replayBar = new ReplayBar(this);
  list;
  outline = new Outline((position) => this.selection.jump(position));
  help = helpDialog();
  title = h("h1", { class: "title" });
  size;
  onkey = timelineKeys(this);
  loader = null;
  painting = /* @__PURE__ */ new Set();
  layOut() {
    const { title, toolbar, notice, outline, stage, replayBar, help } = this;
    const columns = h("div", { class: "columns" }, outline.element, stage.element);
    this.root.replaceChildren(
      title,
      toolbar.element,
      notice.element,
      columns,
      this.follower.panel.element,
      replayBar.element,
      help
    );
  }
  listen() {
    const { scroller } = this.stage;
    const stray = () => this.replayer.stray();
    document.addEventListener("keydown", this.onkey);
    scroller.addEventListener("click", (event) => this.selection.clicked(event));
    scroller.addEventListener("wheel", (event) => event.deltaY < 0 && stray(), { passive: true });
    scroller.addEventListener("touchmove", stray, { passive: true });
    scroller.addEventListener("pointerdown", (event) => event.target === scroller && stray());
  }
  // The source of what is shown; there is one as soon as the view was made.
  get source() {
    return this.loader;
  }
  // The rows, for what happens only once they are there.
  get shown() {
    return this.rows;
  }
  // How text is shown.
  get mode() {
    return this.presenter.on ? this.state.presented : readingMode();
  }
  setMode(mode) {
    if (this.mode === mode) return;
    if (this.presenter.on) this.state.presented = mode;
    else keepReadingMode(mode);
    this.updateBars();
    this.list.rebuild();
    this.replayer.follow();
  }
  // A rerun of the page: nothing changes unless what is asked for did.
  update(data) {
    const before = this.data;
    this.data = data;
    this.entitle();
    const other = OTHER_COPY.some((name) => before[name] !== data[name]);
    if (other) this.clear();
    this.follower.update();
    if (other) void this.open();
    else if (before.token !== data.token) void (data.live && this.rows ? this.grow() : this.open());
    else if (before.message !== data.message || before.find !== data.find) this.follow();
    else if (before.zone !== data.zone) this.list.redraw();
  }
  // Another conversation: nothing of the one before stays on the screen.
  clear() {
    this.list.clear();
    this.state.deleting = null;
    this.state = State.of(this.data.session, this.data.source);
    this.replayer.end();
    this.rows = null;
    this.search.forget();
    this.annotations.store.forget();
    this.updateBars();
  }
  async open() {
    if (this.loader) this.loader.stopped = true;
    const source = new Source(this.data);
    this.attach(source);
    this.notice.hide();
    this.root.setAttribute("aria-busy", "true");
    try {
      const message = this.replayer.replay?.position ?? this.address.replay ?? this.data.message;
      const answer = await source.opening(typeof message === "number" ? { message } : {});
      if (!source.stopped) this.opened(answer);
    } catch (error) {
      if (!source.stopped) this.failed(error);
    }
  }
  attach(source) {
    this.loader = source;
    source.onitems = (ordinals) => this.arrived(ordinals);
    source.onfail = (error) => this.notice.showError(error, () => source.retry());
  }
  // Reads the copy again and adds what came meanwhile: what is on the screen stays where it is.
  async grow() {
    const before = this.loader;
    const rows = this.rows;
    if (!before || !rows?.index.count || this.replayer.active) return void this.open();
    const source = new Source(this.data);
    const { index, questions, items } = await source.opening({ message: this.selection.topPosition() ?? 0 });
    if (this.loader !== before || this.rows !== rows) return;
    before.stopped = true;
    this.attach(source);
    const same = unchanged(rows.index, index);
    if (!same) return this.opened({ index, questions, items });
    this.list.followScroll();
    source.carry(before, same);
    this.rows = new Rows(index, this.state);
    this.rows.scale = rows.scale;
    this.rows.noted = rows.noted;
    this.rows.filter();
    this.rows.carry(rows, same);
    for (const [ordinal, { element }] of this.list.mounted) {
      if (same.has(ordinal)) element.setAttribute("aria-setsize", String(this.rows.visible.length));
      else this.list.refresh(ordinal);
    }
    this.tell(index.positions.at(-1) ?? 0, questions);
    this.list.paint();
    void this.readMarks(source, this.marks);
  }
  tell(last, questions) {
    const digits = String(last).length;
    this.root.style.setProperty("--gutter", `${Math.max(digits, 2) * 8 + 24}px`);
    this.updateBars();
    this.outline.fill(questions);
  }
  opened({ index, questions }) {
    this.root.removeAttribute("aria-busy");
    this.list.clear();
    const rows = new Rows(index, this.state);
    rows.width = this.stage.canvas.clientWidth || DEFAULT_WIDTH;
    rows.scale = this.presenter.scale;
    this.rows = rows;
    this.tell(index.positions.at(-1) ?? 0, questions);
    this.stage.showWords(index.count ? "" : "This copy has no messages. There is nothing to show yet.");
    this.size.fit();
    this.toolbar.input.value = this.state.query;
    this.takePlace();
    if (!this.findAsked() && this.state.query) void this.search.run(this.state.query, false);
    void this.readMarks(this.source);
    void this.annotations.read(this.source);
    void this.readSourceParts(this.source);
  }
  // To the message that the page asks for, and to its word in it.
  follow() {
    if (this.deepLink.isNew) this.deepLink.follow();
    this.findAsked();
  }
  // Looks for the word that the page asks for, once: what the reader types afterwards stays.
  findAsked() {
    const { find, message } = this.data;
    if (!find || this.state.found === find) return false;
    this.state.found = find;
    this.toolbar.input.value = find;
    void this.search.run(find, true, message);
    return true;
  }
  // A replay of the address comes before its message; a copy that is read again keeps its replay.
  takePlace() {
    const position = this.replayer.place;
    this.replayer.end();
    if (position !== null && this.replayer.resume(position)) this.state.asked = this.data.message;
    else if (this.deepLink.isNew) this.deepLink.follow();
    else this.list.paint();
  }
  entitle() {
    const narrower = VIEWS2[this.data.view] ?? "";
    fill(this.title, this.data.title ?? "");
    if (narrower) this.title.append(h("small", { class: "view-name", text: narrower }));
    this.root.classList.toggle("wordless", this.data.view === "structure");
  }
  // What the other copy has otherwise; it is read after this one, so the marks come a moment later.
  async readMarks(source, before = /* @__PURE__ */ new Map()) {
    this.marks = before;
    try {
      const { marks } = await source.get("marks");
      if (source.stopped || marks.length === before.size && marks.every(([at, mark]) => before.get(at) === mark))
        return;
      this.marks = new Map(marks);
      this.list.redraw();
    } catch {
    }
  }
  async readSourceParts(source) {
    if (await this.sourceParts.read(source.address) && !source.stopped) this.list.redraw();
  }
  failed(error) {
    this.root.removeAttribute("aria-busy");
    if (!this.rows) this.stage.showWords("Nothing to show: the conversation could not be read.");
    this.notice.showError(error, () => void this.open());
  }
  build(ordinal) {
    const row = buildMessage(this, ordinal);
    if (performance.now() < this.state.flash) row.classList.add("flash");
    this.replayer.replay?.dress(row, ordinal);
    return row;
  }
  want(near, ahead) {
    const order = /* @__PURE__ */ new Set([...near, ...this.replayer.replay?.upcoming ?? [], ...ahead]);
    this.source.wantRendered([...order], this.mode === "rendered");
  }
  arrived(ordinals) {
    this.list.followScroll();
    for (const ordinal of ordinals) this.list.refresh(ordinal);
    this.list.paint();
    this.replayer.arrived(ordinals);
    this.texts.arrived();
  }
  painted() {
    this.dropUnused();
    if (this.search.query) this.search.relight();
    this.outline.follow(this.selection.topPosition());
  }
  dropUnused() {
    const mounted = new Set([...this.list.mounted.values()].map((row) => row.element));
    for (const row of this.painting) if (!mounted.has(row)) dropKeys(row);
    this.painting = mounted;
  }
  changed(ordinal, within = true) {
    const row = this.shown.rowOf(ordinal);
    if (within) this.list.holdWithin(row);
    else this.list.hold(row);
    this.list.refresh(row);
    this.list.paint();
  }
  get outlineOpen() {
    return this.state.outline ?? this.root.clientWidth >= OUTLINE_WIDTH;
  }
  toggleOutline() {
    this.state.outline = !this.outlineOpen;
    this.updateBars();
    this.list.resized();
    this.outline.paint();
  }
  get helpOpen() {
    return this.help.open;
  }
  showHelp() {
    this.help.showModal();
  }
  updateBars() {
    this.toolbar.update();
    this.replayBar.update();
    this.outline.element.hidden = !this.rows || this.presenter.on || !this.outlineOpen;
  }
  fit() {
    this.size.fit();
  }
  // One thing at a time is left: the presenter view, an asked deletion, the replay, then the marks.
  escape() {
    if (this.presenter.on) this.presenter.leave();
    else if (this.annotations.takeBackDeletion()) return;
    else if (this.replayer.active) this.replayer.leave();
    else this.calm();
  }
  calm() {
    this.deepLink.light(null);
    this.selection.select(-1, false);
    this.toolbar.clearFind();
    clearPaint("tl-hit-now");
  }
  // Another timeline takes its place; its own element is still in the page for some frames.
  retire() {
    this.live = false;
    document.removeEventListener("keydown", this.onkey);
    this.replayer.end();
    this.presenter.uncover();
    this.address.stop();
  }
  // The one that took its place is gone, and this one stays.
  revive() {
    this.live = true;
    this.address = takeAddress(this);
    document.addEventListener("keydown", this.onkey);
    void this.open();
  }
  stop() {
    leaveAddress(this);
    this.retire();
    this.state.deleting = null;
    this.source.stopped = true;
    this.follower.stop();
    this.search.stop();
    for (const row of this.list.mounted.values()) dropKeys(row.element);
    this.stage.stop();
    this.list.stop();
    this.outline.stop();
    this.size.stop();
  }
};

// src/timeline/main.ts
var ServedTimeline = class extends TimelineView {
  constructor(root, host, data, server) {
    super(root, host, data);
    this.follower.onnews = () => server.trigger("news", Date.now());
  }
};
var timeline = mount(".timeline", ServedTimeline);
var alone = mount(".live-alone", LiveAlone);
var main_default = (component) => component.parentElement.querySelector(".live-alone") ? alone(component) : timeline(component);
export {
  main_default as default
};
