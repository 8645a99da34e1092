import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Address, leaveAddress, type Placed, takeAddress } from "../src/timeline/address";

const at = (query: string) => window.history.replaceState(null, "", `/session${query}`);
const query = () => window.location.search;

let addresses: Address[];

function address(session = "s1"): Address {
  const made = new Address(session);
  addresses.push(made);
  return made;
}

beforeEach(() => {
  vi.useFakeTimers();
  addresses = [];
});

afterEach(() => {
  for (const made of addresses) made.stop();
  vi.useRealTimers();
});

describe("the place that an address names", () => {
  it.each<[string, number | null]>([
    ["", null],
    ["?replay=0", 0],
    ["?replay=17", 17],
    ["?replay=999999999", 999_999_999],
    ["?replay=1000000000", null],
    ["?replay=-1", null],
    ["?replay=1.5", null],
    ["?replay=1e3", null],
    ["?replay=%D9%A1", null],
    ["?replay=", null],
  ])("of the replay: %s is %s", (search, position) => {
    at(search);
    expect(address().replay).toBe(position);
  });

  it.each([
    ["", null],
    ["?presenter=light", "light"],
    ["?presenter=dark", "dark"],
    ["?presenter=on", "on"],
    ["?presenter=", "on"],
    ["?presenter=constructor", "on"],
  ])("of the presenter view: %s is %s", (search, colours) => {
    at(search);
    expect(address().presenter).toBe(colours);
  });
});

describe("a place that is set", () => {
  it("is written at once and keeps what others have in the address", () => {
    at("?id=s1&tz=UTC#top");
    const length = window.history.length;
    address().set("replay", 5);
    expect(query()).toBe("?id=s1&tz=UTC&replay=5");
    expect([window.location.hash, window.history.length]).toEqual(["#top", length]);
  });

  it("is taken out of the address again", () => {
    at("?replay=5&presenter=dark&id=s1");
    const made = address();
    made.set("replay", null);
    vi.advanceTimersByTime(400);
    made.set("presenter", null);
    vi.advanceTimersByTime(400);
    expect(query()).toBe("?id=s1");
  });

  it("is written 400 ms after the last one was, with what it is by then", () => {
    at("?id=s1");
    const made = address();
    made.set("replay", 1);
    for (let position = 2; position <= 9; position += 1) made.set("replay", position);
    expect([query(), made.replay]).toEqual(["?id=s1&replay=1", 9]);
    vi.advanceTimersByTime(399);
    expect(query()).toBe("?id=s1&replay=1");
    vi.advanceTimersByTime(1);
    expect(query()).toBe("?id=s1&replay=9");
  });

  it("is written at once when the page is left", () => {
    at("?id=s1");
    const made = address();
    made.set("replay", 1);
    made.set("replay", 2);
    window.dispatchEvent(new Event("pagehide"));
    expect(query()).toBe("?id=s1&replay=2");
  });

  it("is not written once it was stopped", () => {
    at("?id=s1");
    const made = address();
    made.set("replay", 1);
    made.set("replay", 2);
    made.stop();
    vi.advanceTimersByTime(1_000);
    window.dispatchEvent(new Event("pagehide"));
    expect(query()).toBe("?id=s1&replay=1");
  });

  it.each([
    ["another page", () => window.history.replaceState(null, "", "/other?id=s1")],
    ["another conversation", () => at("?id=s2")],
  ])("is not written into the address of %s", (_name, go) => {
    at("?id=s1");
    const made = address();
    go();
    const before = query();
    made.set("replay", 3);
    expect(query()).toBe(before);
  });
});

describe("the timeline that takes the place of another", () => {
  function timeline(session: string): Placed & { live: boolean } {
    const view: { -readonly [Name in keyof Placed]: Placed[Name] } = {
      data: { session },
      live: true,
      address: null as unknown as Address,
      retire() {
        view.live = false;
        view.address.stop();
      },
      revive() {
        view.live = true;
        view.address = takeAddress(view);
      },
    };
    view.address = takeAddress(view);
    addresses.push(view.address);
    views.push(view);
    return view;
  }

  const views: Placed[] = [];
  afterEach(() => {
    for (const view of views.splice(0)) leaveAddress(view);
  });

  it("goes on where that one is, whatever the address says, and that one retires", () => {
    at("?id=s1");
    const before = timeline("s1");
    before.address.set("replay", 7);
    at("?id=s1&replay=2&presenter=dark");
    const after = timeline("s1");
    expect([after.address.replay, after.address.presenter, before.live]).toEqual([7, null, false]);
    expect(query()).toBe("?id=s1&replay=7");
  });

  it.each([
    [2_900, 7],
    [3_100, 2],
  ])("%d ms after that one was left begins at message %d", (later, position) => {
    at("?id=s1");
    const before = timeline("s1");
    before.address.set("replay", 7);
    leaveAddress(before);
    before.retire();
    at("?id=s1&replay=2");
    vi.advanceTimersByTime(later);
    expect(timeline("s1").address.replay).toBe(position);
  });

  it("gives its place back when it leaves before that one does", () => {
    at("?id=s1");
    const before = timeline("s1");
    const after = timeline("s1");
    after.address.set("replay", 7);
    leaveAddress(after);
    expect([before.live, before.address.replay]).toEqual([true, 7]);
  });

  it("gives it back to none that has left", () => {
    at("?id=s1");
    const before = timeline("s1");
    const after = timeline("s1");
    leaveAddress(before);
    leaveAddress(after);
    expect(before.live).toBe(false);
  });

  it("of another conversation begins where the address says", () => {
    at("?id=s1&replay=7");
    const before = timeline("s1");
    at("?id=s2&replay=2");
    expect([timeline("s2").address.replay, before.live]).toEqual([2, true]);
  });
});
