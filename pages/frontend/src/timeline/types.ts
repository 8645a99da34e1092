// What the page gives the timeline, and what the timeline's and the annotations' routes answer.

export interface TimelineData {
  session: string;
  source: string;
  message: number | null;
  find: string;
  token: string;
  title: string;
  zone: string;
  view: string;
  live: boolean;
}

export interface Index {
  count: number;
  positions: number[];
  kinds: string[];
  lengths: number[];
  lines: number[];
  calls: number[];
  times: (string | null)[];
  gaps: (number | null)[];
  notes: number[];
  under: number[];
}

// The beginning of a text, and how long it is; `laid`: it is JSON that was laid out.
export interface Given {
  text: string;
  length: number;
  laid: boolean;
}

// `exact`: how long the text is as it is stored.
export interface Part extends Given {
  exact: number;
}

// What a tool's result says about itself.
export interface Summary {
  json: boolean;
  type: string | null;
  message: string | null;
  error: boolean;
}

export type Extras = [name: string, value: string][];

export interface Result extends Summary {
  ordinal: number;
  position: number;
  gap: number | null;
  name: string | null;
  length: number;
  null: boolean;
  head: string;
  notes: string[];
  extras: Extras;
}

export interface Call {
  id: string | null;
  name: string | null;
  arguments: Part;
  head: string;
  more: Part | null;
  damaged: boolean;
  notes: string[];
  result: Result | null;
}

// A context block that a backend wrote in front of the user's text.
export interface Context extends Part {
  name: string;
}

export interface Item {
  ordinal: number;
  position: number;
  role: string;
  kind: string;
  content: Part | null;
  name: string | null;
  tool_call_id: string | null;
  refusal: Part | null;
  function_call: Part | null;
  calls: Call[];
  notes: string[];
  extras: Extras;
  summary: Summary | null;
  context: Context[];
  ended: "failed" | "stopped" | "notice" | null;
}

// A user message: `at` is its time, and `seconds` how long its turn took, each null where it is unknown.
export type Question = [position: number, words: string, at?: string | null, seconds?: number | null];

export interface Opening {
  index: Index;
  questions: Question[];
  items: Item[];
}

export type Match = [position: number, count: number];

// A bookmark or a note of somebody on a message. `position` is null where this copy has no such message.
export interface Annotation {
  id: string;
  position: number | null;
  put_at: number;
  same: boolean;
  text: string | null;
  bookmark: boolean;
  author: string;
  mine: boolean;
  created_at: string;
  changed_at: string | null;
  may_change: boolean;
  may_delete: boolean;
}

// A part of the source of an imported message that the stores do not hold.
export interface SourcePart {
  number: number;
  title: string;
  kept: boolean;
}

// `words`: the kinds of the parts with their numbers; `told`: the model and counts that stood with the message.
export interface SourceMessage {
  position: number;
  words: string;
  told: string;
  parts: SourcePart[];
}

export interface Annotations {
  notes: Annotation[];
  may_note: boolean;
}
