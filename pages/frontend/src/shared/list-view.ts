// What views share whose rows are read in windows: the list with its words and its toast, and reading a source.

import { messageOf, type Parameters } from "./api";
import { Autosize } from "./autosize";
import { h } from "./dom";
import type { Layout } from "./layout";
import { Stage } from "./stage";
import { type Anchor, VirtualList } from "./virtual-list";
import type { WindowLoader } from "./window-loader";

export interface ListData {
  session: string;
  token: string;
  view: string;
  zone?: string;
}

export abstract class ListView<
  Data extends ListData,
  Item extends { ordinal: number },
  Opening extends { items: Item[] },
  Source extends WindowLoader<Item, Opening> = WindowLoader<Item, Opening>,
> {
  abstract rows: Layout | null;
  readonly state: { anchor: Anchor } = { anchor: { ordinal: 0, above: 0 } };
  readonly opened = new Set<string>();
  lit: number | null = null;
  protected readonly bar = h("div", { class: "toolbar" });
  readonly stage: Stage;
  readonly list: VirtualList;
  protected readonly size: Autosize;
  protected loader: Source | null = null;

  constructor(
    readonly root: HTMLElement,
    readonly host: Element,
    public data: Data,
    label: string,
    least?: number,
  ) {
    this.stage = new Stage(label);
    this.list = new VirtualList(this, this.stage.scroller, this.stage.canvas);
    this.size = new Autosize(root, host, () => {}, least);
  }

  // What an opening brings is shown.
  protected abstract show(answer: Opening): void;
  abstract build(ordinal: number): HTMLElement;

  // The source of what is shown; there is one as soon as there are rows.
  get source(): Source {
    return this.loader as Source;
  }

  // The columns under two heads; `above` stands over them.
  protected lay(above: HTMLElement[], heads: HTMLElement[]): void {
    const columns = h("div", { class: "columns" }, h("div", { class: "heads" }, ...heads), this.stage.element);
    this.root.replaceChildren(...above, columns);
  }

  protected async read(source: Source, parameters: Parameters = {}): Promise<void> {
    if (this.loader) this.loader.stopped = true;
    this.loader = source;
    source.onitems = (ordinals) => this.arrived(ordinals);
    source.onfail = (error) => this.say(messageOf(error));
    for (const element of [this.root, this.stage.scroller]) element.setAttribute("aria-busy", "true");
    try {
      const answer = await source.opening(parameters);
      if (!source.stopped) this.show(answer);
    } catch (error) {
      if (!source.stopped) this.showWords(`Nothing to show: ${messageOf(error)}`);
    }
    if (source.stopped) return; // another one is read, and the list stays busy
    for (const element of [this.root, this.stage.scroller]) element.removeAttribute("aria-busy");
  }

  // Marks a row and brings it to the top.
  light(ordinal: number): void {
    const before = this.lit;
    this.lit = ordinal;
    for (const n of [before, ordinal]) if (n !== null) this.list.refresh(n);
    this.list.goTo(ordinal, -12);
    this.stage.bringIntoSight();
  }

  want(near: number[], ahead: number[]): void {
    const first = new Set(near);
    this.source.want([...near, ...ahead.filter((ordinal) => !first.has(ordinal))]);
  }

  private arrived(ordinals: number[]): void {
    this.list.followScroll();
    for (const ordinal of ordinals) this.list.refresh(ordinal);
    this.list.paint();
  }

  painted(): void {}

  // A row is drawn anew and stays in sight.
  changed(ordinal: number): void {
    this.list.holdWithin(ordinal);
    this.list.refresh(ordinal);
    this.list.paint();
  }

  // The address of a message, with what the page's own address chose.
  linkTo(source: string, position: number, session = this.data.session): string {
    const query = new URLSearchParams({ id: session, source, message: String(position) });
    const here = new URLSearchParams(window.location.search);
    for (const name of ["tz", "view"]) {
      const value = here.get(name);
      if (value) query.set(name, value);
    }
    return `session?${query}`;
  }

  protected showWords(words: string): void {
    this.stage.showWords(words);
  }

  say(words: string): void {
    this.stage.say(words);
  }

  stop(): void {
    if (this.loader) this.loader.stopped = true;
    this.stage.stop();
    this.list.stop();
    this.size.stop();
  }
}

// The row as it is before its item is here: about as high as what will come.
export function skeleton(height: number): HTMLElement {
  return h("div", { class: "skeleton", style: `height:${Math.max(height, 20)}px` });
}
