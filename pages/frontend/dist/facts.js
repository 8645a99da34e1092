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

// src/facts/main.ts
var COPIED_MS = 1500;
function main_default({ parentElement, data }) {
  const root = h(
    "header",
    { class: "facts" },
    data.title && h("h1", { class: data.quiet && "quiet", text: data.title, title: data.title, dir: "auto" }),
    ...data.rows.filter((facts) => facts.length).map((facts) => h("dl", {}, ...facts.map(factElement)))
  );
  parentElement.querySelector(".facts")?.remove();
  parentElement.append(root);
}
function factElement({ label, value, copy, hint, tone }) {
  const shown = [tone && h("span", { class: `dot ${tone}` }), value, copy && copyButton(value, label)];
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
