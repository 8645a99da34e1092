// How text is shown, raw or as Markdown, for every conversation that is opened in this browser.

import type { Mode } from "./state";

const KEY = "conversation-inspector.reading-mode";

let chosen: Mode | null = null; // what the browser could not keep lasts as long as the page

export function readingMode(): Mode {
  return chosen ?? kept();
}

function kept(): Mode {
  try {
    return window.localStorage.getItem(KEY) === "rendered" ? "rendered" : "exact";
  } catch {
    return "exact"; // storage is switched off
  }
}

export function keepReadingMode(mode: Mode): void {
  try {
    window.localStorage.setItem(KEY, mode);
    chosen = null;
  } catch {
    chosen = mode;
  }
}
