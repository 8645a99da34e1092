// The bar above the list: outline, filter with counts, find, exact or rendered, fold all, keys.

import { h, setPressed } from "../shared/dom";
import { many, NUMBER } from "../shared/format";
import { GROUPS, type Group } from "../shared/roles";
import { type Printed, printConversation } from "./print";
import type { Rows } from "./rows";
import type { Mode, State, Way } from "./state";

const GROUP_WORDS: Record<Group, string> = { user: "User", assistant: "Assistant", tools: "Tools", other: "System" };
const GROUP_MEANING: Record<Group, string> = {
  user: "the user's messages",
  assistant: "what the assistant says",
  tools: "tool calls and their results",
  other: "system and developer messages, unknown roles",
};

// What the bar shows, and what its buttons do.
export interface ToolbarView extends Printed {
  readonly rows: Rows | null;
  readonly state: State;
  readonly mode: Mode;
  readonly outlineOpen: boolean;
  readonly annotations: { readonly store: { readonly size: number } };
  readonly filter: { toggleGroup(group: Group): void; toggleNoted(): void };
  readonly disclosure: { foldAll(way: Way): void };
  readonly replayer: { readonly active: boolean; start(): void };
  readonly presenter: { toggle(): void };
  readonly search: {
    readonly query: string;
    type(query: string): void;
    run(query: string): void;
    step(way: 1 | -1): void;
  };
  readonly stage: { focus(): void; say(words: string): void };
  setMode(mode: Mode): void;
  toggleOutline(): void;
  showHelp(): void;
}

interface Chip {
  button: HTMLButtonElement;
  count: HTMLElement;
}

export class Toolbar {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  private readonly chips: Map<Group, Chip>;
  private readonly shown = h("span", { class: "shown", role: "status" });
  private readonly found = h("span", { class: "found", role: "status" });
  private readonly noted: HTMLButtonElement;
  private readonly outline: HTMLButtonElement;
  private readonly exact: HTMLButtonElement;
  private readonly rendered: HTMLButtonElement;
  private readonly foldAll: HTMLButtonElement;
  private readonly unfoldAll: HTMLButtonElement;
  private readonly replay: HTMLButtonElement;
  private readonly previous: HTMLButtonElement;
  private readonly next: HTMLButtonElement;

  constructor(private readonly view: ToolbarView) {
    const { search } = view;
    this.chips = new Map(GROUPS.map((group) => [group, this.chip(group)]));
    this.noted = h("button", { class: "tool", type: "button", hidden: true, onclick: () => view.filter.toggleNoted() });
    this.outline = tool("Turns", "Outline of the user's turns", () => view.toggleOutline());
    this.exact = this.modeButton("exact", "Raw", "The text as it is stored");
    this.rendered = this.modeButton(
      "rendered",
      "Markdown",
      "Markdown rendered safely: nothing loads, links show their target",
    );
    this.foldAll = tool("Collapse all", null, () => view.disclosure.foldAll("folded"));
    this.unfoldAll = tool("Expand all", null, () => view.disclosure.foldAll("open"));
    this.replay = tool(
      "Replay",
      "Play the conversation as it happened, from the message at the top or the marked one (p)",
      () => view.replayer.start(),
    );
    this.previous = step("\u2191", "Previous match", "N", () => search.step(-1));
    this.next = step("\u2193", "Next match", "n", () => search.step(1));
    this.input = this.findInput();
    this.tellFound("", false);
    this.element = this.layOut();
  }

  private layOut(): HTMLElement {
    const { view } = this;
    const chips = [...this.chips.values()].map(({ button }) => button);
    const present = h("button", {
      class: "tool",
      type: "button",
      text: "Present",
      "aria-label": "Present",
      title: "Presentation: large type, nothing but the conversation (P)",
      onclick: () => view.presenter.toggle(),
    });
    const print = tool("Print", "Print the messages that the filter shows, each whole", () => {
      void printConversation(view);
    });
    const help = h("button", {
      class: "tool round",
      type: "button",
      text: "?",
      title: "Keyboard shortcuts",
      "aria-label": "Keyboard shortcuts",
      onclick: () => view.showHelp(),
    });
    return h(
      "div",
      { class: "toolbar", role: "toolbar", "aria-label": "Timeline" },
      h(
        "div",
        { class: "left" },
        this.outline,
        h("div", { class: "chips", role: "group", "aria-label": "Show messages of" }, ...chips),
        this.noted,
        this.shown,
      ),
      h(
        "div",
        { class: "right" },
        h("div", { class: "find", role: "search" }, this.input, this.found, this.previous, this.next),
        h("div", { class: "segments", role: "group", "aria-label": "How text is shown" }, this.exact, this.rendered),
        h("div", { class: "pair" }, this.foldAll, this.unfoldAll),
        h("div", { class: "pair" }, this.replay, present, print),
        help,
      ),
    );
  }

  private chip(group: Group): Chip {
    const count = h("span", { class: "count" });
    const props = { class: `chip ${group}`, type: "button", onclick: () => this.view.filter.toggleGroup(group) };
    return { button: h("button", props, h("span", { class: "dot" }), GROUP_WORDS[group], count), count };
  }

  private modeButton(mode: Mode, text: string, title: string): HTMLButtonElement {
    return h("button", { type: "button", text, title, onclick: () => this.view.setMode(mode) });
  }

  private findInput(): HTMLInputElement {
    return h("input", {
      type: "search",
      placeholder: "Find in all messages",
      "aria-label": "Find in all messages",
      spellcheck: "false",
      autocomplete: "off",
      maxlength: "1000",
      oninput: () => this.view.search.type(this.input.value),
      onkeydown: (event) => this.findKey(event),
    });
  }

  private findKey(event: KeyboardEvent): void {
    const { search, stage } = this.view;
    if (event.key === "Enter") {
      event.preventDefault();
      if (this.input.value === search.query) search.step(event.shiftKey ? -1 : 1);
      else search.run(this.input.value);
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.clearFind();
      stage.focus();
    }
  }

  clearFind(): void {
    this.input.value = "";
    this.view.search.run("");
  }

  // How many matches there are, in words; `any`: whether one can step through them.
  tellFound(words: string, any?: boolean): void {
    this.found.textContent = words;
    if (any === undefined) return;
    this.previous.disabled = !any;
    this.next.disabled = !any;
  }

  update(): void {
    const { state, mode, rows, replayer, outlineOpen } = this.view;
    this.element.inert = !rows;
    for (const [group, chip] of this.chips) this.updateChip(chip, group, rows?.counts[group] ?? 0);
    this.updateNoted();
    this.updateShown();
    setPressed(this.replay, replayer.active);
    this.replay.disabled = !rows?.kept.length;
    setPressed(this.exact, mode === "exact");
    setPressed(this.rendered, mode === "rendered");
    setPressed(this.foldAll, state.fold === "folded");
    setPressed(this.unfoldAll, state.fold === "open");
    setPressed(this.outline, outlineOpen);
  }

  private updateChip(chip: Chip, group: Group, count: number): void {
    const on = this.view.state.groups.has(group);
    chip.count.textContent = NUMBER.format(count);
    chip.button.hidden = count === 0;
    setPressed(chip.button, on);
    chip.button.title = `${on ? "Hide" : "Show"} ${GROUP_MEANING[group]}`;
  }

  private updateNoted(): void {
    const { state, annotations } = this.view;
    const { size } = annotations.store;
    this.noted.hidden = !size;
    this.noted.textContent = `Annotated ${NUMBER.format(size)}`;
    this.noted.title = state.noted
      ? "Show all messages again"
      : "Show only messages with a bookmark or note (g goes to the next)";
    setPressed(this.noted, state.noted);
  }

  private updateShown(): void {
    const { rows } = this.view;
    const [shown, total] = [rows?.kept.length ?? 0, rows?.count ?? 0];
    const all = many(total, "message");
    this.shown.textContent = !rows ? "" : shown === total ? all : `${NUMBER.format(shown)} of ${all}`;
    this.shown.classList.toggle("partial", shown !== total);
  }
}

const tool = (text: string, title: string | null, onclick: () => void): HTMLButtonElement =>
  h("button", { class: "tool", type: "button", text, title, onclick });

const step = (text: string, label: string, key: string, onclick: () => void): HTMLButtonElement =>
  h("button", { class: "step", type: "button", text, title: `${label} (${key})`, "aria-label": label, onclick });
