// What the route of a running turn answers.

export type Place = "stream" | "cache" | "database" | "both" | "unknown";
export type Piece = [place: Place, length: number];

export interface TextPart {
  kind: "text";
  text: string;
  ended: boolean;
  begun: boolean;
  withheld: number;
  places: Piece[];
}

export interface CallPart {
  kind: "call";
  id: string;
  name: string | null;
  called: boolean;
  answered: boolean;
  input: string | null;
  output: string | null;
  success: boolean | null;
  places: Piece[];
}

export interface UsagePart {
  kind: "usage";
  prompt_tokens: number | null;
  completion_tokens: number | null;
  total_tokens: number | null;
}

export interface ErrorPart {
  kind: "error";
  text: string;
  code: string | null;
  details: string | null;
}

export interface UnknownPart {
  kind: "unknown";
  type: string;
  count: number;
  readable: boolean;
  sample: string;
}

export type LivePart = TextPart | CallPart | UsagePart | ErrorPart | UnknownPart;

export interface LiveTurn {
  id: string;
  outcome: "running" | "completed" | "failed" | "worker_gone";
  began_at: string | null;
  last_at: string | null;
  expires_at: string | null;
  has_stream: boolean;
  trimmed: boolean;
  problem: string | null;
  unsaved: number;
  parts: LivePart[];
}

export interface Waiting {
  content: string;
  enqueued_at: string | null;
  given: boolean;
  files: number;
}

export interface LiveView {
  number: number;
  copies: number; // another number whenever a copy was written
  read_at: string;
  activity: "idle" | "queued" | "running" | "stuck" | "unknown";
  running: boolean;
  messages: { database: number | null; cache: number | null };
  turn: LiveTurn | null;
  waiting: Waiting[];
  waiting_until: string | null;
  unavailable?: string[];
}

// Only these two where nothing has changed.
export type LiveAnswer = LiveView | Pick<LiveView, "number" | "copies">;
