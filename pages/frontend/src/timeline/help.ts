// The list of keys, in a dialog.

import { h } from "../shared/dom";

const KEYS: [keys: string, words: string][] = [
  ["j  k", "next, previous message"],
  ["\u2193  \u2191", "the same; through a message taller than the view"],
  ["Page Down  Page Up", "a view down, up"],
  ["Home  End", "first, last message"],
  ["o", "open or close the message"],
  ["x", "fold the message to a line, or unfold it"],
  ["/", "find"],
  ["Enter  Shift+Enter", "next, previous match, in the box"],
  ["n  N", "next, previous match"],
  ["b", "bookmark the message, or take the bookmark away"],
  ["m", "write a note on the message"],
  ["g  G", "next, previous message with a bookmark or note"],
  ["p", "replay from here; play or pause"],
  ["Space", "play or pause the replay"],
  ["\u2190  \u2192", "a message back or on in the replay"],
  ["\u2212  +", "replay slower, faster"],
  ["P", "presenter view, in and out; there Page Down and Page Up step too"],
  ["Esc", "leave the box, the presenter view, the replay; drop the marks"],
  ["?", "this list"],
];

export function helpDialog(): HTMLDialogElement {
  const list = h("dl");
  for (const [keys, words] of KEYS) {
    list.append(h("dt", {}, ...keys.split("  ").map((key) => h("kbd", { text: key }))), h("dd", { text: words }));
  }
  const close = h("form", { method: "dialog" }, h("button", { class: "tool", text: "Close" }));
  const dialog = h("dialog", { class: "help", "aria-label": "Keys" }, h("h2", { text: "Keys" }), list, close);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  return dialog;
}
