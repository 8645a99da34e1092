// Find in every message, on screen or not: the server counts, the page lights up what it shows.

import { NUMBER } from "../../shared/format";
import { known, lastWhere } from "../../shared/sorted";
import type { Anchor } from "../../shared/virtual-list";
import { clearPaint, paint, unpaint } from "../highlights";
import { foldCase, rangesIn } from "../matching";
import type { Timeline } from "../timeline";
import type { Match } from "../types";
import type { Disclosure } from "./disclosure";
import type { Selection } from "./selection";
import type { TextReader } from "./text-reader";

const TYPING_MS = 180;
const MOST_READS = 20;

interface SearchView extends Timeline {
  readonly selection: Pick<Selection, "select" | "reach" | "inSight" | "topPosition">;
  readonly disclosure: Pick<Disclosure, "unfoldFor" | "openText">;
  readonly texts: Pick<TextReader, "loaded" | "cutPart" | "readOn">;
  readonly toolbar: { tellFound(words: string, any?: boolean): void };
}

// A message with matches that is shown; `start` are the matches before it.
interface ShownMatch {
  position: number;
  start: number;
}

// The match that was gone to. Until the reader goes elsewhere its row may be drawn anew, or grow above it.
interface Held {
  row: number;
  position: number;
  number: number; // among the matches of its message
  range: Range;
  anchor: Anchor;
}

interface Lit {
  wanted: string;
  ranges: Range[];
}

export class Search {
  query = "";
  private all: Match[] = [];
  private matches: ShownMatch[] = [];
  private total = 0;
  private hidden = 0;
  private now = -1;
  private origin = -1;
  private turn = 0;
  private timer = 0;
  private held: Held | null = null;
  private holding = false;
  private readonly lit = new Map<Element, Lit>();

  constructor(private readonly view: SearchView) {}

  // While somebody types: once they pause.
  type(query: string): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.run(query), TYPING_MS);
  }

  // `move`: to the first match from the top on, or from a position.
  async run(query: string, move = true, from: number | null = null): Promise<void> {
    clearTimeout(this.timer);
    if (query === this.query || !this.view.rows) return;
    if (from !== null) this.origin = from;
    else if (!this.query) this.origin = this.view.selection.topPosition(); // typing on looks from where it began
    this.query = query;
    this.view.state.query = query;
    this.now = -1;
    this.held = null;
    this.turn += 1;
    if (query) await this.ask(query, this.turn, move);
    else this.use([]);
  }

  private async ask(query: string, turn: number, move: boolean): Promise<void> {
    this.view.toolbar.tellFound("Searching…");
    try {
      const { matches } = await this.view.source.get<{ matches: Match[] }>("find", { query });
      if (turn !== this.turn) return;
      this.use(matches);
      if (this.total && move) await this.goTo(this.firstFrom(this.origin));
    } catch (error) {
      if (turn === this.turn) this.view.notice.showError(error, () => this.again(query));
    }
  }

  private again(query: string): void {
    this.query = "";
    void this.run(query);
  }

  private use(matches: Match[]): void {
    this.all = matches;
    this.refilter();
    this.relight();
  }

  // Matches in messages that the filter hides are counted, and passed over.
  refilter(): void {
    const { shown } = this.view;
    this.matches = [];
    this.total = 0;
    this.hidden = 0;
    for (const [position, count] of this.all) {
      const ordinal = shown.ordinalOf.get(position);
      if (ordinal === undefined || !shown.shows(ordinal)) {
        this.hidden += count;
        continue;
      }
      this.matches.push({ position, start: this.total });
      this.total += count;
    }
    if (this.now >= this.total) this.now = -1;
    this.tell();
  }

  private tell(): void {
    const more = this.hidden ? ` (${NUMBER.format(this.hidden)} more in hidden messages)` : "";
    const at = this.now >= 0 ? `${NUMBER.format(this.now + 1)} of ` : "";
    const found = this.total ? at + NUMBER.format(this.total) + more : `No match${more}`;
    this.view.toolbar.tellFound(this.query ? found : "", this.total > 0);
  }

  private firstFrom(position: number): number {
    return (this.matches.find((match) => match.position >= position) ?? known(this.matches, 0)).start;
  }

  // To the next match, round and round.
  step(way: 1 | -1): void {
    if (!this.total) return;
    const next = this.now < 0 ? this.firstFrom(this.view.selection.topPosition()) : this.now + way;
    const wrapped = (next + this.total) % this.total;
    this.origin = this.matchAt(wrapped).position;
    void this.goTo(wrapped);
  }

  private matchAt(n: number): ShownMatch {
    const at = lastWhere(this.matches.length, (index) => known(this.matches, index).start <= n);
    return known(this.matches, Math.max(at, 0));
  }

  private async goTo(n: number): Promise<void> {
    this.now = n;
    this.held = null;
    this.tell();
    this.turn += 1;
    const { turn, view } = this;
    const { position, start } = this.matchAt(n);
    const ordinal = view.shown.ordinalOf.get(position);
    if (ordinal === undefined) return;
    const row = view.shown.rowOf(ordinal);
    view.selection.reach(ordinal);
    view.disclosure.unfoldFor(ordinal);
    view.selection.select(row, false, row === ordinal ? null : position);
    if (!view.selection.inSight(row)) view.list.goTo(row, -60);
    await view.texts.loaded(row, ordinal);
    if (turn !== this.turn) return;
    const range = await this.rangeFor(row, position, n - start, turn);
    if (range && turn === this.turn) this.show(range, row, ordinal, n - start);
  }

  // The range of the match, reading on in a text that is cut until it is there.
  private async rangeFor(row: number, position: number, number: number, turn: number): Promise<Range | undefined> {
    for (let reads = 0; ; reads += 1) {
      this.relight();
      const ranges = this.rangesOf(row, position);
      const cut = this.cutPartOf(row, position);
      if (ranges.length > number || !cut || reads >= MOST_READS || turn !== this.turn) {
        return ranges[Math.min(number, ranges.length - 1)];
      }
      await this.view.texts.readOn(cut);
    }
  }

  private cutPartOf(row: number, position: number) {
    const parts = this.view.list.mounted.get(row)?.element.querySelectorAll<HTMLElement>("[data-part]") ?? [];
    return [...parts].map((element) => this.view.texts.cutPart(element)).find((part) => part?.position === position);
  }

  private rangesOf(row: number, position: number): Range[] {
    const element = this.view.list.mounted.get(row)?.element;
    const ranges = element ? (this.lit.get(element)?.ranges ?? []) : [];
    return ranges.filter((range) => around(range, "[data-find]")?.dataset.find === String(position));
  }

  private show(found: Range, row: number, ordinal: number, number: number): void {
    const range = this.opened(found, row, ordinal);
    const { position } = this.view.shown.entry(ordinal);
    this.held = { row, position, number, range, anchor: this.view.list.anchor };
    lightNow(range);
    this.bringIntoSight(this.held);
  }

  private hold(): void {
    const { held } = this;
    if (!held || this.holding) return;
    const ranges = this.rangesOf(held.row, held.position);
    const range = ranges[Math.min(held.number, ranges.length - 1)];
    if (!range) return; // its row is out of the page for now
    if (range !== held.range) lightNow(range);
    held.range = range;
    if (held.anchor === this.view.list.anchor) this.bringIntoSight(held);
  }

  private bringIntoSight(held: Held): void {
    const { range } = held;
    const { stage, list } = this.view;
    this.holding = true;
    const box = range.getBoundingClientRect();
    const room = stage.scroller.getBoundingClientRect();
    if (box.top < room.top + 20 || box.bottom > room.bottom - 20) list.by(box.top - room.top - room.height / 3);
    held.anchor = list.anchor;
    this.holding = false;
  }

  // The range as it is once nothing cuts it off: the text is opened where its clip would.
  private opened(range: Range, row: number, ordinal: number): Range {
    const body = around(range, "[data-part]");
    const clip = body?.closest(".clip:not(.fits)");
    const { bottom } = range.getBoundingClientRect();
    if (!body || !clip || bottom <= clip.getBoundingClientRect().bottom - 20) return range;
    const where = this.rangesOf(row, Number(body.dataset.find)).indexOf(range);
    this.view.disclosure.openText(ordinal, body.dataset.part ?? "");
    this.relight();
    return this.rangesOf(row, this.view.shown.entry(ordinal).position)[where] ?? range;
  }

  // Ranges for the rows in the page: made once for a row's element, dropped with it.
  relight(): void {
    const mounted = new Set<Element>([...this.view.list.mounted.values()].map((row) => row.element));
    const wanted = this.query ? foldCase(this.query)[0] : "";
    for (const [element, lit] of this.lit) {
      if (mounted.has(element) && lit.wanted === wanted) continue;
      unlight(lit);
      this.lit.delete(element);
    }
    if (!wanted) return;
    for (const element of mounted) {
      if (this.lit.has(element)) continue;
      const ranges = [...element.querySelectorAll("[data-find]")].flatMap((part) => rangesIn(part, wanted));
      for (const range of ranges) paint("tl-hit", range);
      this.lit.set(element, { wanted, ranges });
    }
    this.hold();
  }

  // Nothing is looked for any more.
  forget(): void {
    this.stop();
    this.turn += 1;
    this.query = "";
    this.held = null;
    this.all = [];
    this.matches = [];
    this.total = 0;
    this.view.toolbar.tellFound("", false);
  }

  stop(): void {
    for (const lit of this.lit.values()) unlight(lit);
    this.lit.clear();
    clearTimeout(this.timer);
  }
}

const around = (range: Range, selector: string): HTMLElement | null | undefined =>
  range.startContainer.parentElement?.closest<HTMLElement>(selector);

function lightNow(range: Range): void {
  clearPaint("tl-hit-now");
  paint("tl-hit-now", range);
}

function unlight({ ranges }: Lit): void {
  for (const range of ranges) {
    unpaint("tl-hit", range);
    unpaint("tl-hit-now", range);
  }
}
