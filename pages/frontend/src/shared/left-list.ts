// The list that a session was opened from, and the row of it: for the way back, and for the session before and after.

const KEPT = "conversation-inspector.left-list";

export interface LeftList {
  list: string; // its address
  id: string; // of the session that was opened last
  ids: string[]; // in the order of the list
}

export function leftList(): LeftList | null {
  try {
    return JSON.parse(window.sessionStorage.getItem(KEPT) ?? "null");
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
