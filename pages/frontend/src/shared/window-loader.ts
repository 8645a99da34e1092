// What the server holds of one list of rows: an opening, then windows of rows as they come into sight.

import { ask, type Parameters } from "./api";

const MOST_ITEMS = 300;

export class WindowLoader<Item extends { ordinal: number }, Opening extends { items: Item[] }> {
  readonly items = new Map<number, Item>();
  stopped = false;
  onitems: (ordinals: number[]) => void = () => {};
  onfail: (error: unknown) => void = () => {};
  protected readonly batch: number = 30;
  protected readonly fewer: string = "There are fewer messages now. Refresh the page.";
  protected wanted: number[] = [];
  private pumping = false;

  constructor(
    private readonly base: string,
    readonly address: Parameters,
  ) {}

  get<Answer>(route: string, parameters: Parameters = {}): Promise<Answer> {
    return ask<Answer>(`${this.base}/${route}`, { ...this.address, ...parameters });
  }

  async opening(parameters: Parameters = {}): Promise<Opening> {
    const answer = await this.get<Opening>("opening", parameters);
    this.keep(answer.items);
    return answer;
  }

  // Latest wish wins: what was scrolled past before its turn is never asked for.
  want(ordinals: number[]): void {
    this.wanted = ordinals;
    this.load();
  }

  protected load(): void {
    if (!this.pumping) void this.pump();
  }

  protected keep(items: Item[]): void {
    for (const item of items) this.items.set(item.ordinal, item);
  }

  private async pump(): Promise<void> {
    this.pumping = true;
    try {
      for (;;) {
        const asked = this.stopped ? null : this.next();
        if (!asked) break;
        const arrived = await asked;
        if (!this.stopped) this.onitems(arrived);
      }
    } catch (error) {
      this.fail(error);
    } finally {
      this.pumping = false;
    }
  }

  // Asks for what is missing: the ordinals that it is for, once it is here; null where nothing is missing.
  protected next(): Promise<number[]> | null {
    const missing = this.wanted.filter((n) => !this.items.has(n)).slice(0, this.batch);
    return missing.length ? this.window(missing) : null;
  }

  private async window(ordinals: number[]): Promise<number[]> {
    const { items } = await this.get<{ items: Item[] }>("window", { items: ordinals.join(",") });
    if (!items.length) throw new Error(this.fewer);
    this.keep(items);
    this.forget();
    return ordinals;
  }

  protected fail(error: unknown): void {
    if (!this.stopped) this.onfail(error);
  }

  // The oldest of what is not wanted goes first.
  protected forget(): void {
    const wanted = new Set(this.wanted);
    for (const ordinal of this.items.keys()) {
      if (this.items.size <= MOST_ITEMS) return;
      if (!wanted.has(ordinal)) this.items.delete(ordinal);
    }
  }
}
