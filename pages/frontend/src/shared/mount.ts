// A component's entry point. A rerun calls it again with the same element: the view stays, so that nothing moves.

import { useZone } from "./format";

export interface Mounted<Data> {
  readonly root: HTMLElement;
  update(data: Data): void;
  stop(): void;
}

type ViewClass<Data> = new (root: HTMLElement, host: Element, data: Data) => Mounted<Data>;

interface Component<Data> {
  data: Data;
  parentElement: HTMLElement | ShadowRoot;
}

// The function that Streamlit calls; the view is made for the element that `selector` finds.
export function mount<Data extends { zone?: string }>(selector: string, View: ViewClass<Data>) {
  const views = new WeakMap<Node, Mounted<Data>>();
  return ({ data, parentElement }: Component<Data>): (() => void) => {
    const root = parentElement.querySelector<HTMLElement>(selector);
    if (!root) throw new Error(`The component has no ${selector}.`);
    useZone(data.zone);
    const before = views.get(parentElement);
    if (before?.root === root) {
      before.update(data);
    } else {
      before?.stop();
      views.set(
        parentElement,
        new View(root, parentElement instanceof ShadowRoot ? parentElement.host : parentElement, data),
      );
    }
    return () => {
      views.get(parentElement)?.stop();
      views.delete(parentElement);
    };
  };
}
