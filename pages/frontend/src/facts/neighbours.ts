// The way to the session before and after this one in the list that it was opened from, and back to that list.

import { h } from "../shared/dom";
import { hasModifier } from "../shared/keys";
import { keepList, leftList } from "../shared/left-list";

const KEPT_PARAMETERS = ["tz", "view", "tab"];

// The links, or null for a session that no list of this browser tab led to.
export function neighboursElement(session: string): HTMLElement | null {
  const left = leftList();
  const at = left?.ids.indexOf(session) ?? -1;
  if (!left || at < 0) return null;
  keepList({ ...left, id: session });
  return h(
    "nav",
    { class: "neighbours", "aria-label": "List" },
    link("Back to list", () => left.list),
    step("‹ Previous", left.ids[at - 1]),
    h("span", { text: `${at + 1} of ${left.ids.length}`, title: "The place in the list's page" }),
    step("Next ›", left.ids[at + 1]),
  );
}

const step = (label: string, id: string | undefined): HTMLElement =>
  id
    ? link(label, () => addressOf(id))
    : h("span", { class: "off", "aria-disabled": "true", role: "link", text: label });

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
