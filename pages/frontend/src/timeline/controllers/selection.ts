// The message that is marked, and the ways to another one. Each ends in one paint.

import { known } from "../../shared/sorted";
import type { Address } from "../address";
import type { Timeline } from "../timeline";

const PAGE_OVERLAP = 48;
const WALK_SHARE = 0.6;

interface SelectionView extends Timeline {
  readonly address: Pick<Address, "set">;
  readonly replayer: {
    readonly active: boolean;
    stray(): void;
    isThere(ordinal: number): boolean;
    seek(ordinal: number): void;
  };
  readonly filter: { unhide(ordinal: number): void };
}

type Way = 1 | -1;

export class Selection {
  constructor(private readonly view: SelectionView) {}

  // `result`: the position of the tool result that is marked inside the row, which is a message of its own.
  select(ordinal: number, focus = true, result: number | null = null): void {
    const { list, state } = this.view;
    this.mark(false);
    state.current = ordinal;
    state.result = result;
    state.notedAt = null;
    this.mark(true);
    if (focus) list.mounted.get(ordinal)?.element.focus({ preventScroll: true });
    this.tellAddress();
  }

  private mark(on: boolean): void {
    const { current, result } = this.view.state;
    const row = this.view.list.mounted.get(current)?.element;
    row?.classList.toggle("current", on);
    if (result !== null) row?.querySelector(`[data-result="${result}"]`)?.classList.toggle("current", on);
  }

  // The position of the marked message; null where none is.
  get position(): number | null {
    const { shown, state } = this.view;
    if (state.current < 0) return null;
    return state.result ?? shown.entry(state.current).position;
  }

  // The other tabs and the other copy open at the message that is marked here.
  private tellAddress(): void {
    const { state, address } = this.view;
    const { asked } = state;
    if (typeof asked === "number") state.passed.add(asked);
    state.asked = this.position ?? asked;
    address.set("message", this.position);
  }

  step(way: Way): void {
    const { shown, list, state } = this.view;
    const { visible } = shown;
    if (!visible.length) return;
    this.view.replayer.stray();
    const now = shown.placeOf(state.current);
    const edge = shown.at(list.wantedTop() + 1);
    const next = now >= 0 && list.mounted.has(state.current) ? now + way : edge;
    const ordinal = known(visible, Math.min(Math.max(next, 0), visible.length - 1));
    list.reveal(ordinal);
    this.select(ordinal);
  }

  // As step, but first through the rest of a message that is taller than the view.
  walk(way: Way): void {
    const room = this.view.stage.scroller.getBoundingClientRect();
    const box = this.view.list.mounted.get(this.view.state.current)?.element.getBoundingClientRect();
    const rest = !box ? 0 : way > 0 ? box.bottom - room.bottom : room.top - box.top;
    const inSight = box && box.bottom > room.top && box.top < room.bottom;
    if (inSight && rest > 8) this.view.list.by(way * Math.min(rest + 8, room.height * WALK_SHARE));
    else this.step(way);
  }

  page(way: Way): void {
    const { replayer, list, stage, state } = this.view;
    replayer.stray();
    list.by(way * (stage.scroller.clientHeight - PAGE_OVERLAP));
    state.current = -1;
    stage.focus();
  }

  home(): void {
    const [first] = this.view.shown.visible;
    if (first === undefined) return;
    this.view.list.goTo(first, -8);
    this.select(first);
  }

  end(): void {
    const last = this.view.shown.visible.at(-1);
    if (last === undefined) return;
    this.view.list.goToEnd();
    this.select(last);
  }

  // To the message of a stored position, if this copy has it.
  jump(position: number): void {
    const { shown, filter, replayer, list } = this.view;
    const ordinal = shown.ordinalOf.get(position);
    if (ordinal === undefined) return;
    filter.unhide(ordinal);
    if (replayer.active) {
      replayer.seek(ordinal);
      return;
    }
    const row = shown.rowOf(ordinal);
    list.goTo(row, -6);
    this.select(row, true, row === ordinal ? null : position);
  }

  // A replay goes on to a message that it has not come to.
  reach(ordinal: number): void {
    const { replayer } = this.view;
    replayer.stray();
    if (!replayer.isThere(ordinal)) replayer.seek(ordinal);
  }

  // A click selects the message, or the result in it, whatever in it was clicked, unless the reader selects text.
  clicked(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target : null;
    const row = target?.closest<HTMLElement>(".row");
    if (!row || String(window.getSelection())) return;
    const result = target?.closest<HTMLElement>("[data-result]");
    this.select(Number(row.dataset.ordinal), false, result ? Number(result.dataset.result) : null);
  }

  // The position at the top, -1 where no message is shown.
  topPosition(): number {
    const { shown } = this.view;
    return shown.visible.length ? known(shown.index.positions, this.topOrdinal()) : -1;
  }

  // The marked message, where it is in sight and not above the one at the edge, else that one.
  topOrdinal(): number {
    const { shown, list, state } = this.view;
    const marked = state.current >= 0 && this.inSight(state.current) ? shown.placeOf(state.current) : -1;
    const last = Math.max(shown.total - 1, 0);
    const edge = shown.at(Math.min(list.wantedTop() + 24, last));
    return known(shown.visible, Math.max(marked, edge));
  }

  inSight(ordinal: number): boolean {
    const { shown, list, stage } = this.view;
    const place = shown.placeOf(ordinal);
    if (place < 0) return false;
    const top = shown.topOf(place);
    const now = list.wantedTop();
    return top >= now - 1 && top < now + stage.scroller.clientHeight - 60;
  }
}
