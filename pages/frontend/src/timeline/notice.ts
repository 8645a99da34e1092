// The line over the columns: a failure with a way to try again, or words to dismiss.

import { messageOf } from "../shared/api";
import { focusedIn, h } from "../shared/dom";
import { textNodes } from "../shared/text";

export class Notice {
  readonly element = h("div", { class: "notice", hidden: true });

  // `leave` takes the focus from a button that goes, `onchange` is told when the list has more or less room.
  constructor(
    private readonly leave: () => void,
    private readonly onchange: () => void,
  ) {}

  showError(error: unknown, again: () => void): void {
    const retry = () => {
      this.hide();
      again();
    };
    this.show(
      "notice error",
      h("span", { role: "alert" }, ...textNodes(messageOf(error))),
      h("button", { class: "tool", type: "button", text: "Try again", onclick: retry }),
    );
    this.onchange();
  }

  showWords(words: string): void {
    this.show(
      "notice",
      h("span", { role: "status", text: words }),
      h("button", { class: "link", type: "button", text: "Dismiss", onclick: () => this.hide() }),
    );
  }

  private show(kind: string, ...children: HTMLElement[]): void {
    this.element.hidden = false;
    this.element.className = kind;
    this.element.replaceChildren(...children);
  }

  // Its buttons go with it: the focus must not stay on one that nobody sees, where it would take the keys.
  hide(): void {
    if (this.element.contains(focusedIn(this.element))) this.leave();
    this.element.hidden = true;
    this.onchange();
  }
}
