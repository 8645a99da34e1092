// What each turn used. The cached copy alone tells, which the timeline doesn't wait for: the source says how to ask for
// the figures of its turns, and the outline, which shows them, asks.

import type { Question } from "./types";

export interface TurnFigures {
  turns: [position: number, responses: number, input: number, output: number, cost: number | null][];
  currency: string | null;
}

export interface Figures {
  responses: number;
  input: number;
  output: number;
  cost: number | null;
  currency: string | null;
}

const asking = new WeakMap<Question[], () => Promise<TurnFigures>>();

export function offerFigures(questions: Question[], ask: () => Promise<TurnFigures>): void {
  asking.set(questions, ask);
}

// The figures of these turns by position; none where they can't be read, and a turn has its time alone.
export async function figuresOf(questions: Question[]): Promise<Map<number, Figures>> {
  const ask = asking.get(questions);
  try {
    return ask ? byPosition(await ask()) : new Map();
  } catch {
    return new Map();
  }
}

function byPosition({ turns, currency }: TurnFigures): Map<number, Figures> {
  return new Map(
    turns.map(([position, responses, input, output, cost]) => [position, { responses, input, output, cost, currency }]),
  );
}

const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
const LEAST_COST = 0.001;

// 58.1k, 1.2M.
export const shortNumber = (value: number): string => SHORT.format(value).toLowerCase().replace("m", "M");

// $0.15, or <$0.001.
export function costWords(cost: number, currency: string | null): string {
  const sign = currency === "USD" ? "$" : "";
  const unit = currency && currency !== "USD" ? ` ${currency}` : "";
  if (cost > 0 && cost < LEAST_COST) return `<${sign}${LEAST_COST}${unit}`;
  const digits = cost < 1 ? 3 : 2;
  return `${sign}${cost.toFixed(digits)}${unit}`;
}
