// Home, End and pages by keys: the browser's own way is a slow glide, which rows that are measured meanwhile would end.

const EDITABLE = "input, textarea, select, [contenteditable]";

function payloadKeys(view) {
  const { list } = view;
  const page = (way) => list.by(way * (view.scroller.clientHeight - 48));
  const actions = {
    Home: () => list.goTo(view.rows.visible[0], -8),
    End: () => list.goToEnd(),
    PageUp: () => page(-1),
    PageDown: () => page(1),
  };
  return (event) => {
    const action = actions[event.key];
    if (!action || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (!view.rows?.visible.length || !listens(view, event)) return;
    event.preventDefault();
    action();
  };
}

// In the list or around it, or nowhere in particular: on the page around it.
function listens(view, event) {
  const [target] = event.composedPath();
  if (target instanceof Element && target.matches(EDITABLE)) return false;
  return event.composedPath().includes(view.root) || (document.activeElement ?? document.body).contains(view.host);
}
