// What a reader can do with bookmarks and notes: write, change and delete them, and go from one to the next.

import { many } from "../../shared/format";
import { known } from "../../shared/sorted";
import { AnnotationsStore, type Change, type Method } from "../annotations-store";
import type { Source } from "../source";
import type { Draft } from "../state";
import type { Timeline } from "../timeline";
import type { Annotation, Annotations } from "../types";
import type { Disclosure } from "./disclosure";
import type { Filter } from "./filter";
import type { Selection } from "./selection";

interface AnnotationsView extends Timeline {
  readonly presenter: { readonly on: boolean };
  readonly selection: Pick<Selection, "select" | "jump" | "topOrdinal" | "position">;
  readonly disclosure: Pick<Disclosure, "unfoldFor">;
  readonly filter: Pick<Filter, "unhide" | "takeNotes">;
}

const draftKey = (position: number, id: string | null): string => `${position} ${id ?? ""}`;

export class AnnotationsController {
  readonly store = new AnnotationsStore();

  constructor(private readonly view: AnnotationsView) {}

  async read(source: Source): Promise<void> {
    const answer = await this.store.read(source.address);
    if (answer) this.take(source, answer);
  }

  // `saved` is the draft that is a note now.
  private take(source: Source, answer: Annotations, saved: Draft | null = null): void {
    const { rows, state, notice, filter } = this.view;
    if (source.stopped || !rows) return;
    if (saved) state.drafts.delete(saved.key);
    const first = !this.store.known;
    this.store.take(answer, (position) => rows.ordinalOf.has(position));
    const { elsewhere } = this.store;
    if (first && elsewhere) {
      const notes = many(elsewhere, "note is", "notes are");
      notice.showWords(`${notes} on messages that this copy does not have; the other copy may.`);
    }
    filter.takeNotes();
  }

  // "" where it was done, else why it was refused.
  private async change(method: Method, change: Change, draft: Draft | null = null): Promise<string> {
    const { source } = this.view;
    const answer = await this.store.change(source.address, method, change);
    if (typeof answer === "string") return answer;
    this.take(source, answer, draft);
    return "";
  }

  private get ordinals(): number[] {
    const ordinals = this.store.positions.map((position) => this.view.shown.ordinalOf.get(position) ?? -1);
    return ordinals.sort((a, b) => a - b);
  }

  // The rows that show messages with notes.
  get rows(): ReadonlySet<number> {
    return new Set(this.ordinals.map((ordinal) => this.view.shown.rowOf(ordinal)));
  }

  // The position of the marked message, else of the one at the top; null where none can have a note.
  private toNote(): number | null {
    const { presenter, shown, state, selection } = this.view;
    if (presenter.on || !this.store.may || !shown.visible.length) return null;
    if (shown.placeOf(state.current) < 0) selection.select(selection.topOrdinal(), false);
    return selection.position;
  }

  bookmarkHere(): void {
    const position = this.toNote();
    if (position !== null) void this.toggleBookmark(position);
  }

  noteHere(): void {
    const position = this.toNote();
    if (position !== null) this.openDraft(position);
  }

  async toggleBookmark(position: number): Promise<void> {
    const mine = this.store.bookmark(position);
    const refused = mine
      ? await this.change("DELETE", { id: mine.id })
      : await this.change("POST", { position, text: null });
    this.view.stage.say(refused || `Message ${position} ${mine ? "is no longer bookmarked" : "bookmarked"}`);
  }

  // To the next message with notes, round and round.
  step(way: 1 | -1): void {
    const { presenter, shown, selection, state, stage } = this.view;
    if (presenter.on) return;
    const { ordinals } = this;
    if (!ordinals.length) {
      stage.say("No message has a bookmark or note");
      return;
    }
    const here = () => (state.current >= 0 ? state.current : selection.topOrdinal() - (way > 0 ? 1 : 0));
    const now = state.notedAt ?? here();
    const found = way > 0 ? ordinals.find((ordinal) => ordinal > now) : ordinals.findLast((ordinal) => ordinal < now);
    const next = found ?? known(ordinals, way > 0 ? 0 : ordinals.length - 1);
    this.view.filter.unhide(next);
    this.view.disclosure.unfoldFor(next, false); // a note on a result stands under its closed line too
    selection.jump(shown.entry(next).position);
    state.notedAt = next;
    stage.say(`${ordinals.indexOf(next) + 1} of ${many(ordinals.length, "message")} with notes`);
  }

  draft(position: number, id: string | null = null): Draft | undefined {
    return this.view.state.drafts.get(draftKey(position, id));
  }

  openDraft(position: number, note: Annotation | null = null): void {
    const { state, shown, list } = this.view;
    const id = note?.id ?? null;
    const key = draftKey(position, id);
    const row = shown.rowAt(position);
    if (row === undefined) return;
    const fresh = { key, position, id, text: note?.text ?? "", error: "", saving: false };
    if (!state.drafts.has(key)) state.drafts.set(key, fresh);
    if (state.wayOf(row) === "folded") state.setWay(row, "auto");
    if (!list.mounted.has(row)) list.reveal(row);
    this.view.changed(row, false);
    this.focusDraft(row, key);
  }

  private focusDraft(row: number, key: string): void {
    const { list, stage } = this.view;
    const named = `textarea[data-focus="${CSS.escape(key)}"]`;
    const area = list.mounted.get(row)?.element.querySelector<HTMLTextAreaElement>(named);
    if (!area) return;
    area.focus({ preventScroll: true });
    const room = stage.scroller.getBoundingClientRect();
    const box = (area.closest(".noteeditor") ?? area).getBoundingClientRect();
    if (box.bottom > room.bottom || box.top < room.top) list.by(box.bottom - room.bottom + 12);
  }

  closeDraft(draft: Draft): void {
    this.view.state.drafts.delete(draft.key);
    this.redraw(draft.position);
  }

  async saveDraft(draft: Draft): Promise<void> {
    if (draft.saving) return;
    const { position, id, text } = draft;
    if (!text.trim() && id === null) {
      this.closeDraft(draft);
      return;
    }
    draft.saving = true;
    draft.error = "";
    const change: Change = id === null ? { position, text } : { id, text };
    draft.error = await this.change("POST", change, draft);
    draft.saving = false;
    if (draft.error) this.redraw(position);
  }

  // Words are deleted once that was confirmed.
  askToDelete(note: Annotation): void {
    this.view.state.deleting = note.id;
    if (note.position !== null) this.redraw(note.position);
  }

  async delete(note: Annotation): Promise<void> {
    this.view.state.deleting = null;
    const refused = await this.change("DELETE", { id: note.id });
    if (refused) this.view.stage.say(refused);
  }

  // Nothing is to be deleted any more; false where nothing was asked.
  takeBackDeletion(): boolean {
    const { state } = this.view;
    const position = state.deleting === null ? undefined : this.store.positionOf(state.deleting);
    state.deleting = null;
    if (position !== undefined) this.redraw(position);
    return position !== undefined;
  }

  private redraw(position: number): void {
    const ordinal = this.view.rows?.ordinalOf.get(position);
    if (ordinal !== undefined) this.view.changed(ordinal, false);
  }
}
