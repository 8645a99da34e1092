// A payload's rows, and its long texts as far as they were read.

import { WindowLoader } from "../shared/window-loader";
import type { Item, Opening } from "./types";

export interface HeldText {
  text: string;
  length: number;
  next: number | null;
}

export class Source extends WindowLoader<Item, Opening> {
  private readonly texts = new Map<string, HeldText>();

  constructor(address: { session: string; source: string; model: string; view: string }) {
    super("/api/payload", address);
  }

  text(ordinal: number, part: string): HeldText | undefined {
    return this.texts.get(`${ordinal} ${part}`);
  }

  // Reads on in a text.
  async more(ordinal: number, part: string): Promise<HeldText> {
    const held = this.text(ordinal, part);
    const chunk = await this.get<HeldText>("text", { row: ordinal, part, offset: held?.next ?? 0 });
    const joined = { text: (held?.text ?? "") + chunk.text, length: chunk.length, next: chunk.next };
    this.texts.set(`${ordinal} ${part}`, joined);
    return joined;
  }

  async whole(ordinal: number, part: string): Promise<string> {
    let held = this.text(ordinal, part);
    while (!held || held.next !== null) held = await this.more(ordinal, part);
    return held.text;
  }
}
