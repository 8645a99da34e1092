// The presenter view: large type and nothing but the conversation, over the whole window. The page behind it stays
// as it is, unseen, so that the way back loses nothing. `presenter` of the address is on (the page's colours),
// light or dark.

import { type Address, COLOURS, type Colours, isColours } from "../address";
import type { Timeline } from "../timeline";

const SCALE = 1.45;
const PAGE = document.documentElement;

interface PresenterView extends Timeline {
  readonly address: Address;
  readonly replayer: { readonly row: number; follow(): void };
  readonly replayBar: { update(): void };
  fit(): void;
}

// Whose conversation covers the window.
let covering: Presenter | null = null;

export class Presenter {
  on = false;

  constructor(private readonly view: PresenterView) {}

  toggle(): void {
    if (this.on) this.leave();
    else this.present("on");
  }

  present(colours: Colours | "on"): void {
    const first = !this.on;
    this.on = true;
    this.view.address.set("presenter", colours);
    for (const name of COLOURS) this.view.root.classList.toggle(name, name === colours);
    if (first) this.cover();
    this.view.replayBar.update();
  }

  private cover(): void {
    const { root, stage } = this.view;
    covering = this;
    PAGE.dataset.presenter = "on";
    root.classList.add("presenter");
    if ("showPopover" in root) {
      root.setAttribute("popover", "manual");
      root.showPopover();
    }
    this.layOut();
    stage.focus();
  }

  leave(): void {
    this.on = false;
    this.view.address.set("presenter", null);
    this.uncover("off");
    this.view.fit();
    this.layOut();
    this.view.stage.focus();
  }

  // "off": the page knows that the view was left, though its address may have said otherwise when it was drawn.
  uncover(left: "off" | null = null): void {
    if (covering !== this) return;
    covering = null;
    if (left) PAGE.dataset.presenter = left;
    else delete PAGE.dataset.presenter;
    this.view.root.removeAttribute("popover");
    this.view.root.classList.remove("presenter", ...COLOURS);
  }

  // Another size of type: rows are made anew, and the same message stays at the edge.
  private layOut(): void {
    const { rows, stage, list, replayer } = this.view;
    this.view.updateBars();
    if (!rows) return;
    rows.width = stage.canvas.clientWidth || rows.width;
    rows.scale = this.scale;
    if (!list.anchor.end) list.anchor = { ordinal: list.anchor.ordinal, above: 0 };
    list.rebuild();
    replayer.follow();
  }

  // How large the type is beside the page's.
  get scale(): number {
    return this.on ? SCALE : 1;
  }

  // A call that is over is a line, unless its message was opened.
  showsArguments(ordinal: number): boolean {
    return !this.on || this.view.replayer.row === ordinal || this.view.state.wayOf(ordinal) === "open";
  }

  get colours(): Colours {
    const { presenter } = this.view.address;
    if (isColours(presenter)) return presenter;
    return getComputedStyle(this.view.root).colorScheme.startsWith("dark") ? "dark" : "light";
  }
}
