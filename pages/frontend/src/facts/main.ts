// The head of a conversation: everything it brought arrives here as text and stays text.

import { type Child, h } from "../shared/dom";
import { neighboursElement } from "./neighbours";

const COPIED_MS = 1_500;

const SHAPES = { ok: "●", off: "○", warning: "■", medium: "■", high: "▲", critical: "◆" };

interface Fact {
  label: string;
  value: string;
  copy: boolean;
  hint: string;
  tone: keyof typeof SHAPES | null;
}

interface Data {
  title: string;
  quiet: boolean;
  session: string; // whose neighbours in the list are offered; empty for none
  rows: Fact[][];
}

export default function ({ parentElement, data }: { parentElement: HTMLElement | ShadowRoot; data: Data }): void {
  const root = h(
    "header",
    { class: "facts" },
    data.session && neighboursElement(data.session),
    data.title && h("h1", { class: data.quiet && "quiet", text: data.title, title: data.title, dir: "auto" }),
    ...data.rows.filter((facts) => facts.length).map((facts) => h("dl", {}, ...facts.map(factElement))),
  );
  parentElement.querySelector(".facts")?.remove();
  parentElement.append(root);
}

function factElement({ label, value, copy, hint, tone }: Fact): HTMLElement {
  const shown: Child[] = [
    tone && h("span", { class: `dot ${tone}`, "aria-hidden": "true", text: SHAPES[tone] }),
    value,
    copy && copyButton(value, label),
  ];
  const text = h("dd", { class: copy && "mono" }, ...shown);
  scrolling.observe(text);
  return h("div", { title: hint || null }, h("dt", { text: label }), text);
}

// A long value scrolls, which keys can do too where it has the focus.
const scrolling = new ResizeObserver((changes) => {
  for (const { target } of changes) {
    if (target.scrollHeight > target.clientHeight) target.setAttribute("tabindex", "0");
    else target.removeAttribute("tabindex");
  }
});

function copyButton(value: string, label: string): HTMLElement {
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
    },
  });
  return button;
}
