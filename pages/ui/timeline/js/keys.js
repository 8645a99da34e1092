// Keys act when nothing that takes keys has the focus, and leave alone what the page or the browser uses.

const EDITABLE = "input, textarea, select, [contenteditable=''], [contenteditable=true]";

function keyHandler(view) {
  const actions = {
    j: () => view.step(1),
    k: () => view.step(-1),
    ArrowDown: () => view.walk(1),
    ArrowUp: () => view.walk(-1),
    PageDown: () => view.page(1),
    PageUp: () => view.page(-1),
    Home: () => view.home(),
    End: () => view.end(),
    o: () => view.toggleOpen(),
    x: () => view.toggleFold(),
    n: () => view.find.step(1),
    N: () => view.find.step(-1),
    "/": () => view.toolbar.input.select(),
    "?": () => view.showHelp(),
    Escape: () => view.calm(),
  };
  return (event) => {
    const action = actions[event.key];
    if (!action || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!listens(view, event) || (event.shiftKey && event.key.length > 1)) return;
    event.preventDefault();
    action();
  };
}

// In the timeline, or nowhere in particular: on the page around it.
function listens(view, event) {
  if (!view.rows || view.helpOpen()) return false;
  const [target] = event.composedPath();
  if (target instanceof Element && target.matches(EDITABLE)) return false;
  return event.composedPath().includes(view.root) || (document.activeElement ?? document.body).contains(view.host);
}
