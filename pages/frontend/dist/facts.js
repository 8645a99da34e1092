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

// src/shared/keys.ts
var hasModifier = (event) => event.ctrlKey || event.metaKey || event.altKey;

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

// src/shared/left-list.ts
var KEPT = "conversation-inspector.left-list";
var PAGE_ROUTE = "/api/list/page";
var PLACE = "place";
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
var growing = /* @__PURE__ */ new Map();
function grownList(left, side) {
  const place = left[side];
  const page = left.pages[side === "newer" ? 0 : left.pages.length - 1];
  if (place === null || !page) return Promise.resolve(left);
  const address = atPlace(page.list, place);
  const before = growing.get(address);
  if (before) return before;
  const asked = read(address, side).finally(() => growing.delete(address));
  growing.set(address, asked);
  return asked;
}
async function read(address, side) {
  const found = await ask(PAGE_ROUTE, parametersOf(address));
  const left = leftList();
  if (!left) throw new Error("The list is no longer kept.");
  const known = new Set(left.pages.flatMap(({ ids }) => ids));
  const page = { list: address, ids: found.ids.filter((id) => !known.has(id)) };
  const isNewer = side === "newer";
  const grown = {
    ...left,
    pages: isNewer ? [page, ...left.pages] : [...left.pages, page],
    before: isNewer && left.before !== null ? Math.max(left.before - page.ids.length, 0) : left.before,
    [side]: found[side]
  };
  keepList(grown);
  return grown;
}
function atPlace(list, place) {
  const [path, query] = list.split("?");
  const parameters = new URLSearchParams(query);
  parameters.set(PLACE, place);
  return `${path}?${parameters}`;
}
function parametersOf(address) {
  const parameters = new URLSearchParams(address.split("?")[1]);
  parameters.delete("view");
  const view = new URLSearchParams(window.location.search).get("view");
  if (view) parameters.set("view", view);
  parameters.set("zone", Intl.DateTimeFormat().resolvedOptions().timeZone);
  return Object.fromEntries(parameters);
}

// src/facts/neighbours.ts
var KEPT_PARAMETERS = ["tz", "view", "tab"];
var STEPS = { newer: -1, older: 1 };
var LABELS = { newer: "‹ Previous", older: "Next ›" };
function neighboursElement(session) {
  const left = leftList();
  if (!left || !pageOf(left, session)) return null;
  keepList({ ...left, id: session });
  const element = h("nav", { class: "neighbours", "aria-label": "List" });
  draw(element, left, session);
  listen(element);
  return element;
}
var KEYS = { "[": "newer", "]": "older" };
var TYPED_INTO = "input, textarea, select, [contenteditable]";
function listen(element) {
  const onkey = (event) => {
    if (!element.isConnected) {
      document.removeEventListener("keydown", onkey);
      return;
    }
    const side = KEYS[event.key];
    const [target] = event.composedPath();
    const isTyping = target instanceof Element && target.closest(TYPED_INTO) !== null;
    const isShortcut = hasModifier(event) && !event.getModifierState("AltGraph");
    if (document.documentElement.dataset.presenter === "on") return;
    if (!side || isTyping || isShortcut || event.defaultPrevented) return;
    element.querySelector(`a[data-side=${side}]`)?.click();
  };
  document.addEventListener("keydown", onkey);
}
function draw(element, left, session) {
  const ids = left.pages.flatMap((page) => page.ids);
  const at = ids.indexOf(session);
  element.replaceChildren(
    link("Back to list", () => pageOf(leftList() ?? left, session)?.list ?? "/sessions"),
    step("newer", ids[at - 1], left.newer !== null),
    h("span", { text: placeWords(left, at, ids.length), title: "The place in the list" }),
    step("older", ids[at + 1], left.older !== null)
  );
  const missing = ["newer", "older"].find((side) => left[side] !== null && !ids[at + STEPS[side]]);
  if (missing) grow(element, left, missing, session);
}
function placeWords(left, at, known) {
  const total = left.total ?? (left.newer === null && left.older === null ? known : null);
  if (left.before === null) return total === null ? "" : `one of ${NUMBER.format(total)}`;
  const place = NUMBER.format(left.before + at + 1);
  return total === null ? place : `${place} of ${NUMBER.format(Math.max(total, left.before + known))}`;
}
async function grow(element, left, side, session) {
  try {
    draw(element, await grownList(left, side), session);
  } catch {
    const shown = element.querySelector(`[data-side=${side}]`);
    shown?.setAttribute("title", "The rest of the list can't be read now");
    shown?.removeAttribute("aria-busy");
  }
}
function step(side, id, expected) {
  if (id) {
    const element = link(LABELS[side], () => addressOf(id));
    element.dataset.side = side;
    element.title = side === "newer" ? "Previous session of the list ([)" : "Next session of the list (])";
    return element;
  }
  return h("span", {
    class: "off",
    role: "link",
    "aria-disabled": "true",
    "aria-busy": expected ? "true" : null,
    "data-side": side,
    text: LABELS[side]
  });
}
function addressOf(id) {
  const query = new URLSearchParams({ id });
  const here = new URLSearchParams(window.location.search);
  for (const name of KEPT_PARAMETERS) {
    const value = here.get(name);
    if (value) query.set(name, value);
  }
  return `${window.location.pathname}?${query}`;
}
function link(label, address) {
  const element = h("a", {
    href: address(),
    text: label,
    onpointerdown: () => element.setAttribute("href", address()),
    onclick: (event) => {
      if (hasModifier(event) || event.shiftKey) return;
      event.preventDefault();
      window.history.pushState({}, "", address());
      window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
    }
  });
  return element;
}

// src/facts/main.ts
var COPIED_MS = 1500;
var SHAPES = { ok: "●", off: "○", warning: "■", medium: "■", high: "▲", critical: "◆" };
function main_default({ parentElement, data }) {
  const root = h(
    "header",
    { class: "facts" },
    data.session && neighboursElement(data.session),
    data.title && h("h1", { class: data.quiet && "quiet", text: data.title, title: data.title, dir: "auto" }),
    ...data.rows.filter((facts) => facts.length).map((facts) => h("dl", {}, ...facts.map(factElement)))
  );
  parentElement.querySelector(".facts")?.remove();
  parentElement.append(root);
}
function factElement({ label, value, copy, hint, tone }) {
  const shown = [
    tone && h("span", { class: `dot ${tone}`, "aria-hidden": "true", text: SHAPES[tone] }),
    value,
    copy && copyButton(value, label)
  ];
  const text = h("dd", { class: copy && "mono" }, ...shown);
  scrolling.observe(text);
  return h("div", { title: hint || null }, h("dt", { text: label }), text);
}
var scrolling = new ResizeObserver((changes) => {
  for (const { target } of changes) {
    if (target.scrollHeight > target.clientHeight) target.setAttribute("tabindex", "0");
    else target.removeAttribute("tabindex");
  }
});
function copyButton(value, label) {
  const button = h("button", {
    type: "button",
    text: "Copy",
    "aria-label": `Copy ${label}`,
    onclick: async () => {
      await navigator.clipboard.writeText(value);
      button.textContent = "Copied";
      setTimeout(() => {
        button.textContent = "Copy";
      }, COPIED_MS);
    }
  });
  return button;
}
export {
  main_default as default
};
