// How wide the columns are in the room that there is.

export interface Sized {
  width: number;
  grow: boolean;
}

const LEAST = 0.6; // of its width, to which a column of text shrinks

// The widths of the columns in pixels, or null where they do not fit side by side.
// Columns of text take what is left, and give up to two fifths of their width.
export function columnWidths(columns: readonly Sized[], room: number): number[] | null {
  const elastic = columns.some(({ grow }) => grow) ? columns.map(({ grow }) => grow) : columns.map(() => true);
  const sum = (of: boolean) => columns.reduce((all, { width }, at) => all + (elastic[at] === of ? width : 0), 0);
  const share = (room - sum(false)) / sum(true);
  if (share < LEAST) return null;
  return columns.map(({ width }, at) => (elastic[at] ? Math.floor(width * share) : width));
}
