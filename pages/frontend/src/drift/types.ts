// What the routes of both comparisons answer.

export interface Stretch {
  kind: string;
  first: number;
  count: number;
}

// The sides of a comparison: two copies, or two sessions.
export type Key = "cache" | "database" | "a" | "b";

export interface Index extends Partial<Record<Key, number[]>> {
  count: number;
  stretch: number[];
  lines: number[];
  stretches: Stretch[];
}

// The position of a side's message in each row, -1 where it has none.
export const positionsOf = (index: Index, key: Key): number[] => index[key] ?? [];

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

export interface Item extends Partial<Record<Key, Side | null>> {
  ordinal: number;
  kind: string;
  elsewhere: { ordinal: number; position: number } | null;
}

export interface Opening {
  index: Index;
  first: number;
  items: Item[];
}
