// Links to messages, and exact texts for the clipboard: from the server, never from what the page shows.

import { copyText } from "../../shared/clipboard";
import { many } from "../../shared/format";
import { OWN } from "../address";
import type { Timeline } from "../timeline";
import type { Item } from "../types";
import type { TextReader } from "./text-reader";

interface ClipboardView extends Timeline {
  readonly texts: Pick<TextReader, "tried">;
}

export class Clipboard {
  constructor(private readonly view: ClipboardView) {}

  linkTo(position: number): string {
    const { session, source } = this.view.data;
    const address = new URL(window.location.href);
    address.searchParams.set("id", session);
    address.searchParams.set("source", source);
    address.searchParams.set("message", String(position));
    for (const name of OWN) address.searchParams.delete(name);
    return address.href;
  }

  copyLink(position: number): Promise<void> {
    return this.copy(this.linkTo(position), `Link to message ${position} copied`);
  }

  private async copy(text: string, done: string): Promise<void> {
    const lone = /\p{Cs}/u.test(text) ? " (lone surrogates can't be copied: they became \uFFFD)" : "";
    this.view.stage.say((await copyText(text, this.view.root)) ? done + lone : "The browser refused to copy");
  }

  // The first text that a message has.
  async copyMessage(item: Item): Promise<void> {
    const { position } = item;
    if (item.content?.exact) await this.copyWhole(position, "content", "text");
    else if (item.refusal) await this.copyWhole(position, "refusal", "refusal");
    else if (item.function_call) await this.copyWhole(position, "function_call", "function_call");
    else if (item.calls.length) await this.copyWhole(position, "call.0", "first call's arguments");
    else this.view.stage.say("There is no text to copy");
  }

  async copyWhole(position: number, part: string, label: string): Promise<void> {
    const text = await this.view.texts.tried(() => this.view.source.whole(position, part));
    if (text === null) return;
    await this.copy(text, `Copied the ${label} of message ${position}: ${many([...text].length, "character")}`);
  }
}
