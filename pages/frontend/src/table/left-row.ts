// The row that was opened last, so that the way back leads to it.

const KEPT = "conversation-inspector.left-row";

interface Left {
  list: string;
  id: string;
}

export function leftRow(): Left | null {
  try {
    return JSON.parse(window.sessionStorage.getItem(KEPT) ?? "null");
  } catch {
    return null; // storage is switched off
  }
}

export function keepRow(left: Left): void {
  try {
    window.sessionStorage.setItem(KEPT, JSON.stringify(left));
  } catch {
    // the way back ends at the top of the list
  }
}
