// What the controllers of one timeline share: what is shown, how the reader set it up, and where it is drawn.

import type { Stage } from "../shared/stage";
import type { VirtualList } from "../shared/virtual-list";
import type { Notice } from "./notice";
import type { Rows } from "./rows";
import type { Source } from "./source";
import type { Mode, State } from "./state";
import type { TimelineData } from "./types";

export interface Timeline {
  readonly root: HTMLElement;
  readonly data: TimelineData;
  readonly state: State;
  readonly source: Source;
  // null until the conversation was read; `shown` is for what happens only after that
  readonly rows: Rows | null;
  readonly shown: Rows;
  readonly list: VirtualList;
  readonly stage: Stage;
  readonly notice: Notice;
  readonly mode: Mode;
  // Draws the row of a message anew, and keeps it where it is; `within`: one that begins above the edge comes down to it.
  changed(ordinal: number, within?: boolean): void;
  updateBars(): void;
}
