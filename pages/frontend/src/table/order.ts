// The order of the rows where the whole list is here: by a column, up or down, and as they came.

import type { Cell } from "./types";

export interface Order {
  column: number;
  descending: boolean;
}

const compare = new Intl.Collator(undefined, { numeric: true }).compare;

// The order after a press on a column's head: numbers begin with the largest; a third press takes it back.
export function pressed(before: Order | null, column: number, isNumber: boolean): Order | null {
  if (before?.column !== column) return { column, descending: isNumber };
  return before.descending === isNumber ? { column, descending: !isNumber } : null;
}

type Rows = readonly (readonly (Cell | null)[])[];

// Whether a column has numbers, of which the largest are looked for first.
export const hasNumbers = (rows: Rows, column: number): boolean =>
  rows.some((row) => typeof row[column]?.value === "number");

// The indices of the rows in their order; rows without a value come last either way.
export function ordered(rows: Rows, order: Order | null): number[] {
  const indices = rows.map((_, index) => index);
  if (!order) return indices;
  const value = (index: number) => rows[index]?.[order.column]?.value ?? null;
  const direction = order.descending ? -1 : 1;
  return indices.sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    if (typeof a === "number" && typeof b === "number") return direction * (a - b);
    return direction * compare(String(a), String(b));
  });
}
