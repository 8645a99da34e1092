// Home, End and pages by keys: the browser's own way is a slow glide, which rows that are measured meanwhile would end.

import { hasModifier, isMeantFor } from "../shared/keys";
import { known } from "../shared/sorted";
import type { Stage } from "../shared/stage";
import type { VirtualList } from "../shared/virtual-list";
import type { Rows } from "./rows";

const EDITABLE = "input, textarea, select, [contenteditable]";
const OVERLAP = 48;

interface KeyView {
  readonly root: HTMLElement;
  readonly host: Element;
  readonly stage: Stage;
  readonly list: VirtualList;
  readonly rows: Rows | null;
}

export function payloadKeys(view: KeyView): (event: KeyboardEvent) => void {
  const { list } = view;
  const page = (way: 1 | -1) => list.by(way * (view.stage.scroller.clientHeight - OVERLAP));
  const actions: Record<string, (rows: Rows) => void> = {
    Home: (rows) => list.goTo(known(rows.visible, 0), -8),
    End: () => list.goToEnd(),
    PageUp: () => page(-1),
    PageDown: () => page(1),
  };
  return (event) => {
    const action = actions[event.key];
    if (!action || event.defaultPrevented || hasModifier(event) || event.shiftKey) return;
    if (!view.rows?.visible.length || !listens(view, event)) return;
    event.preventDefault();
    action(view.rows);
    view.stage.bringIntoSight();
  };
}

// In the list or around it, or nowhere in particular: on the page around it.
function listens({ root, host }: KeyView, event: KeyboardEvent): boolean {
  const [target] = event.composedPath();
  if (target instanceof Element && target.matches(EDITABLE)) return false;
  return isMeantFor(event, root, host);
}
