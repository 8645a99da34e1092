// Keys act when nothing that takes keys has the focus, and leave alone what the page or the browser uses.

import { hasModifier, isMeantFor } from "../shared/keys";
import type { AnnotationsController } from "./controllers/annotations";
import type { Disclosure } from "./controllers/disclosure";
import type { Presenter } from "./controllers/presenter";
import type { ReplayController } from "./controllers/replay";
import type { Search } from "./controllers/search";
import type { Selection } from "./controllers/selection";
import type { Replay } from "./replay";
import type { Rows } from "./rows";
import type { Toolbar } from "./toolbar";

const EDITABLE = "input, textarea, select, [contenteditable=''], [contenteditable=true]";
const PRESSED = "button, a, summary";
const RANGE_KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"];

interface KeysView {
  readonly root: HTMLElement;
  readonly host: Element;
  readonly rows: Rows | null;
  readonly selection: Selection;
  readonly disclosure: Disclosure;
  readonly search: Search;
  readonly annotations: AnnotationsController;
  readonly replayer: ReplayController;
  readonly presenter: Presenter;
  readonly toolbar: Toolbar;
  readonly helpOpen: boolean;
  showHelp(): void;
  escape(): void;
}

type Actions = Record<string, () => void>;

const REPLAYED: Record<string, (replay: Replay) => void> = {
  " ": (replay) => replay.toggle(),
  ArrowRight: (replay) => replay.step(1),
  ArrowLeft: (replay) => replay.step(-1),
  Home: (replay) => replay.seek(0),
  End: (replay) => replay.seek(replay.schedule.count - 1),
  "+": (replay) => replay.faster(1),
  "=": (replay) => replay.faster(1),
  "-": (replay) => replay.faster(-1),
};

// What a presenter's remote control sends.
const PRESENTED: Record<string, (replay: Replay) => void> = {
  PageDown: (replay) => replay.step(1),
  PageUp: (replay) => replay.step(-1),
};

export function timelineKeys(view: KeysView): (event: KeyboardEvent) => void {
  const actions = actionsOf(view);
  const actionFor = (key: string): (() => void) | undefined => {
    const { replay } = view.replayer;
    const inReplay = replay && ((view.presenter.on && PRESENTED[key]) || REPLAYED[key]);
    return inReplay ? () => inReplay(replay) : actions[key];
  };
  return (event) => {
    const action = actionFor(event.key);
    if (!action || event.defaultPrevented || hasModifier(event)) return;
    if (!listens(view, event) || (event.shiftKey && event.key.length > 1)) return;
    event.preventDefault();
    action();
  };
}

function actionsOf(view: KeysView): Actions {
  const { selection, disclosure, search, annotations, replayer, presenter, toolbar } = view;
  return {
    j: () => selection.step(1),
    k: () => selection.step(-1),
    ArrowDown: () => selection.walk(1),
    ArrowUp: () => selection.walk(-1),
    PageDown: () => selection.page(1),
    PageUp: () => selection.page(-1),
    Home: () => selection.home(),
    End: () => selection.end(),
    o: () => disclosure.toggleOpen(),
    x: () => disclosure.toggleFold(),
    n: () => search.step(1),
    N: () => search.step(-1),
    "/": () => toolbar.input.select(),
    b: () => annotations.bookmarkHere(),
    m: () => annotations.noteHere(),
    g: () => annotations.step(1),
    G: () => annotations.step(-1),
    p: () => replayer.toggle(),
    P: () => presenter.toggle(),
    "?": () => view.showHelp(),
    Escape: () => view.escape(),
  };
}

// A range takes the keys that move it, a button the one that presses it.
export function takesKey(target: Element, key: string): boolean {
  if (target instanceof HTMLInputElement && target.type === "range") return RANGE_KEYS.includes(key);
  return target.matches(EDITABLE) || (key === " " && target.matches(PRESSED));
}

function listens({ rows, helpOpen, root, host }: KeysView, event: KeyboardEvent): boolean {
  if (!rows || helpOpen) return false;
  const [target] = event.composedPath();
  if (target instanceof Element && takesKey(target, event.key)) return false;
  return isMeantFor(event, root, host);
}
