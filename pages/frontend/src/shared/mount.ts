// A component's entry point. A rerun calls it again with the same element: the view stays, so that nothing moves.

import { useZone } from "./format";

export interface Mounted<Data> {
  readonly root: HTMLElement;
  update(data: Data): void;
  stop(): void;
}

// What a view tells the server: a trigger is told once, a state stays.
export interface Server {
  trigger(name: string, value: unknown): void;
  state(name: string, value: unknown): void;
}

type ViewClass<Data> = new (root: HTMLElement, host: Element, data: Data, server: Server) => Mounted<Data>;

interface Component<Data> {
  data: Data;
  parentElement: HTMLElement | ShadowRoot;
  setTriggerValue(name: string, value: unknown): void;
  setStateValue(name: string, value: unknown): void;
}

// The function that Streamlit calls; the view is made for the element that `selector` finds.
export function mount<Data extends { zone?: string }>(selector: string, View: ViewClass<Data>) {
  const views = new WeakMap<Node, Mounted<Data>>();
  return (component: Component<Data>): (() => void) => {
    const { data, parentElement } = component;
    const root = parentElement.querySelector<HTMLElement>(selector);
    if (!root) throw new Error(`The component has no ${selector}.`);
    useZone(data.zone);
    const before = views.get(parentElement);
    if (before?.root === root) {
      before.update(data);
    } else {
      before?.stop();
      const host = parentElement instanceof ShadowRoot ? parentElement.host : parentElement;
      const server = {
        trigger: (name: string, value: unknown) => component.setTriggerValue(name, value),
        state: (name: string, value: unknown) => component.setStateValue(name, value),
      };
      views.set(parentElement, new View(root, host, data, server));
    }
    return () => {
      views.get(parentElement)?.stop();
      views.delete(parentElement);
    };
  };
}
