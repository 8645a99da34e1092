// The bar above the list: outline, filter with counts, find, exact or rendered, fold all, keys.

const GROUP_WORDS = { user: "User", assistant: "Assistant", tools: "Tools", other: "Other" };
const GROUP_MEANING = { user: "the user's messages", assistant: "what the assistant says", tools: "tool calls and their results",
  other: "system and developer messages, unknown roles" };
const KEYS = [
  ["j  k", "next, previous message"], ["\u2193  \u2191", "the same; through a message taller than the view"],
  ["Page Down  Page Up", "a view down, up"], ["Home  End", "first, last message"], ["o", "open or close the message"],
  ["x", "fold the message to a line, or unfold it"], ["/", "find"],
  ["Enter  Shift+Enter", "next, previous match, in the box"], ["n  N", "next, previous match"],
  ["b", "bookmark the message, or take the bookmark away"], ["m", "write a note on the message"],
  ["g  G", "next, previous message with a bookmark or note"],
  ["p", "replay from here; play or pause"], ["Space", "play or pause the replay"],
  ["\u2190  \u2192", "a message back or on in the replay"], ["\u2212  +", "replay slower, faster"],
  ["P", "presenter view, in and out; there Page Down and Page Up step too"],
  ["Esc", "leave the box, the presenter view, the replay; drop the marks"], ["?", "this list"],
];

class Toolbar {
  constructor(view) {
    this.view = view;
    this.chips = new Map(GROUPS.map((group) => [group, this.chip(group)]));
    this.shown = h("span", { class: "shown", role: "status" });
    this.noted = h("button", { class: "tool", type: "button", hidden: true, onclick: () => view.toggleNoted() });
    this.outline = h("button", { class: "tool", type: "button", text: "Questions", title: "Outline of the user's questions",
      onclick: () => view.toggleOutline() });
    this.exact = this.mode("exact", "Exact", "The text as it is stored");
    this.rendered = this.mode("rendered", "Rendered", "Markdown rendered safely: nothing loads, links show their target");
    this.foldAll = h("button", { class: "tool", type: "button", text: "Fold all", onclick: () => view.foldAll("folded") });
    this.unfoldAll = h("button", { class: "tool", type: "button", text: "Unfold all", onclick: () => view.foldAll("open") });
    this.replay = h("button", { class: "tool", type: "button", text: "Replay",
      title: "Play the conversation as it happened, from the message at the top or the marked one (p)",
      onclick: () => view.startReplay() });
    this.present = h("button", { class: "tool", type: "button", text: "Present", "aria-label": "Presenter view",
      title: "Presenter view: large type, nothing but the conversation (P)", onclick: () => view.togglePresenter() });
    this.help = h("button", { class: "tool round", type: "button", text: "?", title: "Keys", "aria-label": "Keys",
      onclick: () => view.showHelp() });
    this.element = h("div", { class: "toolbar", role: "toolbar", "aria-label": "Timeline" },
      h("div", { class: "left" }, this.outline,
        h("div", { class: "chips", role: "group", "aria-label": "Show messages of" }, ...this.chips.values()), this.noted, this.shown),
      h("div", { class: "right" }, this.findBox(),
        h("div", { class: "segments", role: "group", "aria-label": "How text is shown" }, this.exact, this.rendered),
        h("div", { class: "pair" }, this.foldAll, this.unfoldAll), h("div", { class: "pair" }, this.replay, this.present),
        this.help));
  }

  chip(group) {
    return h("button", { class: `chip ${group}`, type: "button", onclick: () => this.view.toggleGroup(group) },
      h("span", { class: "dot" }), GROUP_WORDS[group], h("span", { class: "count" }));
  }

  mode(mode, text, title) {
    return h("button", { type: "button", text, title, onclick: () => this.view.setMode(mode) });
  }

  findBox() {
    const { find } = this.view;
    this.input = h("input", { type: "search", placeholder: "Find in all messages", "aria-label": "Find in all messages",
      spellcheck: "false", autocomplete: "off", maxlength: "1000", oninput: () => find.type(this.input.value),
      onkeydown: (event) => this.findKey(event) });
    this.found = h("span", { class: "found", role: "status" });
    this.previous = h("button", { class: "step", type: "button", text: "\u2191", title: "Previous match (N)",
      "aria-label": "Previous match", onclick: () => find.step(-1) });
    this.next = h("button", { class: "step", type: "button", text: "\u2193", title: "Next match (n)",
      "aria-label": "Next match", onclick: () => find.step(1) });
    this.count("", false);
    return h("div", { class: "find", role: "search" }, this.input, this.found, this.previous, this.next);
  }

  async findKey(event) {
    const { find } = this.view;
    if (event.key === "Enter") {
      event.preventDefault();
      if (this.input.value === find.query) find.step(event.shiftKey ? -1 : 1);
      else find.run(this.input.value);
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.input.value = "";
      find.run("");
      this.view.scroller.focus({ preventScroll: true });
    }
  }

  count(words, any) {
    this.found.textContent = words;
    this.previous.disabled = !any;
    this.next.disabled = !any;
  }

  update() {
    const { state, rows } = this.view;
    this.element.inert = !rows;
    const pressed = (button, on) => button.setAttribute("aria-pressed", String(on));
    for (const [group, chip] of this.chips) {
      const count = rows?.counts[group] ?? 0;
      chip.querySelector(".count").textContent = NUMBER.format(count);
      chip.hidden = count === 0;
      pressed(chip, state.groups.has(group));
      chip.title = `${state.groups.has(group) ? "Hide" : "Show"} ${GROUP_MEANING[group]}`;
    }
    const noted = this.view.noting.at.size;
    this.noted.hidden = !noted;
    this.noted.textContent = `Noted ${NUMBER.format(noted)}`;
    this.noted.title = state.noted ? "Show all messages again" : "Show only messages with a bookmark or note (g goes to the next)";
    pressed(this.noted, state.noted);
    const total = rows?.index.count ?? 0;
    this.shown.textContent = !rows ? "" : rows.shown === total ? many(total, "message")
      : `${NUMBER.format(rows.shown)} of ${many(total, "message")}`;
    this.shown.classList.toggle("partial", Boolean(rows) && rows.shown !== total);
    pressed(this.replay, Boolean(this.view.replay));
    this.replay.disabled = !rows?.kept.length;
    pressed(this.exact, state.mode === "exact");
    pressed(this.rendered, state.mode === "rendered");
    pressed(this.foldAll, state.fold === "folded");
    pressed(this.unfoldAll, state.fold === "open");
    pressed(this.outline, this.view.outlineOpen());
  }
}

function helpDialog() {
  const list = h("dl", {});
  for (const [keys, words] of KEYS) {
    list.append(h("dt", {}, ...keys.split("  ").map((key) => h("kbd", { text: key }))), h("dd", { text: words }));
  }
  const dialog = h("dialog", { class: "help", "aria-label": "Keys" }, h("h2", { text: "Keys" }), list,
    h("form", { method: "dialog" }, h("button", { class: "tool", text: "Close" })));
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  return dialog;
}
