// What a reader has set up in a conversation. It outlives the script and its element, not the page.

import { GROUPS, type Group } from "../shared/roles";
import type { Anchor } from "../shared/virtual-list";

const MOST_REMEMBERED = 20;

// How a message is shown: as a line, with long texts cut and results closed, or with everything.
export type Way = "folded" | "auto" | "open";
export type Mode = "exact" | "rendered";

// A note that is being written.
export interface Draft {
  key: string;
  position: number;
  id: string | null;
  text: string;
  error: string;
  saving: boolean;
}

const remembered = new Map<string, State>();

export class State {
  anchor: Anchor = { ordinal: 0, above: 0 };
  groups = new Set<Group>(GROUPS);
  presented: Mode = "rendered"; // in the presenter view
  fold: Way = "auto";
  outline: boolean | null = null;
  query = "";
  current = -1;
  result: number | null = null; // the position of the result that is marked inside the current row
  lit: number | null = null;
  flash = 0;
  asked: number | null | undefined = undefined;
  readonly passed = new Set<number>(); // positions that were marked, or asked for, before the one of now
  found = ""; // the word of the address that was looked for
  readonly exact = new Set<string>();
  readonly drafts = new Map<string, Draft>(); // by message and note
  deleting: string | null = null; // the note whose deletion is to be confirmed
  noted = false; // only messages with notes
  notedAt: number | null = null;
  readonly callsShown = new Map<number, number>();
  readonly ways = new Map<number, Way>();
  readonly texts = new Map<string, boolean>();
  readonly results = new Map<number, boolean>();

  static of(session: string, source: string): State {
    const key = JSON.stringify([session, source]);
    const state = remembered.get(key) ?? new State();
    remembered.delete(key);
    remembered.set(key, state);
    state.passed.clear(); // shown anew: whatever the page asks for now is asked anew
    const [oldest] = remembered.keys();
    if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    return state;
  }

  forgetWays(): void {
    this.ways.clear();
    this.texts.clear();
    this.results.clear();
  }

  wayOf(ordinal: number): Way {
    return this.ways.get(ordinal) ?? this.fold;
  }

  setWay(ordinal: number, way: Way): void {
    this.ways.set(ordinal, way);
    for (const key of this.texts.keys()) if (key.startsWith(`${ordinal} `)) this.texts.delete(key);
  }
}
