// The message that the page was asked to show: lit up, and opened.

import type { Timeline } from "../timeline";
import type { Disclosure } from "./disclosure";
import type { Selection } from "./selection";

const FLASH_MS = 1_800;

interface DeepLinkView extends Timeline {
  readonly selection: Pick<Selection, "jump">;
  readonly disclosure: Pick<Disclosure, "unfoldFor">;
}

export class DeepLink {
  constructor(private readonly view: DeepLinkView) {}

  // Whether the page asks for a message anew. A rerun reads the address when it begins, so it may bring back a message
  // that the reader has left meanwhile; once it brings the marked one, no earlier one can follow.
  get isNew(): boolean {
    const { data, state } = this.view;
    const { message } = data;
    if (message === state.asked) state.passed.clear();
    return message !== state.asked && !(typeof message === "number" && state.passed.has(message));
  }

  follow(): void {
    const { data, state, rows, notice, list } = this.view;
    const { message } = data;
    state.asked = message;
    notice.hide();
    if (message === null || message === undefined) {
      this.light(null);
      return;
    }
    const ordinal = rows?.ordinalOf.get(message);
    if (ordinal === undefined) {
      if (rows) notice.showWords(`Message ${message} is not in this copy: ${rows.extent}.`);
      list.paint();
      return;
    }
    state.flash = performance.now() + FLASH_MS;
    this.view.disclosure.unfoldFor(ordinal);
    this.view.selection.jump(message);
    this.light(message);
  }

  light(position: number | null): void {
    const { state, rows, list } = this.view;
    const before = state.lit;
    state.lit = position;
    for (const at of [before, position]) {
      const row = at === null ? undefined : rows?.rowAt(at);
      if (row !== undefined) list.refresh(row);
    }
    list.paint();
  }
}
