// A component's entry point. A rerun calls it again with the same element: the view stays, so that nothing moves.

const views = new WeakMap();

function entry(selector, View) {
  return ({ data, parentElement }) => {
    const root = parentElement.querySelector(selector);
    let view = views.get(parentElement);
    useZone(data.zone);
    if (view && view.root === root) {
      view.update(data);
    } else {
      view?.stop();
      view = new View(root, parentElement instanceof ShadowRoot ? parentElement.host : parentElement, data);
      views.set(parentElement, view);
    }
    return () => {
      view.stop();
      views.delete(parentElement);
    };
  };
}
