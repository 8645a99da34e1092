// Tool calls with their arguments laid out, each result folded under its call.

function callBlocks(view, ordinal, item) {
  const shown = item.calls.slice(0, view.state.callsShown.get(ordinal) ?? FIRST_CALLS);
  const blocks = shown.map((call, number) => callBlock(view, ordinal, item, call, number));
  const left = item.calls.length - shown.length;
  if (left > 0) {
    blocks.push(h("button", { class: "link", type: "button",
      text: `${shown.length} of ${many(item.calls.length, "call")} shown: show ${Math.min(left, FIRST_CALLS)} more`,
      onclick: () => view.showCalls(ordinal, shown.length + FIRST_CALLS) }));
  }
  return blocks;
}

function callBlock(view, ordinal, item, call, number) {
  const head = h("div", { class: "callhead" },
    h("span", { class: "kicker", text: call.damaged ? "damaged call" : "call" }));
  if (call.name !== null) head.append(fill(h("span", { class: "function", "data-find": item.position }), call.name || "(no name)"));
  if (call.id && !view.presenting) head.append(fill(h("code", { class: "id", title: `id: ${call.id}`, "data-find": item.position }), call.id));
  const block = h("section", { class: `call${call.damaged ? " damaged" : ""}`, "aria-label": `Call of ${call.name ?? "an unknown tool"}` }, head);
  if (view.showsArguments(ordinal)) block.append(...argumentBlocks(view, ordinal, call, number));
  if (!view.presenting) block.append(...call.notes.map(noteLine));
  if (call.result) block.append(view.isThere(call.result.ordinal) ? resultBlock(view, ordinal, call.result)
    : workingLine(view, ordinal, call.result));
  return block;
}

// In a replay, until the result is there.
function workingLine(view, ordinal, result) {
  const [from, to] = [view.place(ordinal).at, view.place(result.ordinal).at].map((time) => (time ? Date.parse(time) : NaN));
  const took = to - from >= 50 ? ` for ${gapWords((to - from) / 1000).slice(1)}` : "";
  return h("p", { class: "working", text: `Working\u2026${took}` });
}

function argumentBlocks(view, ordinal, call, number) {
  const blocks = [];
  if (call.arguments.exact === 0 || call.arguments.text === "{}") {
    blocks.push(h("p", { class: "quiet", text: call.arguments.exact ? "no arguments ({})" : "no arguments (empty text)" }));
  } else {
    blocks.push(switchable(view, ordinal, `call.${number}`, call.arguments, "arguments", ARGUMENT_LINES));
  }
  if (call.more) {
    blocks.push(caption("The entry also holds"), textBlock(view, ordinal, `more.${number}${call.more.laid ? ".laid" : ""}`,
      call.more, { code: true, lines: ARGUMENT_LINES, label: "rest of the entry" }));
  }
  return blocks;
}

// A text that may be JSON: laid out at first, exact at a click.
function switchable(view, ordinal, part, given, label, lines = FOLD_LINES) {
  const box = h("div", { class: "switchable" });
  const exact = view.state.exact.has(`${ordinal} ${part}`);
  const { position } = view.place(ordinal);
  const held = view.source.text(position, part);
  if (!given.laid) box.append(textBlock(view, ordinal, part, given, { code: true, lines, label }));
  else if (!exact) box.append(textBlock(view, ordinal, `${part}.laid`, given, { code: true, lines, label }));
  else if (held) box.append(textBlock(view, ordinal, part, { text: held.text, length: held.length, laid: false },
    { code: true, lines, label }));
  else box.append(h("p", { class: "quiet", text: "…" }));
  const tools = h("div", { class: "blocktools" });
  if (given.laid) {
    tools.append(h("button", { class: "small", type: "button", "aria-pressed": String(exact),
      text: exact ? "Lay out" : "Exact", title: exact ? "Lay the JSON out" : "Show the text as it is stored",
      "aria-label": exact ? `Lay the ${label} out` : `Show the ${label} as stored`,
      onclick: () => view.switchExact(ordinal, part) }));
  }
  tools.append(h("button", { class: "small", type: "button", text: "Copy", "aria-label": `Copy the ${label} as stored`,
    onclick: () => view.copyWhole(position, part, label) }));
  box.append(tools);
  return box;
}

function resultBlock(view, ordinal, result) {
  const open = view.isResultOpen(ordinal, result.ordinal);
  const block = h("div", { class: `result${result.error ? " failed" : ""}`, "data-result": result.position });
  block.classList.toggle("lit", view.state.lit === result.position);
  block.append(h("div", { class: "resulthead" },
    h("button", { class: "opener", type: "button", "aria-expanded": String(open),
      "aria-label": `${open ? "Close" : "Open"} the result, message ${result.position}`,
      onclick: () => view.openResult(ordinal, result.ordinal, !open) }, ...resultWords(view, result)),
    ...(view.presenting ? [] : resultFacts(view, result))));
  if (open) block.append(...resultBody(view, result));
  block.append(...noteBlocks(view, result.position));
  return block;
}

function resultFacts(view, result) {
  return [markTag(view, result.position), noteMark(view, result.position), ...noteButtons(view, result.position),
    h("span", { class: "gap", text: gapWords(result.gap) }),
    h("span", { class: "size", text: many(result.length, "character") }), positionLink(view, result.position)]
    .filter(Boolean);
}

function resultWords(view, result) {
  const words = [h("span", { class: "chevron" }), h("span", { class: "kicker", text: "result" })];
  if (result.error) words.push(h("span", { class: "tag error", text: "error" }));
  if (result.type && !(result.error && result.type === "error")) words.push(fill(h("span", { class: "tag" }), result.type));
  if (result.name && !view.presenting) words.push(fill(h("span", { class: "name", title: "name", "data-find": result.position }), result.name));
  const line = result.null ? "content is null" : result.message ?? (result.length ? result.head : "content is the empty text");
  words.push(fill(h("span", { class: "line", dir: "auto" }), line));
  return words;
}

function resultBody(view, result) {
  const part = result.json ? "content.laid" : "content";
  const exact = view.state.exact.has(`${result.ordinal} content`);
  const held = view.source.text(result.position, exact ? "content" : part);
  const body = view.presenting ? [] : result.notes.map(noteLine);
  if (result.null || result.length === 0) return body;
  if (!held) {
    view.fetchResult(result, exact ? "content" : part);
    return [...body, h("p", { class: "quiet", text: "Reading the result…" })];
  }
  const given = { text: held.text, length: held.length, laid: result.json };
  body.push(switchable(view, result.ordinal, "content", given, "result"));
  const extras = extrasLine(result.extras);
  if (extras && !view.presenting) body.push(extras);
  return body;
}
