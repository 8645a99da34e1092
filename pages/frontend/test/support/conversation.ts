// Conversations as the timeline's index and items have them.

import type { Index, Item, Part } from "../../src/timeline/types";

export interface Told {
  kind: string;
  length?: number;
  calls?: number;
  under?: number;
  gap?: number | null;
  at?: string | null;
  position?: number;
  notes?: number;
  lines?: number;
}

export function indexOf(messages: Told[]): Index {
  const column = <Value>(of: (message: Told, ordinal: number) => Value) => messages.map(of);
  return {
    count: messages.length,
    positions: column(({ position }, ordinal) => position ?? ordinal),
    kinds: column(({ kind }) => kind),
    lengths: column(({ length }) => length ?? 10),
    lines: column(({ lines }) => lines ?? 1),
    calls: column(({ calls }) => calls ?? 0),
    times: column(({ at }) => at ?? null),
    gaps: column(({ gap }) => gap ?? null),
    notes: column(({ notes }) => notes ?? 0),
    under: column(({ under }) => under ?? -1),
  };
}

export const part = (text: string): Part => ({ text, length: text.length, laid: false, exact: text.length });

export function itemOf(ordinal: number, text = "words", other: Partial<Item> = {}): Item {
  return {
    ordinal,
    position: ordinal,
    role: "user",
    kind: "user",
    content: part(text),
    name: null,
    tool_call_id: null,
    refusal: null,
    function_call: null,
    calls: [],
    notes: [],
    extras: [],
    summary: null,
    context: [],
    ended: null,
    ...other,
  };
}
