// What is wrong with a row: each finding with who would reject it, its usual cause, and how to fix it.

import { h } from "../shared/dom";
import { fill, textNodes } from "../shared/text";
import type { Finding, Severity } from "./types";

const MOST_LOST = 600;
const SEVERITY_WORDS: Record<Severity, string> = { error: "Error", warning: "Warning", info: "Info" };

type NameOf = (provider: string) => string;

export function findingBlock(finding: Finding, nameOf: NameOf): HTMLElement {
  return h(
    "section",
    { class: `finding ${finding.severity}` },
    h(
      "header",
      {},
      h("b", { class: "severity", text: SEVERITY_WORDS[finding.severity] }),
      h("span", { class: "title", text: finding.title }),
      h("code", { class: "code", text: finding.code }),
    ),
    h("p", {}, ...textNodes(finding.meaning)),
    finding.rejected_by.length ? rejections(finding, nameOf) : null,
    finding.cause ? h("p", { class: "quiet", text: `Usual cause: ${finding.cause}` }) : null,
    finding.fix && fixBlock(finding.fix),
    finding.threads.length ? threadLine(finding.threads) : null,
  );
}

interface Answer {
  providers: string[];
  text: string;
  path: string | null;
}

// Providers that print the same words stand on one line.
export function answersOf(rejectedBy: Finding["rejected_by"]): Answer[] {
  const byWords = new Map<string, Answer>();
  for (const { provider, text, path } of rejectedBy) {
    const key = JSON.stringify([text, path]);
    const answer = byWords.get(key);
    if (answer) answer.providers.push(provider);
    else byWords.set(key, { providers: [provider], text, path });
  }
  return [...byWords.values()];
}

function rejections(finding: Finding, nameOf: NameOf): HTMLElement {
  const verb = finding.severity === "error" ? "returns" : "might return";
  const line = ({ providers, text, path }: Answer) =>
    h(
      "li",
      {},
      h("span", { text: `${providers.map(nameOf).join(", ")} ${verb}: ` }),
      fill(h("q", { class: "answer" }), text),
      path ? h("code", { class: "path", title: "path", text: path }) : null,
    );
  return h("ul", { class: "answers" }, ...answersOf(finding.rejected_by).map(line));
}

function fixBlock({ what, lost }: NonNullable<Finding["fix"]>): HTMLElement {
  const loss = lost.length
    ? h("span", { class: "loss" }, "(data loss) ", fill(h("q"), lost.join(" · ").slice(0, MOST_LOST)))
    : h("span", { text: "(no data loss)" });
  return h("p", { class: "fix" }, h("b", { text: "Fix: " }), `${what} `, loss);
}

function threadLine(threads: string[]): HTMLElement {
  const links = threads.flatMap((thread, n) => [
    n ? ", " : "",
    h("a", { href: threadAddress(thread), target: "_blank", rel: "noopener noreferrer", text: thread }),
  ]);
  return h("p", { class: "threads quiet" }, "Known reports: ", ...links);
}

export function threadAddress(thread: string): string {
  const [repository, number] = thread.split("#");
  return `https://github.com/${repository}/issues/${number}`;
}
