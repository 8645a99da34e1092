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

// src/shared/keys.ts
var hasModifier = (event) => event.ctrlKey || event.metaKey || event.altKey;

// src/shared/left-list.ts
var KEPT = "conversation-inspector.left-list";
function leftList() {
  try {
    return JSON.parse(window.sessionStorage.getItem(KEPT) ?? "null");
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

// src/facts/neighbours.ts
var KEPT_PARAMETERS = ["tz", "view", "tab"];
function neighboursElement(session) {
  const left = leftList();
  const at = left?.ids.indexOf(session) ?? -1;
  if (!left || at < 0) return null;
  keepList({ ...left, id: session });
  return h(
    "nav",
    { class: "neighbours", "aria-label": "List" },
    link("Back to list", () => left.list),
    step("‹ Previous", left.ids[at - 1]),
    h("span", { text: `${at + 1} of ${left.ids.length}`, title: "The place in the list's page" }),
    step("Next ›", left.ids[at + 1])
  );
}
var step = (label, id) => id ? link(label, () => addressOf(id)) : h("span", { class: "off", "aria-disabled": "true", role: "link", text: label });
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
  return h("div", { title: hint || null }, h("dt", { text: label }), h("dd", { class: copy && "mono" }, ...shown));
}
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
