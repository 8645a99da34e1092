// What the server sends of a table.

export interface Column {
  code: string;
  label: string;
  help: string;
  width: number; // pixels that it takes where there is room
  grow: boolean; // whether it takes more and gives up some, as text can
  right: boolean;
  sort: string | null; // the order of the whole list, on the server, that its head chooses
}

export interface Cell {
  text: string;
  value: number | string; // what the rows are sorted by
  tone?: string; // of a label that starts with a shape
  fill?: number; // the length of a bar, from 0 to 1
  until?: number; // the moment in milliseconds that the text counts down to
  hint?: string; // what is told on hover, the text itself where it is cut
  below?: string[]; // a second line; of three parts the middle one is marked
}

// Where the rows are in a list of several pages.
export interface Place {
  before: number | null; // rows in the pages before; null if unknown
  total: number | null;
  newer: string | null; // the query parameter of the page before this one, where there is one
  older: string | null;
}

export interface TableData {
  name: string;
  columns: Column[];
  rows: (Cell | null)[][]; // null where there is no value
  ids: string[]; // of the sessions that the rows open, if they do
  place: Place | null; // of the rows in a longer list
  opens: boolean;
  ticks: boolean;
  order: "here" | "server" | "none"; // who sorts when a head is pressed
  sorted: string | null; // the order that the server used
  rowHeight: number;
  mostRows: number | null; // beyond which it scrolls
  anywhere: boolean; // whether keys act while nothing has the focus
}
