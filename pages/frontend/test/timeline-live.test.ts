import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { unchanged } from "../src/timeline/growth";
import { LiveAlone } from "../src/timeline/live-alone";
import { LivePanel, secondsWords } from "../src/timeline/live-panel";
import type { LiveView, TextPart } from "../src/timeline/live-types";
import type { Opening, TimelineData } from "../src/timeline/types";
import { TimelineView } from "../src/timeline/view";
import { indexOf, itemOf } from "./support/conversation";
import { giveSizes, takeSizes } from "./support/sizes";

const NOW = Date.parse("2026-05-20T12:00:10Z");

const text = (words: string, other: Partial<TextPart> = {}): TextPart => ({
  kind: "text",
  text: words,
  ended: false,
  begun: true,
  withheld: 0,
  places: [["stream", words.length]],
  ...other,
});

const viewOf = (other: Partial<LiveView> = {}, turn: Partial<NonNullable<LiveView["turn"]>> = {}): LiveView => ({
  number: 1,
  copies: 1,
  read_at: "2026-05-20T12:00:00Z",
  activity: "running",
  running: true,
  messages: { database: 3, cache: 3 },
  turn: {
    id: "turn-1",
    outcome: "running",
    began_at: "2026-05-20T12:00:00Z",
    last_at: "2026-05-20T12:00:07Z",
    expires_at: "2026-05-20T13:00:10Z",
    has_stream: true,
    trimmed: false,
    problem: null,
    unsaved: 0,
    parts: [text("Hello there")],
    ...turn,
  },
  waiting: [],
  waiting_until: null,
  ...other,
});

const shown = (view: LiveView): string => {
  const panel = new LivePanel();
  panel.show(view, NOW);
  return panel.element.textContent ?? "";
};

describe("the panel of a running turn", () => {
  it("marks each word with where it is by now", () => {
    const panel = new LivePanel();
    const places: TextPart["places"] = [
      ["both", 5],
      ["cache", 1],
      ["stream", 5],
    ];
    panel.show(viewOf({}, { parts: [text("Hello there", { places })] }), NOW);
    const spans = [...panel.element.querySelectorAll(".place")].map((span) => [span.classList[1], span.textContent]);
    expect(spans).toEqual([
      ["both", "Hello"],
      ["cache", " "],
      ["stream", "there"],
    ]);
    expect(panel.element.textContent).toContain("5 characters only in the stream");
    expect(panel.element.textContent).toContain("last sign 3 s ago");
  });

  it("shows calls with input and output, tokens, errors and unknown entries", () => {
    const words = shown(
      viewOf(
        {},
        {
          parts: [
            {
              kind: "call",
              id: "c1",
              name: "bash_exec",
              called: true,
              answered: true,
              input: '{"command":"ls"}',
              output: "a.txt",
              success: true,
              places: [["stream", 2]],
            },
            { kind: "usage", prompt_tokens: 1200, completion_tokens: null, total_tokens: null },
            { kind: "error", text: "Overloaded", code: "529", details: null },
            { kind: "unknown", type: "reasoning-delta", count: 2, readable: true, sample: "" },
          ],
        },
      ),
    );
    for (const part of [
      "Tool call bash_exec · done",
      '{"command":"ls"}',
      "a.txt",
      "Call and result only in the stream",
      "1,200 input, not reported output",
      "Error: Overloaded (529)",
      "2 entries of the unknown type reasoning-delta",
    ]) {
      expect(words).toContain(part);
    }
  });

  it("says of tokens that nobody counted only that", () => {
    const usage = { kind: "usage" as const, prompt_tokens: null, completion_tokens: null, total_tokens: 7 };
    expect(shown(viewOf({}, { parts: [usage] }))).toContain("Tokens: not reported");
    expect(shown(viewOf({}, { parts: [usage] }))).not.toContain("input");
  });

  it("says of a call without a result whether one may still come", () => {
    const call = {
      kind: "call" as const,
      id: "c1",
      name: "",
      called: true,
      answered: false,
      input: "{}",
      output: null,
    };
    const parts = [{ ...call, success: null, places: [] }];
    const panel = new LivePanel();
    panel.show(viewOf({}, { parts }), NOW);
    expect(panel.element.textContent).toContain("Tool call c1 · running");
    panel.show(viewOf({}, { parts, outcome: "worker_gone" }), NOW);
    expect(panel.element.textContent).toContain("Tool call c1 · no result");
  });

  it("says what never arrived, but not right after the end", () => {
    const over = { outcome: "completed" as const, unsaved: 1 };
    const ended = { running: false, activity: "idle" as const };
    expect(shown(viewOf(ended, over))).toContain("its last words may still arrive");
    const later = shown(viewOf(ended, { ...over, last_at: "2026-05-20T11:59:00Z" }));
    expect(later).toContain(
      "1 part of this turn is missing or incomplete in both copies: lost when the stream expires in 1 h 0 min.",
    );
    expect(shown(viewOf(ended, { outcome: "completed" }))).toContain("All of this turn has arrived");
  });

  it("shows waiting messages with their age, and what is withheld", () => {
    const waiting = [{ content: "And free?", enqueued_at: "2026-05-20T11:58:10Z", given: false, files: 0 }];
    const words = shown(viewOf({ waiting }, { parts: [text("", { withheld: 80, places: [] })] }));
    expect(words).toContain("Waiting to be sent for 2 min");
    expect(words).toContain("And free?");
    expect(words).toContain("80 characters withheld");
  });

  it("marks no words in the structure view, which shows none", () => {
    const panel = new LivePanel();
    const part = text("[40 characters bcdf]", {
      places: [
        ["both", 10],
        ["stream", 30],
      ],
    });
    panel.show(viewOf({}, { parts: [part] }), NOW);
    expect(panel.element.querySelector(".live-text")?.textContent).toBe("[40 characters bcdf]");
    expect(panel.element.querySelector(".place")).toBeNull();
    expect(panel.element.textContent).toContain("10 characters in both copies · 30 characters only in the stream");
  });

  it("never reads text as HTML", () => {
    const panel = new LivePanel();
    panel.show(viewOf({}, { parts: [text("<img src=x onerror=alert(1)>")] }), NOW);
    expect(panel.element.querySelector("img")).toBeNull();
  });

  it("leaves parts alone that did not change", () => {
    const panel = new LivePanel();
    panel.show(viewOf({}, { parts: [text("One"), text("Two")] }), NOW);
    const [first] = panel.element.querySelectorAll(".live-part");
    panel.show(viewOf({}, { parts: [text("One"), text("Two and more")] }), NOW);
    expect(panel.element.querySelector(".live-part")).toBe(first);
    panel.show(viewOf({}, { parts: [text("One")] }), NOW);
    expect(panel.element.querySelectorAll(".live-part").length).toBe(1);
  });

  it("tells lengths of time as people do", () => {
    expect([0.4, 59, 61, 3_700].map(secondsWords)).toEqual(["0 s", "59 s", "1 min", "1 h 1 min"]);
  });
});

describe("messages that are as they were", () => {
  const talk = (...kinds: string[]) => indexOf(kinds.map((kind) => ({ kind })));

  it("are all but those that changed or got a result", () => {
    const before = indexOf([{ kind: "user" }, { kind: "assistant", calls: 1 }]);
    const after = indexOf([
      { kind: "user" },
      { kind: "assistant", calls: 1 },
      { kind: "tool", under: 1 },
      { kind: "assistant" },
    ]);
    expect([...(unchanged(before, after) ?? [])]).toEqual([0]);
    expect([...(unchanged(before, before) ?? [])]).toEqual([0, 1]);
  });

  it("can't be told in a copy that is another one", () => {
    expect(unchanged(talk("user", "assistant"), talk("user"))).toBeNull();
    expect(unchanged(talk("user", "assistant"), talk("assistant", "user"))).toBeNull();
    expect(unchanged(talk(), talk("user"))).toBeNull();
  });
});

const DATA: TimelineData = {
  session: "s1",
  source: "database",
  message: null,
  find: "",
  token: "",
  title: "",
  zone: "UTC",
  view: "full",
  live: true,
};

describe("a running turn without a copy", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it("is shown alone, and the page is told once there is a copy", async () => {
    vi.useFakeTimers();
    const none = { database: null, cache: null };
    const answers: unknown[] = [viewOf({ messages: none, running: false }), { number: 2, copies: 2 }];
    vi.stubGlobal("fetch", async () => new Response(JSON.stringify(answers.shift() ?? { number: 2, copies: 2 })));
    const told: string[] = [];
    const server = { trigger: (name: string) => told.push(name), state: () => {} };
    const root = document.createElement("div");
    const alone = new LiveAlone(root, root, { ...DATA }, server);
    await vi.advanceTimersByTimeAsync(200);
    expect(root.textContent).toContain("Hello there");
    expect(root.textContent).toContain("Database: no readable copy · Cache: no readable copy");
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(2_300);
    expect(told).toEqual(["news"]);
    alone.update({ ...DATA, live: false });
    expect(root.querySelector<HTMLElement>(".live")?.hidden).toBe(true);
    alone.stop();
  });
});

describe("a timeline that follows", () => {
  let count: number;
  let answers: unknown[];
  let asked: string[];
  let view: TimelineView;

  const opening = (): Opening => ({
    index: indexOf(Array.from({ length: count }, (_, n) => ({ kind: n % 2 ? "assistant" : "user" }))),
    questions: [],
    items: Array.from({ length: count }, (_, n) => itemOf(n, `words ${n}`)),
  });

  const answer = async (address: string): Promise<Response> => {
    asked.push(address);
    if (address.startsWith("/api/live"))
      return new Response(JSON.stringify(answers.shift() ?? { number: 9, copies: 9 }));
    if (address.startsWith("/api/timeline/opening")) return new Response(JSON.stringify(opening()));
    return new Response(JSON.stringify({ marks: [], notes: [], may_note: false, items: [], messages: [] }));
  };

  const passes = async (): Promise<void> => {
    await vi.advanceTimersByTimeAsync(1_100);
  };

  beforeEach(() => {
    vi.useFakeTimers();
    giveSizes();
    count = 30;
    asked = [];
    answers = [viewOf({ number: 7, copies: 1, messages: { database: 30, cache: 30 } }), { number: 8, copies: 2 }];
    vi.stubGlobal("fetch", answer);
    vi.stubGlobal(
      "ResizeObserver",
      class {
        observe(): void {}
        unobserve(): void {}
        disconnect(): void {}
      },
    );
    const root = document.createElement("div");
    document.body.append(root);
    view = new TimelineView(root, root, { ...DATA });
  });

  afterEach(() => {
    view.stop();
    takeSizes();
    vi.unstubAllGlobals();
    vi.useRealTimers();
    document.body.replaceChildren();
  });

  it("adds messages without moving what is read, and without drawing it anew", async () => {
    await vi.advanceTimersByTimeAsync(100);
    view.list.goTo(10, 30);
    const row = view.list.mounted.get(11)?.element;
    expect(row).toBeDefined();
    count = 33;
    await passes();
    await passes();
    expect(view.shown.index.count).toBe(33);
    expect(view.list.anchor).toEqual({ ordinal: 10, above: 30 });
    expect(view.list.mounted.get(11)?.element).toBe(row);
  });

  it("adds what came between its first answer and a slower reading of the copy", async () => {
    let release: () => void = () => {};
    const reading = new Promise<void>((resolve) => {
      release = resolve;
    });
    view.stop();
    document.body.replaceChildren();
    vi.stubGlobal("fetch", async (address: string) => {
      const made = await answer(address);
      if (address.startsWith("/api/timeline/opening")) await reading;
      return made;
    });
    answers = [viewOf({ number: 7, copies: 1, messages: { database: 31, cache: 31 } }), { number: 7, copies: 1 }];
    const root = document.createElement("div");
    document.body.append(root);
    view = new TimelineView(root, root, { ...DATA, session: "s2" });
    await vi.advanceTimersByTimeAsync(200);
    count = 31;
    release();
    await passes();
    await passes();
    expect(view.shown.index.count).toBe(31);
  });

  it("asks in the reader's view, and anew once that is another one", async () => {
    await vi.advanceTimersByTimeAsync(100);
    const lives = () => asked.filter((address) => address.startsWith("/api/live"));
    expect(lives().at(-1)).toContain("view=full");
    let release: () => void = () => {};
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    vi.stubGlobal("fetch", async (address: string) => {
      const made = await answer(address);
      if (address.startsWith("/api/live") && address.includes("view=full")) await slow;
      return made;
    });
    answers = [
      viewOf({ number: 8 }, { parts: [text("In full")] }),
      viewOf({ number: 8 }, { parts: [text("[name x]")] }),
    ];
    await passes();
    view.update({ ...DATA, view: "masked" });
    expect(view.follower.panel.element.textContent).not.toContain("Hello");
    release();
    await passes();
    expect(lives().at(-1)).toContain("view=masked");
    expect(lives().find((address) => address.includes("view=masked"))).toContain("since=0");
    expect(view.follower.panel.element.textContent).toContain("[name x]");
    expect(view.follower.panel.element.textContent).not.toContain("In full");
  });

  it("tells the page when a copy was written or the turn has ended, but not again and again", async () => {
    let told = 0;
    view.follower.onnews = () => {
      told += 1;
    };
    const same = (copies: number) => Array.from({ length: 9 }, () => ({ number: copies, copies }));
    const passed = async (times: number) => {
      for (let n = 0; n < times; n += 1) await passes();
    };
    answers = same(1);
    await passed(4);
    expect(told).toBe(1); // it runs, which the page may not say yet
    answers = same(2);
    await passed(4);
    expect(told).toBe(2);
    answers = Array.from({ length: 9 }, (_, n) => ({ number: n + 3, copies: n + 3 }));
    await passed(6);
    expect(told).toBeGreaterThan(2);
    expect(told).toBeLessThanOrEqual(5);
  });

  it("asks only for what is new, and stops while its tab is hidden or the switch is off", async () => {
    await vi.advanceTimersByTimeAsync(100);
    await passes();
    const lives = () => asked.filter((address) => address.startsWith("/api/live"));
    expect(lives()[1]).toContain("since=7");
    vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    await passes();
    const before = lives().length;
    await passes();
    await passes();
    expect(lives().length).toBe(before);
    vi.spyOn(document, "visibilityState", "get").mockReturnValue("visible");
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.advanceTimersByTimeAsync(10);
    expect(lives().length).toBe(before + 1);
    view.update({ ...DATA, live: false });
    await passes();
    await passes();
    expect(lives().length).toBe(before + 1);
    expect(view.follower.panel.element.hidden).toBe(true);
  });
});
