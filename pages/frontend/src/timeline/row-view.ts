// What a row needs of its view.

import type { AnnotationsController } from "./controllers/annotations";
import type { Clipboard } from "./controllers/clipboard";
import type { Disclosure } from "./controllers/disclosure";
import type { Presenter } from "./controllers/presenter";
import type { ReplayController } from "./controllers/replay";
import type { TextReader } from "./controllers/text-reader";
import type { Rows } from "./rows";
import type { Source } from "./source";
import type { SourceParts } from "./source-parts";
import type { Mode, State } from "./state";

export interface RowView {
  readonly shown: Rows;
  readonly state: State;
  readonly source: Source;
  readonly mode: Mode;
  // By position, what the other copy has otherwise.
  readonly marks: ReadonlyMap<number, string>;
  readonly sourceParts: SourceParts;
  readonly disclosure: Disclosure;
  readonly texts: TextReader;
  readonly clipboard: Clipboard;
  readonly annotations: AnnotationsController;
  readonly presenter: Presenter;
  readonly replayer: ReplayController;
}
