// Counts, times and gaps in words.

import { h } from "./dom";

// English like the words around them, whatever the browser's language: the server writes numbers and times alike.
const LANGUAGE = "en-US";

export const NUMBER = new Intl.NumberFormat(LANGUAGE);
export const many = (count: number, one: string, more = `${one}s`): string =>
  `${NUMBER.format(count)} ${count === 1 ? one : more}`;

const CLOCK_PARTS: Intl.DateTimeFormatOptions = {
  year: "numeric",
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
};

interface Clocks {
  zone: string;
  seconds: Intl.DateTimeFormat;
  minutes: Intl.DateTimeFormat;
  calendar: Intl.DateTimeFormat;
}

function clocksIn(timeZone: string | undefined): Clocks {
  const format = (parts: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(LANGUAGE, { ...parts, timeZone });
  return {
    zone: timeZone || "your zone",
    seconds: format(CLOCK_PARTS),
    minutes: format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
    calendar: format({ dateStyle: "full", timeStyle: "long", hourCycle: "h23" }),
  };
}

let clocks = clocksIn(undefined);

// The zone that the page shows times in, by its name; every component is told with its data.
export function useZone(timeZone: string | undefined): void {
  try {
    clocks = clocksIn(timeZone);
  } catch {
    clocks = clocksIn(undefined); // a zone that the browser does not know
  }
}

export function timeElement(at: string | null | undefined): HTMLElement | null {
  if (!at) return null;
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return h("span", { class: "quiet", text: at });
  const utc = at.replace("T", " ").replace("+00:00", " UTC");
  const title = `${utc}\n${clocks.calendar.format(moment)} (${clocks.zone})`;
  return h("time", { datetime: at, title, text: momentWords(moment) });
}

// A moment in the page's zone, without the year where it is this one: 7 Mar 2025, 09:30:05.
function momentWords(moment: Date): string {
  const { day, month, year, hour, minute, second } = partsOf(moment);
  const ofYear = year === partsOf(new Date()).year ? "" : ` ${year}`;
  return `${day} ${month}${ofYear}, ${hour}:${minute}:${second}`;
}

function partsOf(moment: Date): Partial<Record<Intl.DateTimeFormatPartTypes, string>> {
  return Object.fromEntries(clocks.seconds.formatToParts(moment).map(({ type, value }) => [type, value]));
}

// The hour and minute of a moment in the page's zone; nothing where it is unknown.
export function clockWords(at: string | null | undefined): string {
  const moment = new Date(at ?? "");
  return Number.isNaN(moment.getTime()) ? "" : clocks.minutes.format(moment);
}

// A signed length of time: +4 s, −2 min 5 s, +3 h 0 min.
export function gapWords(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return "";
  return (seconds < 0 ? "\u2212" : "+") + lengthWords(Math.abs(seconds));
}

function lengthWords(size: number): string {
  if (size < 9.95) return `${Number(size.toFixed(1))} s`;
  const whole = Math.round(size);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86400)} d ${Math.floor((whole % 86400) / 3600)} h`;
}

// How long after the message before: "4 s later", "at once"; nothing where it is unknown.
export function laterWords(gap: number | null | undefined): string {
  if (gap === null || gap === undefined) return "";
  if (Math.abs(gap) < 0.05) return "at once";
  return `${lengthWords(Math.abs(gap))} ${gap < 0 ? "before" : "later"}`;
}

// A length of time without its sign.
export const spanWords = (seconds: number): string => lengthWords(Math.abs(seconds));
