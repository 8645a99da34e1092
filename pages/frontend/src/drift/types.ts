// What the drift routes answer.

export interface Stretch {
  kind: string;
  first: number;
  count: number;
}

export interface Index {
  count: number;
  stretch: number[];
  cache: number[];
  database: number[];
  lines: number[];
  stretches: Stretch[];
}

// A piece of a compared text: the text itself, or how many characters stand for it.
export type Piece = [kind: "same" | "only", value: string] | [kind: "lacks" | "equal" | "more", value: number];

export interface Field {
  name: string;
  text: string | null;
  length: number;
  cut: number;
  pieces: Piece[] | null;
  differs: boolean;
}

export interface Side {
  position: number;
  role: string;
  at: string | null;
  fields: Field[];
  missing: string[];
}

export type Source = "cache" | "database";

export interface Item {
  ordinal: number;
  kind: string;
  cache: Side | null;
  database: Side | null;
  elsewhere: { ordinal: number; position: number } | null;
}

export interface Opening {
  index: Index;
  first: number;
  items: Item[];
}
