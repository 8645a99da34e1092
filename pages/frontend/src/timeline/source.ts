// What the server holds of one copy. Items are kept as long as they fit; the oldest looked at go first.

import type { Parameters } from "../shared/api";
import { type HeldText, HeldTexts } from "../shared/held-texts";
import { WindowLoader } from "../shared/window-loader";
import { offerFigures, type TurnFigures } from "./turn-figures";
import type { Item, Opening } from "./types";

const MOST_ITEMS = 400;
const MOST_CHARACTERS = 3_000_000;
const OWN_WEIGHT = 500;

export class Source extends WindowLoader<Item, Opening> {
  readonly html = new Map<number, string>();
  failed = false;
  protected override readonly batch = 40;
  protected override readonly fewer = "The server has fewer messages now. Open the conversation again.";
  private characters = 0;
  private rendered = false;
  private readonly texts = new HeldTexts(
    (position, part, offset) => this.get("text", { position, part, offset }),
    MOST_CHARACTERS,
  );

  constructor({ session, source, view }: { session: string; source: string; view: string }) {
    super("/api/timeline", { session, source, view });
  }

  override async opening(parameters: Parameters = {}): Promise<Opening> {
    const answer = await super.opening(parameters);
    offerFigures(answer.questions, () => this.get<TurnFigures>("turns"));
    return answer;
  }

  // Also as rendered HTML, where messages have it.
  wantRendered(ordinals: number[], rendered: boolean): void {
    this.rendered = rendered;
    this.want(ordinals);
  }

  protected override load(): void {
    if (!this.failed) super.load();
  }

  protected override fail(error: unknown): void {
    this.failed = true;
    super.fail(error);
  }

  retry(): void {
    this.failed = false;
    this.load();
  }

  protected override next(): Promise<number[]> | null {
    return super.next() ?? this.nextRendered();
  }

  private nextRendered(): Promise<number[]> | null {
    if (!this.rendered) return null;
    const plain = this.wanted.filter((n) => !this.html.has(n) && hasRendered(this.items.get(n)));
    return plain.length ? this.render(plain.slice(0, this.batch)) : null;
  }

  private async render(ordinals: number[]): Promise<number[]> {
    const { html } = await this.get<{ html: Record<number, string> }>("rendered", { items: ordinals.join(",") });
    for (const ordinal of ordinals) {
      const made = html[ordinal] ?? "";
      this.html.set(ordinal, made);
      this.characters += made.length;
    }
    return ordinals;
  }

  protected override keep(items: Item[]): void {
    super.keep(items);
    for (const item of items) this.characters += weigh(item);
  }

  // Takes what another source holds of these messages.
  carry(before: Source, ordinals: ReadonlySet<number>): void {
    this.keep([...before.items.values()].filter(({ ordinal }) => ordinals.has(ordinal) && !this.items.has(ordinal)));
    for (const [ordinal, html] of before.html) {
      if (!ordinals.has(ordinal)) continue;
      this.html.set(ordinal, html);
      this.characters += html.length;
    }
  }

  // An item that is looked at: it is the last one to be forgotten.
  look(ordinal: number): Item | undefined {
    const item = this.items.get(ordinal);
    if (item) {
      this.items.delete(ordinal);
      this.items.set(ordinal, item);
    }
    return item;
  }

  protected override forget(): void {
    const wanted = new Set(this.wanted);
    for (const [ordinal, item] of this.items) {
      if (this.items.size <= MOST_ITEMS && this.characters <= MOST_CHARACTERS) return;
      if (wanted.has(ordinal)) continue;
      this.items.delete(ordinal);
      this.characters -= weigh(item) + (this.html.get(ordinal)?.length ?? 0);
      this.html.delete(ordinal);
    }
  }

  // Texts of opened results and of "show more".
  text(position: number, part: string): HeldText | undefined {
    return this.texts.get(position, part);
  }

  more(position: number, part: string): Promise<HeldText> {
    return this.texts.more(position, part);
  }

  // A text read anew to its end.
  async whole(position: number, part: string): Promise<string> {
    let text = "";
    for (let offset: number | null = 0; offset !== null; ) {
      const chunk: HeldText = await this.get<HeldText>("text", { position, part, offset });
      text += chunk.text;
      offset = chunk.next;
    }
    return text;
  }
}

// Results are JSON or plain output: they have no rendered form.
export const hasRendered = (item: Item | undefined): boolean => Boolean(item?.content) && !item?.summary;

function weigh(item: Item): number {
  const parts = [item.content, item.refusal, item.function_call, ...item.calls.map((call) => call.arguments)];
  return OWN_WEIGHT + parts.reduce((sum, part) => sum + (part ? part.text.length : 0), 0);
}
