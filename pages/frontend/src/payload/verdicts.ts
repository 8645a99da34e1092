// Who would take the next turn and who would not, each one click from the message.

import { h } from "../shared/dom";
import { many } from "../shared/format";
import { known } from "../shared/sorted";
import { fill } from "../shared/text";
import type { Verdict } from "./types";

const FIRST_LINES = 3;

export interface VerdictView {
  readonly verdicts: Verdict[];
  readonly all: boolean;
  providerName(provider: string): string;
  whereIs(row: number): string;
  nextReason(provider: string): void;
  showAll(): void;
}

export function verdictLines(view: VerdictView): HTMLElement[] {
  const accepting = view.verdicts.filter((verdict) => !verdict.rejections.length);
  const rejecting = view.verdicts.filter((verdict) => verdict.rejections.length);
  const shown = view.all ? rejecting : rejecting.slice(0, FIRST_LINES);
  const lines: HTMLElement[] = shown.map((verdict) => rejectLine(view, verdict));
  if (rejecting.length > shown.length) {
    const text = `Show ${many(rejecting.length - shown.length, "more provider")}`;
    lines.push(h("button", { class: "link", type: "button", text, onclick: () => view.showAll() }));
  }
  if (accepting.length) lines.push(acceptLine(view, accepting, rejecting.length > 0));
  return lines;
}

function rejectLine(view: VerdictView, { provider, rejections, total }: Verdict): HTMLElement {
  const first = known(rejections, 0);
  return h(
    "button",
    {
      class: "verdict bad",
      type: "button",
      "data-provider": provider,
      title: "Go to the message; click again for the next error",
      onclick: () => view.nextReason(provider),
    },
    h("span", { class: "sign", text: "✕", "aria-hidden": "true" }),
    h("b", { text: `${view.providerName(provider)}: ${many(total, "error")}` }),
    fill(h("span", { class: "answer" }), first.text),
    h("span", { class: "where", text: view.whereIs(first.row) }),
  );
}

function acceptLine(view: VerdictView, accepting: Verdict[], others: boolean): HTMLElement {
  const names = accepting.map(({ provider }) => view.providerName(provider)).join(", ");
  const who = others || accepting.length === 1 ? names : `all providers (${names})`;
  return h(
    "div",
    { class: "verdict good" },
    h("span", { class: "sign", text: "✓", "aria-hidden": "true" }),
    h("span", { text: `Valid for ${who}` }),
  );
}
