// What the server holds of one list of rows: an opening, then windows of rows as they come into sight.

import { ask, type Parameters } from "./api";

const MOST_ITEMS = 300;
const BATCH = 30;

export class WindowLoader<Item extends { ordinal: number }, Opening extends { items: Item[] }> {
  readonly items = new Map<number, Item>();
  stopped = false;
  onitems: (ordinals: number[]) => void = () => {};
  onfail: (error: unknown) => void = () => {};
  private wanted: number[] = [];
  private pumping = false;

  constructor(
    private readonly base: string,
    private readonly address: Parameters,
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
    if (!this.pumping) void this.pump();
  }

  private keep(items: Item[]): void {
    for (const item of items) this.items.set(item.ordinal, item);
  }

  private async pump(): Promise<void> {
    this.pumping = true;
    try {
      for (;;) {
        const missing = this.wanted.filter((n) => !this.items.has(n)).slice(0, BATCH);
        if (this.stopped || !missing.length) break;
        const { items } = await this.get<{ items: Item[] }>("window", { items: missing.join(",") });
        if (!items.length) throw new Error("There are fewer messages now. Look again.");
        this.keep(items);
        this.forget();
        if (!this.stopped) this.onitems(missing);
      }
    } catch (error) {
      if (!this.stopped) this.onfail(error);
    } finally {
      this.pumping = false;
    }
  }

  // The oldest of what is not wanted goes first.
  private forget(): void {
    const wanted = new Set(this.wanted);
    for (const ordinal of this.items.keys()) {
      if (this.items.size <= MOST_ITEMS) return;
      if (!wanted.has(ordinal)) this.items.delete(ordinal);
    }
  }
}
