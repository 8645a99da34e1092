// Which messages are shown: by who speaks, and only those with notes.

import { GROUPS, type Group } from "../../shared/roles";
import type { Timeline } from "../timeline";

interface FilterView extends Timeline {
  readonly replayer: { refilter(): void; follow(): void };
  readonly search: { refilter(): void };
  readonly annotations: { readonly rows: ReadonlySet<number> };
}

export class Filter {
  constructor(private readonly view: FilterView) {}

  toggleGroup(group: Group): void {
    const { groups } = this.view.state;
    if (!groups.delete(group)) groups.add(group);
    this.apply();
  }

  toggleNoted(): void {
    this.view.state.noted = !this.view.state.noted;
    this.takeNotes();
  }

  // Other messages have notes, or only those are wanted now.
  takeNotes(): void {
    const { state, shown, annotations, list } = this.view;
    const rows = annotations.rows;
    if (!rows.size) state.noted = false;
    const other = shown.noted !== null || state.noted;
    shown.noted = state.noted ? rows : null;
    if (other) this.apply();
    else this.view.updateBars();
    list.redraw();
  }

  // A filter never stands between a link and its message.
  unhide(ordinal: number): void {
    const { state, shown, stage } = this.view;
    if (shown.shows(ordinal)) return;
    state.groups = new Set(GROUPS);
    state.noted = false;
    shown.noted = null;
    this.apply();
    stage.say("Filter cleared to show this message");
  }

  private apply(): void {
    const { state, shown, replayer, search, stage, list } = this.view;
    shown.filter();
    replayer.refilter();
    search.refilter();
    this.view.updateBars();
    const words = state.noted
      ? "No message with a note is of the kinds chosen above."
      : "The filter hides every message: choose at least one kind above.";
    stage.showWords(shown.count && !shown.visible.length ? words : "");
    list.rebuild();
    replayer.follow();
  }
}
