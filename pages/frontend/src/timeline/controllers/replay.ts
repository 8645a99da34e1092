// What a reader can do with a replay: begin it at a message, leave it, look elsewhere meanwhile.

import { known, lastAtMost } from "../../shared/sorted";
import { Replay, type ReplayView } from "../replay";
import type { Disclosure } from "./disclosure";
import type { Filter } from "./filter";
import type { Selection } from "./selection";

interface ReplayControllerView extends ReplayView {
  readonly selection: Pick<Selection, "select" | "inSight" | "topOrdinal">;
  readonly disclosure: Pick<Disclosure, "foldAll">;
  readonly filter: Pick<Filter, "unhide">;
}

export class ReplayController {
  replay: Replay | null = null;

  constructor(private readonly view: ReplayControllerView) {}

  get active(): boolean {
    return this.replay !== null;
  }

  get now(): number {
    return this.replay?.now ?? -1;
  }

  get row(): number {
    return this.replay?.row ?? -1;
  }

  // Where it is, else where the address says it was.
  get place(): number | null {
    return this.replay ? this.replay.position : this.view.address.replay;
  }

  // From the marked message, or the one at the top; once more leaves it.
  start(): void {
    const { state, selection } = this.view;
    if (this.replay) this.leave();
    else if (state.current >= 0 && selection.inSight(state.current)) this.from(state.current);
    else if (this.view.shown.visible.length) this.from(selection.topOrdinal());
  }

  from(ordinal: number): void {
    const replay = this.replay ?? this.enter(ordinal);
    replay?.start(ordinal);
    if (replay) this.view.stage.focus();
  }

  toggle(): void {
    if (this.replay) this.replay.toggle();
    else this.start();
  }

  // Paused, with this message as the last one; null where no message can be shown.
  private enter(ordinal: number): Replay | null {
    const { rows, state, disclosure, selection, list } = this.view;
    if (!rows?.kept.length) return null;
    if (state.fold === "folded") disclosure.foldAll("folded"); // once more undoes it
    selection.select(-1, false);
    const replay = new Replay(this.view, ordinal);
    this.replay = replay;
    replay.draw(true);
    list.rebuild();
    this.view.updateBars();
    replay.follow();
    return replay;
  }

  // A position of the address: where this copy has no such message, the last one before it. Whether there is a replay.
  resume(position: number): boolean {
    const { shown, notice, filter } = this.view;
    const { index, extent } = shown;
    let ordinal = shown.ordinalOf.get(position) ?? -1;
    if (ordinal < 0) {
      ordinal = lastAtMost(index.positions, position);
      const stands = ordinal < 0 ? "begins with the first one" : `stands at message ${known(index.positions, ordinal)}`;
      const words = `Message ${position} is not in this copy: ${extent}. The replay ${stands}.`;
      if (index.count) notice.showWords(words);
    }
    if (ordinal >= 0) filter.unhide(ordinal);
    return this.enter(ordinal) !== null;
  }

  leave(): void {
    const { row } = this;
    const { list, shown, selection } = this.view;
    this.over();
    if (row >= 0) list.hold(row);
    shown.until(null);
    list.rebuild();
    this.view.updateBars();
    if (row >= 0) selection.select(row);
  }

  // Other messages pass the filter: the replay is at the same one, or over where none passes.
  refilter(): void {
    if (!this.replay) return;
    if (this.view.shown.kept.length) {
      this.replay.refilter();
      return;
    }
    this.over();
    this.view.shown.until(null);
  }

  private over(): void {
    this.end();
    this.view.address.set("replay", null);
  }

  // Ends it; the address keeps its place.
  end(): void {
    this.replay?.stop();
    this.replay = null;
  }

  // The reader looks elsewhere: what goes on would take it away.
  stray(): void {
    if (this.replay?.playing) this.replay.pause();
  }

  isThere(ordinal: number): boolean {
    return this.replay?.has(ordinal) ?? true;
  }

  seek(ordinal: number): void {
    this.replay?.seek(this.replay.schedule.beatOf(ordinal));
  }

  follow(): void {
    this.replay?.follow();
  }

  // Rows arrived: the last one may have grown.
  arrived(ordinals: number[]): void {
    if (this.replay && this.view.list.anchor.end && ordinals.includes(this.replay.row)) this.replay.follow();
  }
}
