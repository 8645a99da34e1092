// The head of a conversation: everything it brought arrives here as text and stays text.

import { type Child, h } from "../shared/dom";

const COPIED_MS = 1_500;

interface Fact {
  label: string;
  value: string;
  copy: boolean;
  hint: string;
  tone: "ok" | "off" | "warning" | null;
}

interface Data {
  title: string;
  quiet: boolean;
  rows: Fact[][];
}

export default function ({ parentElement, data }: { parentElement: HTMLElement | ShadowRoot; data: Data }): void {
  const root = h(
    "header",
    { class: "facts" },
    data.title && h("h1", { class: data.quiet && "quiet", text: data.title, title: data.title, dir: "auto" }),
    ...data.rows.filter((facts) => facts.length).map((facts) => h("dl", {}, ...facts.map(factElement))),
  );
  parentElement.querySelector(".facts")?.remove();
  parentElement.append(root);
}

function factElement({ label, value, copy, hint, tone }: Fact): HTMLElement {
  const shown: Child[] = [tone && h("span", { class: `dot ${tone}` }), value, copy && copyButton(value, label)];
  return h("div", { title: hint || null }, h("dt", { text: label }), h("dd", { class: copy && "mono" }, ...shown));
}

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
