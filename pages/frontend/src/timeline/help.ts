// The list of keys, in a dialog.

import { h } from "../shared/dom";

const KEYS: [keys: string, words: string][] = [
  ["j  k", "next, previous message"],
  ["\u2193  \u2191", "the same; through a message taller than the view"],
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
  ["\u2190  \u2192", "previous or next message in the replay"],
  ["\u2212  +", "replay slower, faster"],
  ["P", "start or exit presentation; there Page Down and Page Up step too"],
  ["Esc", "close search, presentation or replay; clear highlights"],
  ["?", "this list"],
];

export function helpDialog(): HTMLDialogElement {
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
    close,
  );
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  return dialog;
}
