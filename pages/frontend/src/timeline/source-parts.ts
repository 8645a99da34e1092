// What the source of an imported message also held: folded under the message, each part read when it is opened.

import { ask, messageOf, type Parameters } from "../shared/api";
import { h } from "../shared/dom";
import { many } from "../shared/format";
import { fill } from "../shared/text";
import type { SourceMessage, SourcePart } from "./types";

const ROUTE = "/api/source";

interface PartText {
  text: string;
  length: number;
}

export class SourceParts {
  private at = new Map<number, SourceMessage>();
  private texts = new Map<number, Promise<PartText>>();
  private address: Parameters = {};

  // Whether there are any: a session that was not imported has none.
  async read(address: Parameters): Promise<boolean> {
    this.at = new Map();
    this.texts = new Map();
    this.address = address;
    try {
      const { messages } = await ask<{ messages: SourceMessage[] }>(ROUTE, address);
      if (this.address === address) this.at = new Map(messages.map((each) => [each.position, each]));
    } catch {
      // without an answer there is nothing to show beside the messages
    }
    return this.at.size > 0;
  }

  blocks(position: number): HTMLElement[] {
    const found = this.at.get(position);
    if (!found) return [];
    const blocks: HTMLElement[] = found.told ? [fill(h("p", { class: "note" }), `The source says: ${found.told}`)] : [];
    if (found.words) blocks.push(this.aside(found));
    return blocks;
  }

  private aside({ position, words, parts }: SourceMessage): HTMLElement {
    if (!parts.length) return fill(h("p", { class: "note" }), `The source also held: ${words}`);
    const summary = fill(h("summary", {}), `The source also held: ${words}`);
    const inside = parts.map((part) => this.part(position, part));
    return h("details", { class: "aside sourceparts" }, summary, ...inside);
  }

  private part(position: number, part: SourcePart): HTMLElement {
    const summary = fill(h("summary", {}), part.title);
    if (!part.kept) {
      return h("details", { class: "aside" }, summary, h("p", { class: "quiet", text: "Too large to be kept." }));
    }
    const room = h("div", { class: "text code", dir: "auto", "aria-label": `Source of message ${position}` });
    const opened = (event: Event) => {
      if ((event.target as HTMLDetailsElement).open) void this.show(room, part.number);
    };
    return h("details", { class: "aside", ontoggle: opened }, summary, room);
  }

  private async show(room: HTMLElement, number: number): Promise<void> {
    const address = this.address;
    try {
      const held = await this.text(number);
      if (this.address !== address) return;
      const more = held.length - held.text.length;
      fill(room, held.text);
      const words = `${many(more, "more character")}: see the JSON of the command line.`;
      if (more > 0) room.append(h("p", { class: "quiet", text: words }));
    } catch (error) {
      this.texts.delete(number);
      fill(room, messageOf(error));
    }
  }

  private text(number: number): Promise<PartText> {
    const held = this.texts.get(number) ?? ask<PartText>(`${ROUTE}/part`, { ...this.address, number });
    this.texts.set(number, held);
    return held;
  }
}
