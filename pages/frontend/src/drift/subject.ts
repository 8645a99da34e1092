// What is compared: the two copies of a session, or any two sessions, which the page names.

import type { Key } from "./types";

export interface SideName {
  key: Key;
  head: string;
  session: string;
  source: string;
}

export interface Subject {
  // Where the rows are asked for, and by which parameters.
  base: string;
  address: Record<string, string>;
  // The spoken name of the list.
  label: string;
  sides: [left: SideName, right: SideName];
  // What people read for each kind of difference.
  labels: Record<string, string>;
  // Whether the code of a kind stands beside its label.
  codes: boolean;
}

const WORDS: Record<string, string> = {
  unsaved_tail: "Unsaved messages",
  diverged_tail: "Conflicting ends",
  missing_in_db: "Message missing in database",
  stale_cache: "Cache is behind",
  missing_in_cache: "Message missing in cache",
  reordered: "Different order",
  tool_calls_lost: "Tool calls missing in database",
  tool_calls_stale: "Tool calls missing in cache",
  tool_result_stale: "Outdated tool result in cache",
  content_changed: "Different content",
  duplicate_message: "Duplicate message",
  split_message: "Answer split differently",
  context_injected: "Context added in database",
  partial_text: "Incomplete text",
  windowed_cache: "Cache keeps the latest messages only",
  reasoning_rows: "Reasoning in one copy only",
  only_copy: "No other copy",
};

export function bothCopies(session: string, view: string): Subject {
  return {
    base: "/api/drift",
    address: { session, view },
    label: "Both copies",
    sides: [
      { key: "cache", head: "Cache", session, source: "cache" },
      { key: "database", head: "Database", session, source: "database" },
    ],
    labels: WORDS,
    codes: true,
  };
}
