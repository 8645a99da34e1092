// Elements by function calls: text is only ever set as text, never parsed as HTML.

export type Child = Node | string | null | undefined | false;
type Value = string | number | boolean | null | undefined;
type Handlers = {
  [Name in keyof GlobalEventHandlersEventMap as `on${Name}`]?: (event: GlobalEventHandlersEventMap[Name]) => void;
};
export type Props = Handlers & { [name: string]: Value | ((event: never) => void) };

// An element with attributes (`text` sets its text, on… listens) and children; empty values are left out.
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
    else if (name === "text") element.textContent = String(value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// Sets the text only where it is another one: a live region repeats what is set again.
export function setText(element: Element, words: string): void {
  if (element.textContent !== words) element.textContent = words;
}

export const setPressed = (button: Element, pressed: boolean): void =>
  button.setAttribute("aria-pressed", String(pressed));

// What has the focus, also inside a shadow root.
export function focusedIn(root: Element): HTMLElement | null {
  return (root.getRootNode() as Document | ShadowRoot).activeElement as HTMLElement | null;
}

export function textNodesOf(root: Node): Text[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes: Text[] = [];
  while (walker.nextNode()) nodes.push(walker.currentNode as Text);
  return nodes;
}
