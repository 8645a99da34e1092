import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { clockWords, many, timeElement, useZone } from "../src/shared/format";

const NOW = new Date("2026-09-15T12:00:00Z");

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  useZone("Europe/Berlin");
});

afterEach(() => {
  vi.useRealTimers();
  useZone(undefined);
});

describe("times", () => {
  it("are written as the server writes them, in the zone of the page", () => {
    expect(timeElement("2025-09-07T22:05:09+00:00")?.textContent).toBe("8 Sep 2025, 00:05:09");
  });

  it("leave the year out where it is this one", () => {
    expect(timeElement("2026-03-07T09:30:05+00:00")?.textContent).toBe("7 Mar, 10:30:05");
  });

  it("tell the whole moment on hover, in UTC and in the zone", () => {
    const words = timeElement("2026-03-07T19:30:05+00:00")?.title.split("\n");
    expect(words?.[0]).toBe("2026-03-07 19:30:05 UTC");
    expect(words?.[1]).toMatch(/^Saturday, March 7, 2026 at 20:30:05 .*\(Europe\/Berlin\)$/);
  });

  it("stay as they came where they can't be read", () => {
    expect(timeElement("yesterday")?.textContent).toBe("yesterday");
    expect(clockWords("yesterday")).toBe("");
  });
});

describe("counts", () => {
  it("are written in English", () => {
    expect(many(1_234_567, "message")).toBe("1,234,567 messages");
    expect(many(1, "message")).toBe("1 message");
  });
});
