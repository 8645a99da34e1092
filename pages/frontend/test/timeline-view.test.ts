import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { known } from "../src/shared/sorted";
import type { Annotation, Call, Opening, TimelineData } from "../src/timeline/types";
import { TimelineView } from "../src/timeline/view";
import { indexOf, itemOf, part } from "./support/conversation";
import { giveSizes, takeSizes } from "./support/sizes";

const NOTE: Annotation = {
  id: "n1",
  position: 1,
  put_at: 1,
  same: true,
  text: "check the town",
  bookmark: false,
  author: "ana",
  mine: true,
  created_at: "2026-11-22T09:00:00+00:00",
  changed_at: null,
  may_change: true,
  may_delete: true,
};
const DATA: TimelineData = {
  session: "s1",
  source: "database",
  message: null,
  find: "",
  token: "",
  title: "",
  zone: "UTC",
  view: "full",
  live: false,
};

// The server: three messages, one of them with notes, which can be deleted.
let notes: Annotation[];
let changes: [method: string, body: string][];
let conversation: Opening;

const threeMessages = (): Opening => {
  const kinds = ["user", "assistant", "user"];
  return {
    index: indexOf(kinds.map((kind) => ({ kind }))),
    questions: [],
    items: kinds.map((kind, n) => itemOf(n, `words ${n}`, { kind, role: kind })),
  };
};

// A question, and a call with its result.
function oneCall(): Opening {
  const result = { ordinal: 2, position: 2, gap: null, name: null, length: 4, null: false, head: "12 C" };
  const call = { id: "c1", name: "weather", arguments: part("{}"), head: "", more: null, damaged: false, notes: [] };
  const answered = { ...result, json: false, type: null, message: null, error: false, notes: [], extras: [] };
  const calls = [{ ...call, result: answered }] as Call[];
  return {
    index: indexOf([{ kind: "user" }, { kind: "assistant", length: 0, calls: 1 }, { kind: "tool", under: 1 }]),
    questions: [],
    items: [itemOf(0), itemOf(1, "", { kind: "assistant", role: "assistant", calls })],
  };
}

async function answer(address: string, options: RequestInit = {}): Promise<Response> {
  const { pathname } = new URL(address, window.location.href);
  if (pathname === "/api/notes" && options.method) {
    changes.push([options.method, String(options.body)]);
    notes = notes.filter(({ id }) => id !== JSON.parse(String(options.body)).id);
  }
  const bodies: Record<string, unknown> = {
    "/api/timeline/opening": conversation,
    "/api/timeline/marks": { marks: [] },
    "/api/timeline/find": {
      matches: [
        [0, 1],
        [1, 1],
        [2, 1],
      ],
    },
    "/api/notes": { notes, may_note: true },
  };
  return new Response(JSON.stringify(bodies[pathname]));
}

let view: TimelineView;

const button = (name: string): HTMLButtonElement | undefined =>
  [...view.root.querySelectorAll("button")].find(
    (each) => (each.getAttribute("aria-label") ?? each.textContent) === name,
  );

const press = (key: string): boolean =>
  (document.activeElement ?? document.body).dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true }),
  );

async function opened(data = DATA): Promise<void> {
  const host = document.createElement("section");
  const root = document.createElement("div");
  host.append(root);
  document.body.replaceChildren(host);
  view = new TimelineView(root, host, data);
  await vi.waitUntil(() => view.root.querySelector(".usernote") ?? !notes.length);
}

async function askToDelete(): Promise<void> {
  await opened();
  button("Delete this note")?.focus();
  button("Delete this note")?.click();
}

beforeEach(() => {
  notes = [NOTE];
  changes = [];
  conversation = threeMessages();
  vi.stubGlobal("fetch", answer);
  giveSizes();
  window.history.replaceState(null, "", "/session?id=s1");
});

afterEach(() => {
  view.stop();
  takeSizes();
  vi.unstubAllGlobals();
});

describe("the deletion of a note", () => {
  it("is asked before it is done", async () => {
    await askToDelete();
    expect(changes).toEqual([]);
    expect(document.activeElement).toBe(button("Confirm delete"));
    button("Confirm delete")?.click();
    await vi.waitUntil(() => !view.root.querySelector(".usernote"));
    expect(changes).toEqual([["DELETE", '{"id":"n1"}']]);
  });

  it("stays asked, with the focus, while its row is made anew", async () => {
    await askToDelete();
    view.list.rebuild();
    expect(document.activeElement).toBe(button("Confirm delete"));
  });

  it("is taken back by Escape, which does nothing else and keeps the focus", async () => {
    await askToDelete();
    view.selection.select(1, false);
    press("Escape");
    expect(button("Confirm delete")).toBeUndefined();
    expect(document.activeElement).toBe(button("Delete this note"));
    expect([view.state.current, changes]).toEqual([1, []]);
    press("Escape");
    expect(view.state.current).toBe(-1);
  });

  it.each([
    ["another conversation", { session: "s2" }],
    ["the other copy", { source: "cache" }],
    ["another view", { view: "masked" }],
  ])("is taken back by %s", async (_name, other) => {
    await askToDelete();
    const { state } = view;
    view.update({ ...DATA, ...other });
    expect(state.deleting).toBeNull();
    await vi.waitUntil(() => view.root.querySelector(".usernote"));
    view.update(DATA);
    await vi.waitUntil(() => button("Delete this note"));
    expect(button("Confirm delete")).toBeUndefined();
  });

  it("is taken back when the timeline is taken out of the page", async () => {
    await askToDelete();
    view.stop();
    await opened();
    expect(button("Delete this note")).toBeDefined();
    expect(changes).toEqual([]);
  });

  it("stays asked in a rerun of the page", async () => {
    await askToDelete();
    view.update({ ...DATA, title: "Another title" });
    expect(button("Confirm delete")).toBeDefined();
  });
});

describe("keys", () => {
  it("reach the timeline of the page, and no longer one that was stopped", async () => {
    await opened({ ...DATA, session: "pressed" });
    press("j");
    expect(view.state.current).toBe(0);
    press("j");
    expect(view.state.current).toBe(1);
    view.stop();
    press("j");
    expect(view.state.current).toBe(1);
  });
});

describe("the title of a presentation", () => {
  const title = () => view.root.querySelector(".title")?.textContent;

  it.each([
    ["full", "Fruit"],
    ["masked", "FruitMasked view"],
    ["structure", "FruitStructure only"],
  ])("says that the view is %s, where it shows less than is stored", async (name, shown) => {
    await opened({ ...DATA, session: name, title: "Fruit", view: name });
    expect(title()).toBe(shown);
    view.update({ ...view.data, token: "again" });
    expect(title()).toBe(shown);
  });
});

describe("the message that is marked", () => {
  const message = () => new URL(window.location.href).searchParams.get("message");
  const shown = () => view.shown.entry(view.state.current).position;

  it("is in the address, so that the other tabs open at it", async () => {
    window.history.replaceState(null, "", "/session?id=marked");
    await opened({ ...DATA, session: "marked" });
    press("j");
    await vi.waitUntil(() => message() === String(shown()));
    press("j");
    await vi.waitUntil(() => message() === String(shown()));
  });

  it("is the one whose link was clicked, and a bookmark goes there", async () => {
    await opened({ ...DATA, session: "clicked" });
    const row = known([...view.root.querySelectorAll<HTMLElement>(".row")], 1);
    row.querySelector("a.position")?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    expect(view.state.current).toBe(Number(row.dataset.ordinal));
  });

  it("is the result that was clicked or opened by a link, and not the call it is drawn under", async () => {
    conversation = oneCall();
    notes = [];
    await opened({ ...DATA, session: "result", message: 2 });
    const result = () => view.root.querySelector<HTMLElement>("[data-result]");
    await vi.waitUntil(() => result()?.classList.contains("current") && view.annotations.store.may);
    press("b");
    await vi.waitUntil(() => changes.length === 1);
    view.root.querySelector<HTMLElement>(".callhead")?.click();
    press("b");
    await vi.waitUntil(() => changes.length === 2);
    result()?.querySelector<HTMLElement>(".resulthead")?.click();
    press("b");
    await vi.waitUntil(() => changes.length === 3);
    expect(changes.map(([, body]) => JSON.parse(body).position)).toEqual([2, 1, 2]);
  });

  it("stays marked when a rerun that began earlier brings back one that was left since", async () => {
    await opened({ ...DATA, session: "late" });
    press("End");
    const last = shown();
    press("Home");
    const first = shown();
    view.update({ ...view.data, message: last });
    expect(shown()).toBe(first);
    view.update({ ...view.data, message: last, token: "read again" });
    await vi.waitUntil(() => !view.root.hasAttribute("aria-busy"));
    expect(shown()).toBe(first);
    view.update({ ...view.data, message: first });
    view.update({ ...view.data, message: last });
    expect(shown()).toBe(last);
  });

  it("is taken over by the copy that stays, when the reader switches to the other one and back at once", async () => {
    window.history.replaceState(null, "", "/session?id=back");
    await opened({ ...DATA, session: "back" });
    const [stays, host] = [view, document.createElement("section")];
    document.body.append(host);
    const other = new TimelineView(host, host, { ...DATA, session: "back", source: "cache" });
    await vi.waitUntil(() => other.rows);
    press("End");
    await vi.waitUntil(() => message() === "2");
    expect([stays.state.current, stays.live]).toEqual([-1, false]);
    other.stop();
    host.remove();
    await vi.waitUntil(() => !stays.root.hasAttribute("aria-busy"));
    press("Home");
    await vi.waitUntil(() => stays.live && stays.state.current === 0);
    await vi.waitUntil(() => message() === "0");
  });

  it("is the one that the page asks for where the conversation is shown anew", async () => {
    await opened({ ...DATA, session: "anew" });
    press("End");
    const last = shown();
    press("Home");
    view.stop();
    await opened({ ...DATA, session: "anew", message: last });
    await vi.waitUntil(() => shown() === last);
  });

  it("is none after Escape, in the address too", async () => {
    window.history.replaceState(null, "", "/session?id=left");
    await opened({ ...DATA, session: "left" });
    press("j");
    await vi.waitUntil(() => message() === String(shown()));
    press("Escape");
    await vi.waitUntil(() => message() === null);
  });
});

describe("how text is shown", () => {
  const pressed = (name: string) => button(name)?.getAttribute("aria-pressed");

  it("is raw at first, and stays as it was chosen in every conversation and copy", async () => {
    await opened({ ...DATA, session: "first" });
    expect([pressed("Raw"), pressed("Markdown")]).toEqual(["true", "false"]);
    button("Markdown")?.click();
    view.update({ ...DATA, session: "second", source: "cache" });
    await vi.waitUntil(() => !view.root.hasAttribute("aria-busy"));
    expect(view.mode).toBe("rendered");
    view.stop();
    await opened({ ...DATA, session: "third" });
    expect(pressed("Markdown")).toBe("true");
    button("Raw")?.click();
    view.stop();
    await opened({ ...DATA, session: "fourth" });
    expect(view.mode).toBe("exact");
  });

  it("lasts as long as the page where the browser keeps nothing", async () => {
    const refuse = () => {
      throw new DOMException("denied", "SecurityError");
    };
    vi.stubGlobal("localStorage", { getItem: refuse, setItem: refuse });
    await opened({ ...DATA, session: "private" });
    button("Markdown")?.click();
    expect(view.mode).toBe("rendered");
    button("Raw")?.click();
    expect(view.mode).toBe("exact");
  });
});

describe("a notice", () => {
  it("gives the focus to the list when it goes", async () => {
    await opened();
    view.notice.showWords("Something to know.");
    button("Dismiss")?.focus();
    button("Dismiss")?.click();
    expect(view.notice.element.hidden).toBe(true);
    expect(document.activeElement).toBe(view.stage.scroller);
  });

  it("leaves a focus alone that is elsewhere", async () => {
    await opened();
    view.notice.showWords("Something to know.");
    view.toolbar.input.focus();
    view.notice.hide();
    expect(document.activeElement).toBe(view.toolbar.input);
  });
});

describe("a word of the address", () => {
  const asked = { ...DATA, session: "searched", message: 1, find: "words" };
  const found = (): string => view.root.querySelector(".found")?.textContent ?? "";

  it("is found from the message of the address on, with the next and previous match ready", async () => {
    await opened(asked);
    await vi.waitUntil(() => found() === "2 of 3");
    expect([view.toolbar.input.value, view.state.current]).toEqual(["words", 1]);
    button("Next match")?.click();
    expect(found()).toBe("3 of 3");
  });

  it("does not come back over what the reader typed since", async () => {
    await opened({ ...asked, session: "typed" });
    await vi.waitUntil(() => found() === "2 of 3");
    view.toolbar.clearFind();
    view.update({ ...asked, session: "typed", token: "read again" });
    await vi.waitUntil(() => !view.root.hasAttribute("aria-busy"));
    expect([view.toolbar.input.value, found()]).toEqual(["", ""]);
  });

  it("is looked for when another one is asked for", async () => {
    await opened({ ...DATA, session: "another" });
    view.update({ ...asked, session: "another" });
    await vi.waitUntil(() => found() === "2 of 3");
  });
});
