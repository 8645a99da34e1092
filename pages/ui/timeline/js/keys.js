// Keys act when nothing that takes keys has the focus, and leave alone what the page or the browser uses.

const EDITABLE = "input, textarea, select, [contenteditable=''], [contenteditable=true]";

const RANGE_KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"];

function keyHandler(view) {
  const replayed = {
    " ": (replay) => replay.toggle(),
    ArrowRight: (replay) => replay.step(1),
    ArrowLeft: (replay) => replay.step(-1),
    Home: (replay) => replay.seek(0),
    End: (replay) => replay.seek(replay.schedule.count - 1),
    "+": (replay) => replay.faster(1),
    "=": (replay) => replay.faster(1),
    "-": (replay) => replay.faster(-1),
  };
  // what a presenter's remote control sends
  const presented = { PageDown: replayed.ArrowRight, PageUp: replayed.ArrowLeft };
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
    b: () => view.bookmarkHere(),
    m: () => view.noteHere(),
    g: () => view.stepNoted(1),
    G: () => view.stepNoted(-1),
    p: () => view.toggleReplay(),
    P: () => view.togglePresenter(),
    "?": () => view.showHelp(),
    Escape: () => view.escape(),
  };
  const actionOf = (key) => {
    const inReplay = view.replay && ((view.presenting && presented[key]) || replayed[key]);
    return inReplay ? () => inReplay(view.replay) : actions[key];
  };
  return (event) => {
    const action = actionOf(event.key);
    if (!action || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!listens(view, event) || (event.shiftKey && event.key.length > 1)) return;
    event.preventDefault();
    action();
  };
}

// A range takes the keys that move it, a button the one that presses it.
function takesKey(target, key) {
  if (target.type === "range") return RANGE_KEYS.includes(key);
  return target.matches(EDITABLE) || (key === " " && target.matches("button, a, summary"));
}

// In the timeline, or nowhere in particular: on the page around it.
function listens(view, event) {
  if (!view.rows || view.helpOpen()) return false;
  const [target] = event.composedPath();
  if (target instanceof Element && takesKey(target, event.key)) return false;
  return event.composedPath().includes(view.root) || (document.activeElement ?? document.body).contains(view.host);
}
