// The way to the session before and after this one in the list that it was opened from, and back to that list.
//
// A list has pages: at the end of the known ones the next is asked for, and its first session is what follows.

import { h } from "../shared/dom";
import { NUMBER } from "../shared/format";
import { hasModifier } from "../shared/keys";
import { grownList, keepList, type LeftList, leftList, pageOf, type Side } from "../shared/left-list";

const KEPT_PARAMETERS = ["tz", "view", "tab"];
const STEPS: Record<Side, number> = { newer: -1, older: 1 };
const LABELS: Record<Side, string> = { newer: "‹ Previous", older: "Next ›" };

// The links, or null for a session that no list of this browser tab led to.
export function neighboursElement(session: string): HTMLElement | null {
  const left = leftList();
  if (!left || !pageOf(left, session)) return null;
  keepList({ ...left, id: session });
  const element = h("nav", { class: "neighbours", "aria-label": "List" });
  draw(element, left, session);
  listen(element);
  return element;
}

const KEYS: Record<string, Side> = { "[": "newer", "]": "older" };
const TYPED_INTO = "input, textarea, select, [contenteditable]";

// [ and ] step, as the links do, as long as they are in the page.
function listen(element: HTMLElement): void {
  const onkey = (event: KeyboardEvent): void => {
    if (!element.isConnected) {
      document.removeEventListener("keydown", onkey);
      return;
    }
    const side = KEYS[event.key];
    const [target] = event.composedPath();
    const isTyping = target instanceof Element && target.closest(TYPED_INTO) !== null;
    const isShortcut = hasModifier(event) && !event.getModifierState("AltGraph"); // which types [ on some keyboards
    if (document.documentElement.dataset.presenter === "on") return; // a presentation stays with its conversation
    if (!side || isTyping || isShortcut || event.defaultPrevented) return;
    element.querySelector<HTMLElement>(`a[data-side=${side}]`)?.click();
  };
  document.addEventListener("keydown", onkey);
}

function draw(element: HTMLElement, left: LeftList, session: string): void {
  const ids = left.pages.flatMap((page) => page.ids);
  const at = ids.indexOf(session);
  element.replaceChildren(
    link("Back to list", () => pageOf(leftList() ?? left, session)?.list ?? "/sessions"),
    step("newer", ids[at - 1], left.newer !== null),
    h("span", { text: placeWords(left, at, ids.length), title: "The place in the list" }),
    step("older", ids[at + 1], left.older !== null),
  );
  const missing = (["newer", "older"] as const).find((side) => left[side] !== null && !ids[at + STEPS[side]]);
  if (missing) grow(element, left, missing, session);
}

function placeWords(left: LeftList, at: number, known: number): string {
  const total = left.total ?? (left.newer === null && left.older === null ? known : null);
  if (left.before === null) return total === null ? "" : `one of ${NUMBER.format(total)}`;
  const place = NUMBER.format(left.before + at + 1);
  return total === null ? place : `${place} of ${NUMBER.format(Math.max(total, left.before + known))}`;
}

async function grow(element: HTMLElement, left: LeftList, side: Side, session: string): Promise<void> {
  try {
    draw(element, await grownList(left, side), session);
  } catch {
    const shown = element.querySelector<HTMLElement>(`[data-side=${side}]`);
    shown?.setAttribute("title", "The rest of the list can't be read now");
    shown?.removeAttribute("aria-busy");
  }
}

// A link to the session, or its label where there is none, or none yet.
function step(side: Side, id: string | undefined, expected: boolean): HTMLElement {
  if (id) {
    const element = link(LABELS[side], () => addressOf(id));
    element.dataset.side = side;
    element.title = side === "newer" ? "Previous session of the list ([)" : "Next session of the list (])";
    return element;
  }
  return h("span", {
    class: "off",
    role: "link",
    "aria-disabled": "true",
    "aria-busy": expected ? "true" : null,
    "data-side": side,
    text: LABELS[side],
  });
}
function addressOf(id: string): string {
  const query = new URLSearchParams({ id });
  const here = new URLSearchParams(window.location.search);
  for (const name of KEPT_PARAMETERS) {
    const value = here.get(name);
    if (value) query.set(name, value);
  }
  return `${window.location.pathname}?${query}`;
}

// The page's address changes with its tabs, so a link's is made when it is about to be used.
function link(label: string, address: () => string): HTMLElement {
  const element = h("a", {
    href: address(),
    text: label,
    onpointerdown: () => element.setAttribute("href", address()),
    onclick: (event) => {
      if (hasModifier(event) || event.shiftKey) return;
      event.preventDefault();
      window.history.pushState({}, "", address());
      window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
    },
  });
  return element;
}
