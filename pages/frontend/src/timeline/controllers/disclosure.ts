// How much of each message is shown: folded or whole, its texts, results and calls.

import { groupOf } from "../../shared/roles";
import { known } from "../../shared/sorted";
import { FIRST_CALLS } from "../rows";
import type { Way } from "../state";
import type { Timeline } from "../timeline";
import type { Selection } from "./selection";

const MOST_CALLS = 100; // of a message that is opened for what is in one of them

// What is said is whole in a replay: it has been seen being typed.
const SPOKEN = new Set(["user", "assistant"]);

interface DisclosureView extends Timeline {
  readonly selection: Pick<Selection, "select">;
  readonly replayer: { readonly active: boolean; readonly now: number };
}

export class Disclosure {
  constructor(private readonly view: DisclosureView) {}

  fold(ordinal: number, fold: boolean): void {
    const { state } = this.view;
    state.setWay(ordinal, fold ? "folded" : state.fold === "folded" ? "auto" : state.fold);
    this.view.selection.select(ordinal, false);
    this.view.changed(ordinal);
  }

  toggleFold(): void {
    const { current } = this.view.state;
    if (current >= 0) this.fold(current, this.view.state.wayOf(current) !== "folded");
  }

  toggleOpen(): void {
    const { state, shown } = this.view;
    const { current } = state;
    if (current < 0) return;
    state.setWay(current, state.wayOf(current) === "open" ? "auto" : "open");
    for (const result of state.results.keys()) if (shown.rowOf(result) === current) state.results.delete(result);
    this.view.changed(current);
  }

  // Once more takes it back.
  foldAll(way: Way): void {
    const { state, list } = this.view;
    state.fold = state.fold === way ? "auto" : way;
    state.forgetWays();
    this.view.updateBars();
    list.rebuild();
  }

  // Opens what would keep a message out of sight: a folded row, a closed result, calls not shown yet.
  unfoldFor(ordinal: number, results = true): void {
    const { state, shown, list } = this.view;
    const row = shown.rowOf(ordinal);
    const calls = known(shown.index.calls, row);
    if (state.wayOf(row) === "folded") state.ways.set(row, "auto");
    if (results && row !== ordinal) state.results.set(ordinal, true);
    if (calls > FIRST_CALLS) state.callsShown.set(row, Math.min(calls, MOST_CALLS));
    list.refresh(row);
  }

  showCalls(ordinal: number, count: number): void {
    this.view.state.callsShown.set(ordinal, count);
    this.view.changed(ordinal, false);
  }

  isTextOpen(ordinal: number, part: string): boolean {
    const { state, shown, replayer } = this.view;
    const key = `${ordinal} ${part}`;
    const said = replayer.active && part === "content" && SPOKEN.has(groupOf(shown.entry(ordinal).kind));
    return state.texts.get(key) ?? (said || state.wayOf(shown.rowOf(ordinal)) === "open");
  }

  openText(ordinal: number, part: string): void {
    this.view.state.texts.set(`${ordinal} ${part}`, true);
    this.view.changed(ordinal, false);
  }

  closeText(ordinal: number, part: string): void {
    this.view.state.texts.set(`${ordinal} ${part}`, false);
    this.view.changed(ordinal);
  }

  // `ordinal` is the row's, `result` the result's own.
  isResultOpen(ordinal: number, result: number): boolean {
    const { state, replayer } = this.view;
    return state.results.get(result) ?? (replayer.now === result || state.wayOf(ordinal) === "open");
  }

  openResult(ordinal: number, result: number, open: boolean): void {
    const { state, shown, list } = this.view;
    state.results.set(result, open);
    this.view.changed(ordinal, false);
    const { position } = shown.entry(result);
    const opener = `[data-result="${position}"] .opener`;
    list.mounted.get(ordinal)?.element.querySelector<HTMLElement>(opener)?.focus({ preventScroll: true });
  }
}
