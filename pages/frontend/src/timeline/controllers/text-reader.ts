// Reads what a window did not bring: the rest of long texts, results, texts as they are stored.

import type { Timeline } from "../timeline";
import type { Given, Item, Part, Result } from "../types";

const MOST_GIVEN = 20_000; // characters of a text that a window brings
const LONGEST_WAIT_MS = 5_000;

// A part of a text that goes on.
export interface CutPart {
  ordinal: number;
  position: number;
  part: string;
}

// Python counts code points, JavaScript half of each: compare with what was cut, never with the text's own length.
export const isCut = (given: Given): boolean => given.length > MOST_GIVEN;

// The part in which a result is shown at first.
export const resultPart = (result: Result): string => (result.json ? "content.laid" : "content");

export class TextReader {
  private readonly reading = new Map<number, Promise<void>>(); // results, by ordinal
  private readonly waiting = new Map<number, () => void>(); // for rows

  constructor(private readonly view: Timeline) {}

  // What was read; null where it failed, which the notice says.
  async tried<Read>(read: () => Promise<Read>): Promise<Read | null> {
    try {
      return await read();
    } catch (error) {
      this.view.notice.showError(error, () => this.view.list.rebuild());
      return null;
    }
  }

  async more(ordinal: number, part: string): Promise<void> {
    await this.tried(() => this.view.source.more(this.view.shown.entry(ordinal).position, part));
    this.view.changed(ordinal, false);
  }

  fetchResult(result: Result, part = resultPart(result)): void {
    const { source } = this.view;
    if (this.reading.has(result.ordinal) || source.text(result.position, part)) return;
    const read = this.tried(() => source.more(result.position, part));
    this.reading.set(
      result.ordinal,
      read.then((got) => {
        this.reading.delete(result.ordinal);
        if (got) this.redraw(result.ordinal);
      }),
    );
  }

  // Shows a text that is laid out as it is stored, or laid out again.
  async switchExact(ordinal: number, part: string): Promise<void> {
    const { state, source, shown } = this.view;
    const key = `${ordinal} ${part}`;
    const { position } = shown.entry(ordinal);
    if (!state.exact.delete(key)) {
      if (!source.text(position, part)) await this.tried(() => source.more(position, part));
      if (source.text(position, part)) state.exact.add(key);
    }
    this.view.changed(ordinal, false);
  }

  // The part that an element shows, if the rest of it isn't here yet.
  cutPart(element: HTMLElement): CutPart | null {
    const position = Number(element.dataset.find);
    const part = element.dataset.part ?? "";
    const ordinal = this.view.shown.ordinalOf.get(position);
    if (ordinal === undefined) return null;
    const held = this.view.source.text(position, part);
    const given = partOf(this.view.source.items.get(ordinal), part);
    const cut = held ? held.next !== null : given && isCut(given);
    return cut ? { ordinal, position, part } : null;
  }

  async readOn({ ordinal, position, part }: CutPart): Promise<void> {
    await this.tried(() => this.view.source.more(position, part));
    this.redraw(ordinal);
  }

  private redraw(ordinal: number): void {
    const { list, rows } = this.view;
    if (rows) list.refresh(rows.rowOf(ordinal));
    list.paint();
  }

  // Resolves when a row's item is here and, for a result, its text too.
  async loaded(row: number, ordinal: number): Promise<void> {
    if (!this.view.source.items.has(row)) {
      const here = new Promise<void>((done) => this.waiting.set(row, done));
      await Promise.race([here, new Promise((done) => setTimeout(done, LONGEST_WAIT_MS))]);
      this.waiting.delete(row);
    }
    await this.reading.get(ordinal);
  }

  // Rows arrived.
  arrived(): void {
    for (const [row, done] of this.waiting) if (this.view.source.items.has(row)) done();
  }
}

function partOf(item: Item | undefined, part: string): Part | null | undefined {
  const [kind, number] = part.split(".");
  if (!item) return null;
  if (kind === "content" || kind === "refusal" || kind === "function_call") return item[kind];
  const call = item.calls[Number(number)];
  return kind === "call" ? call?.arguments : call?.more;
}
