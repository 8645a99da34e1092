// Both copies of a session, or any two sessions, side by side in the page.

import { h } from "../shared/dom";
import { many } from "../shared/format";
import { type ListData, ListView } from "../shared/list-view";
import { WindowLoader } from "../shared/window-loader";
import { buildRow, type CellView } from "./cells";
import { isQuiet, Rows } from "./rows";
import { bothCopies, type SideName, type Subject } from "./subject";
import type { Item, Opening } from "./types";

export interface DriftData extends ListData {
  // What is compared; without it the two copies of the session.
  subject?: Subject;
}

const ASKED: (keyof ListData)[] = ["session", "token", "view", "zone"];

const subjectOf = ({ subject, session, view }: DriftData): Subject => subject ?? bothCopies(session, view);

export class DriftView extends ListView<DriftData, Item, Opening> {
  override rows: Rows | null = null;
  private readonly unfolded = new Set<number>();
  private readonly heads = [h("span"), h("span")];

  constructor(root: HTMLElement, host: Element, data: DriftData) {
    super(root, host, data, subjectOf(data).label);
    this.lay([this.bar], this.heads);
    this.load();
  }

  // A rerun of the page: nothing moves unless another reading is shown.
  update(data: DriftData): void {
    const other = ASKED.some((name) => this.data[name] !== data[name]);
    this.data = data;
    if (other) this.load();
  }

  private load(): void {
    const { base, address, sides } = subjectOf(this.data);
    this.heads.forEach((box, at) => {
      box.textContent = sides[at]?.head ?? "";
      box.title = box.textContent;
    });
    void this.read(new WindowLoader<Item, Opening>(base, address));
  }

  protected show({ index, first }: Opening): void {
    this.list.clear();
    this.unfolded.clear();
    this.rows = new Rows(index, this.unfolded);
    this.showWords(index.count ? "" : "There are no messages to compare.");
    this.drawBar(this.rows);
    this.size.fit();
    this.list.goTo(Math.max(first - 1, 0));
  }

  private drawBar({ index }: Rows): void {
    const differing = index.stretches.filter(({ kind }) => !isQuiet(kind));
    const messages = differing.reduce((sum, { count }) => sum + count, 0);
    const words = differing.length
      ? `${many(differing.length, "difference")} (${many(messages, "message")})`
      : "No differences";
    const step = (text: string, way: 1 | -1) =>
      h("button", { type: "button", text, disabled: !differing.length, onclick: () => this.step(way) });
    this.bar.replaceChildren(
      h("span", { class: "quiet", text: words }),
      h("div", { class: "segments" }, step("↑ Previous difference", -1), step("↓ Next difference", 1)),
      h("button", { class: "tool", type: "button", text: "Expand all", onclick: () => this.unfoldAll() }),
    );
  }

  private step(way: 1 | -1): void {
    const found = this.rows?.nextAround(this.lit, way) ?? -1;
    if (found >= 0) this.light(found);
  }

  private unfold(number: number, ordinal: number): void {
    this.unfolded.add(number);
    this.rows?.filter();
    this.list.hold(ordinal);
    this.list.rebuild();
  }

  private unfoldAll(): void {
    this.rows?.index.stretches.forEach((_, number) => {
      this.unfolded.add(number);
    });
    this.rows?.filter();
    this.list.rebuild();
  }

  override want(near: number[], ahead: number[]): void {
    const shown = (ordinals: number[]) => ordinals.filter((ordinal) => !this.rows?.folds.has(ordinal));
    super.want(shown(near), shown(ahead));
  }

  override build(ordinal: number): HTMLElement {
    return buildRow(this.cells(this.rows as Rows), ordinal);
  }

  private cells(rows: Rows): CellView {
    const { lit, opened } = this;
    return {
      subject: subjectOf(this.data),
      rows,
      lit,
      opened,
      itemOf: (ordinal) => this.source.items.get(ordinal),
      unfold: (number, ordinal) => this.unfold(number, ordinal),
      light: (ordinal) => this.light(ordinal),
      open: (ordinal, key) => {
        opened.add(key);
        this.changed(ordinal);
      },
      close: (ordinal, key) => {
        opened.delete(key);
        this.changed(ordinal);
      },
      linkTo: ({ source, session }: SideName, position) => this.linkTo(source, position, session),
    };
  }
}
