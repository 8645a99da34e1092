// The list that a session was opened from, and the row of it: for the way back, and for the session before and after.

import { ask } from "./api";

const KEPT = "conversation-inspector.left-list";
const PAGE_ROUTE = "/api/list/page";
const PLACE = "place";

export interface ListPage {
  list: string; // its address
  ids: string[]; // of its sessions, in the order of the list
}

export interface LeftList {
  id: string; // of the session that was opened last
  pages: ListPage[]; // those that are known, from the first one to the last one without a gap
  before: number | null; // how many sessions the list has before them; null if unknown
  total: number | null; // how many it has altogether
  newer: string | null; // the place of the page before them, where there is one
  older: string | null;
}

export type Side = "newer" | "older";

export function leftList(): LeftList | null {
  try {
    const kept = JSON.parse(window.sessionStorage.getItem(KEPT) ?? "null");
    return Array.isArray(kept?.pages) ? kept : null;
  } catch {
    return null; // storage is switched off
  }
}

export function keepList(left: LeftList): void {
  try {
    window.sessionStorage.setItem(KEPT, JSON.stringify(left));
  } catch {
    // the way back ends at the top of the list
  }
}

// The page of the list that has this session.
export const pageOf = (left: LeftList, id: string): ListPage | null =>
  left.pages.find(({ ids }) => ids.includes(id)) ?? null;

const growing = new Map<string, Promise<LeftList>>();

// Keeps the list with the next page on one side, which the server is asked for once, and returns it.
export function grownList(left: LeftList, side: Side): Promise<LeftList> {
  const place = left[side];
  const page = left.pages[side === "newer" ? 0 : left.pages.length - 1];
  if (place === null || !page) return Promise.resolve(left);
  const address = atPlace(page.list, place);
  const before = growing.get(address);
  if (before) return before;
  const asked = read(address, side).finally(() => growing.delete(address));
  growing.set(address, asked);
  return asked;
}

interface Answer {
  ids: string[];
  newer: string | null;
  older: string | null;
}

async function read(address: string, side: Side): Promise<LeftList> {
  const found = await ask<Answer>(PAGE_ROUTE, parametersOf(address));
  const left = leftList(); // as it is now: a step may have been taken meanwhile
  if (!left) throw new Error("The list is no longer kept.");
  const known = new Set(left.pages.flatMap(({ ids }) => ids)); // one that moved in the list is not shown twice
  const page = { list: address, ids: found.ids.filter((id) => !known.has(id)) };
  const isNewer = side === "newer";
  const grown: LeftList = {
    ...left,
    pages: isNewer ? [page, ...left.pages] : [...left.pages, page],
    before: isNewer && left.before !== null ? Math.max(left.before - page.ids.length, 0) : left.before,
    [side]: found[side],
  };
  keepList(grown);
  return grown;
}

function atPlace(list: string, place: string): string {
  const [path, query] = list.split("?");
  const parameters = new URLSearchParams(query);
  parameters.set(PLACE, place);
  return `${path}?${parameters}`;
}

// The query of the list, at the data visibility of this page, whatever it was when the list was left.
function parametersOf(address: string): Record<string, string> {
  const parameters = new URLSearchParams(address.split("?")[1]);
  parameters.delete("view");
  const view = new URLSearchParams(window.location.search).get("view");
  if (view) parameters.set("view", view);
  parameters.set("zone", Intl.DateTimeFormat().resolvedOptions().timeZone);
  return Object.fromEntries(parameters);
}
