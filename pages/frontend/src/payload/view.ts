// One payload in the page: ties the source, the verdicts, the bar and the list together.

import { messageOf } from "../shared/api";
import { copyText } from "../shared/clipboard";
import { h } from "../shared/dom";
import { NUMBER } from "../shared/format";
import { type ListData, ListView } from "../shared/list-view";
import { known } from "../shared/sorted";
import { buildRow, type CellView } from "./cells";
import { payloadKeys } from "./keys";
import { FILTERS, type Filter, Rows } from "./rows";
import { Source } from "./source";
import type { CutText, Item, Opening, Summary } from "./types";
import { verdictLines } from "./verdicts";

const FILTER_WORDS: Record<Filter, string> = { all: "All", changed: "Modified or dropped", found: "With issues" };
const LEAST_HEIGHT = 600; // pixels for the verdicts, and for a message with what is wrong with it
const FLASH_MS = 1_800;

interface PayloadData extends ListData {
  source: string;
  model: string;
  format: string;
  // The name of the API; empty for the payload itself.
  api: string;
  message: number | null | undefined;
}

const ASKED: (keyof PayloadData)[] = ["session", "source", "model", "format", "token", "view"];

export class PayloadView extends ListView<PayloadData, Item, Opening, Source> {
  override rows: Rows | null = null;
  private shown: Filter = "all";
  private summary: Summary = { stored: 0, sent: 0, skipped: 0, names: {}, verdicts: [] };
  private allVerdicts = false;
  private flash = 0;
  private readonly reasons = new Map<string, number>();
  private readonly verdicts = h("div", { class: "verdicts", role: "region", "aria-label": "Verdicts" });
  private readonly stored = h("span", { class: "storedhead" });
  private readonly sent = h("span");
  private readonly onkey = payloadKeys(this);

  constructor(root: HTMLElement, host: Element, data: PayloadData) {
    super(root, host, data, "Payload", LEAST_HEIGHT);
    this.lay([this.verdicts, this.bar], [this.stored, this.sent]);
    document.addEventListener("keydown", this.onkey);
    this.load();
  }

  // A rerun of the page: nothing moves unless what is asked for is another payload.
  update(data: PayloadData): void {
    const before = this.data;
    this.data = data;
    if (ASKED.some((name) => before[name] !== data[name])) this.load();
    else if (before.message !== data.message) this.deepLink();
  }

  private load(): void {
    const { session, source, model, format, view, message } = this.data;
    void this.read(
      new Source({ session, source, model, format, view }),
      typeof message === "number" ? { message } : {},
    );
  }

  protected show({ index, summary }: Opening): void {
    this.list.clear();
    this.summary = summary;
    this.reasons.clear();
    this.rows = new Rows(index, this.shown);
    this.stored.textContent = `Stored in the ${this.data.source}`;
    this.sent.textContent = this.data.api ? `Sent to ${this.data.api}` : "Sent to the model";
    this.drawVerdicts();
    this.drawBar(this.rows);
    this.showWords(index.count ? "" : "This copy has no messages: there is nothing to send.");
    this.size.fit();
    if (typeof this.data.message === "number") this.deepLink();
    else this.list.paint();
  }

  private readonly providerName = (provider: string): string => this.summary.names[provider] ?? provider;

  private drawVerdicts(): void {
    const lines = verdictLines({
      verdicts: this.summary.verdicts,
      all: this.allVerdicts,
      providerName: this.providerName,
      whereIs: (row) => this.whereIs(row),
      nextReason: (provider) => this.nextReason(provider),
      showAll: () => {
        this.allVerdicts = true;
        this.drawVerdicts();
      },
    });
    this.verdicts.replaceChildren(...lines);
    this.size.fit();
  }

  private drawBar({ counts }: Rows): void {
    const button = (filter: Filter) =>
      h("button", {
        type: "button",
        "aria-pressed": String(this.shown === filter),
        disabled: filter !== "all" && !counts[filter],
        text: `${FILTER_WORDS[filter]} ${NUMBER.format(counts[filter])}`,
        onclick: () => this.filter(filter),
      });
    this.bar.replaceChildren(
      h("div", { class: "segments", role: "group", "aria-label": "Rows shown" }, ...FILTERS.map(button)),
      h("span", { class: "quiet", text: this.totals() }),
    );
  }

  private totals(): string {
    const { stored, sent, skipped } = this.summary;
    const gone = skipped ? ` (${NUMBER.format(skipped)} not sent)` : "";
    return `${NUMBER.format(stored)} stored → ${NUMBER.format(sent)} sent${gone}`;
  }

  private filter(filter: Filter): void {
    if (!this.rows) return;
    this.shown = filter;
    this.rows.filter(filter);
    this.drawBar(this.rows);
    this.list.rebuild();
  }

  // The next of a provider's reasons, round and round.
  private nextReason(provider: string): void {
    const rejections = this.summary.verdicts.find((verdict) => verdict.provider === provider)?.rejections ?? [];
    const at = this.reasons.get(provider) ?? 0;
    this.reasons.set(provider, (at + 1) % rejections.length);
    this.goTo(known(rejections, at).row);
  }

  private deepLink(): void {
    const { message } = this.data;
    if (typeof message !== "number") return;
    const ordinal = this.rows?.rowOf.get(message);
    if (ordinal !== undefined) this.goTo(ordinal);
    else if (this.rows) {
      this.list.paint();
      this.say(`Message ${message} is not in this copy.`);
    }
  }

  private goTo(ordinal: number): void {
    if (ordinal < 0) {
      this.say("This error is about the payload as a whole, not one message.");
      return;
    }
    if (this.rows && this.rows.placeOf(ordinal) < 0) this.filter("all");
    this.flash = performance.now() + FLASH_MS;
    this.light(ordinal);
  }

  private whereIs(row: number): string {
    if (row < 0) return "";
    const positions = this.rows?.index.positions[row] ?? [];
    return positions.length ? `#${positions.join(", #")}`.slice(0, 40) : "the next message";
  }

  override build(ordinal: number): HTMLElement {
    return buildRow(this.cells(this.rows as Rows), ordinal);
  }

  private cells(rows: Rows): CellView {
    const { lit, opened, providerName } = this;
    return {
      rows,
      lit,
      opened,
      providerName,
      flashing: performance.now() < this.flash,
      itemOf: (ordinal) => this.source.items.get(ordinal),
      text: (ordinal, part) => this.source.text(ordinal, part),
      linkTo: (position) => this.linkTo(this.data.source, position),
      open: (ordinal, part, given) => void this.open(ordinal, part, given),
      close: (ordinal, part) => {
        opened.delete(`${ordinal} ${part}`);
        this.changed(ordinal);
      },
      readOn: (ordinal, part) => void this.readOn(ordinal, part),
      copySent: (ordinal) => void this.copySent(ordinal),
    };
  }

  private async open(ordinal: number, part: string, given: CutText): Promise<void> {
    this.opened.add(`${ordinal} ${part}`);
    if (given.length > given.cut && !this.source.text(ordinal, part)) await this.readOn(ordinal, part);
    else this.changed(ordinal);
  }

  private async readOn(ordinal: number, part: string): Promise<void> {
    try {
      await this.source.more(ordinal, part);
    } catch (error) {
      this.say(messageOf(error));
    }
    this.changed(ordinal);
  }

  private async copySent(ordinal: number): Promise<void> {
    try {
      const copied = await copyText(await this.source.whole(ordinal, "sent"), this.root);
      this.say(copied ? "Copied as JSON" : "The browser did not allow copying.");
    } catch (error) {
      this.say(messageOf(error));
    }
  }

  override stop(): void {
    document.removeEventListener("keydown", this.onkey);
    super.stop();
  }
}
