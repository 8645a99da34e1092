// What the payload routes answer.

export type Severity = "error" | "warning" | "info";

export interface Index {
  count: number;
  positions: number[][];
  sent: number[];
  lines: number[];
  notes: number[];
  worst: (Severity | null)[];
}

export interface CutText {
  text: string;
  length: number;
  cut: number;
}

export interface Call {
  id: string | null;
  name: string | null;
  arguments: string | null;
}

export interface StoredMessage {
  position: number;
  role: string;
  name: string | null;
  tool_call_id: string | null;
  content: CutText | null;
  calls: Call[];
  refusal: CutText | null;
  function_call: CutText | null;
}

// What the translation for another API changes.
export type Change = [kind: string, field: string, detail: string, serious: boolean];

export type Note = [kind: string, position: number, field: string, detail: string];

export interface Finding {
  code: string;
  title: string;
  severity: Severity;
  meaning: string;
  rejected_by: { provider: string; text: string; path: string | null }[];
  cause: string;
  threads: string[];
  fix: { what: string; lost: string[] } | null;
}

export interface Item {
  ordinal: number;
  stored: StoredMessage[];
  sent: CutText | null;
  payload_position: number | null;
  places: string[];
  changes: Change[];
  role: string | null;
  tokens: number | null;
  notes: Note[];
  findings: Finding[];
}

export interface Verdict {
  provider: string;
  total: number;
  rejections: { row: number; code: string; text: string }[];
}

export interface Summary {
  stored: number;
  sent: number;
  skipped: number;
  names: Record<string, string>;
  verdicts: Verdict[];
}

export interface Opening {
  index: Index;
  summary: Summary;
  items: Item[];
}
