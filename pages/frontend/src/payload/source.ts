// A payload's rows, and its long texts as far as they were read.

import { type HeldText, HeldTexts } from "../shared/held-texts";
import { WindowLoader } from "../shared/window-loader";
import type { Item, Opening } from "./types";

export class Source extends WindowLoader<Item, Opening> {
  private readonly texts = new HeldTexts((row, part, offset) => this.get("text", { row, part, offset }));

  constructor(address: { session: string; source: string; model: string; format: string; view: string }) {
    super("/api/payload", address);
  }

  text(ordinal: number, part: string): HeldText | undefined {
    return this.texts.get(ordinal, part);
  }

  more(ordinal: number, part: string): Promise<HeldText> {
    return this.texts.more(ordinal, part);
  }

  async whole(ordinal: number, part: string): Promise<string> {
    let held = this.text(ordinal, part);
    while (!held || held.next !== null) held = await this.more(ordinal, part);
    return held.text;
  }
}
