// One row: a message with what it says, calls and got back.

const FIRST_CALLS = 12;

function buildMessage(view, ordinal) {
  const { position, kind } = view.place(ordinal);
  const item = view.source.item(ordinal);
  const way = view.state.viewOf(ordinal);
  const { visible, place } = view.rows;
  const row = h("article", {
    class: `row ${groupOf(kind)} kind-${kind}${way === "folded" ? " folded" : ""}`, tabindex: "-1",
    "data-ordinal": ordinal, "data-position": position, "aria-posinset": place[ordinal] + 1,
    "aria-setsize": visible.length, "aria-label": `Message ${position}, ${item?.role || kind}`,
  });
  row.classList.toggle("current", view.state.current === ordinal);
  row.classList.toggle("lit", view.state.lit === position);
  row.append(h("div", { class: "gutter" }, view.presenting ? "" : positionLink(view, position)), h("div", { class: "bar" }));
  const main = h("div", { class: "main" }, view.presenting ? presentedHeader(view, ordinal, item, way)
    : header(view, ordinal, item, way));
  if (way !== "folded") main.append(...(item ? body(view, ordinal, item) : [skeleton(view, ordinal)]));
  if (way !== "folded") main.append(...noteBlocks(view, position));
  row.append(main);
  return row;
}

function positionLink(view, position) {
  const address = view.linkTo(position);
  return h("a", { class: "position", href: address, text: `#${position}`, title: "Copy the link to this message",
    "aria-label": `Link to message ${position}`, onclick: (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      view.copy(address, `Link to message ${position} copied`);
    } });
}

function header(view, ordinal, item, way) {
  const { position, kind, gap, at, length } = view.place(ordinal);
  const open = way !== "folded";
  const head = h("header", {},
    h("button", { class: "fold", type: "button", "aria-expanded": String(open), title: open ? "Fold" : "Unfold",
      "aria-label": `${open ? "Fold" : "Unfold"} message ${position}`, onclick: () => view.fold(ordinal, open) }),
    roleLabel(item, kind), ...[markTag(view, position), noteMark(view, position)].filter(Boolean));
  if (item?.name) head.append(fill(h("span", { class: "name", title: "name", "data-find": position }), item.name));
  if (item && open) head.append(copyButton(view, item, position), replayButton(view, ordinal, position),
    ...noteButtons(view, position));
  if (item && !open) {
    head.append(preview(item));
    if (item.calls.length) head.append(h("span", { class: "callcount", text: many(item.calls.length, "call") }));
  }
  if (!item || open) head.append(h("span", { class: "space" }));
  head.append(h("span", { class: `gap${gap < 0 ? " odd" : ""}`, text: gapWords(gap),
    title: gap < 0 ? "Its time is before that of the message before it" : "since the message before" }));
  const time = timeElement(at);
  if (time) head.append(time);
  head.append(h("span", { class: "size", text: length ? many(length, "character") : "" }));
  return head;
}

const MARKS = {
  cache_only: ["only in the cache", "The database has no such message"],
  database_only: ["only in the database", "The cache has no such message: the model does not see it"],
  changed: ["differs in the other copy", "Both copies have this message, not with the same words or calls"],
  moved: ["elsewhere in the other copy", "The other copy has it in another place"],
  duplicate: ["repeated", "It repeats its neighbour"],
  outside_window: ["before the cached window", "The cache keeps only the newest messages"],
};

function markTag(view, position) {
  const mark = MARKS[view.marks?.get(position)];
  return mark ? h("span", { class: `tag mark ${view.marks.get(position)}`, text: mark[0], title: mark[1] }) : null;
}

function roleLabel(item, kind) {
  const role = item ? item.role : kind;
  if (!role) return h("span", { class: "role", text: "(no role)" });
  return fill(h("span", { class: "role", title: `role: ${role}` }), role.slice(0, 40));
}

function preview(item) {
  const words = item.content?.text.slice(0, 300) || item.calls.map((call) => `${call.name ?? "(damaged)"} ${call.head}`)
    .slice(0, 3).join("  ·  ") || item.refusal?.text.slice(0, 300) || "(empty)";
  return fill(h("span", { class: "preview", dir: "auto" }), words.replace(/\s+/g, " "));
}

function copyButton(view, item, position) {
  return h("button", { class: "small copy", type: "button", text: "Copy", "aria-label": `Copy the text of message ${position}`,
    onclick: () => view.copyPart(position, item) });
}

function replayButton(view, ordinal, position) {
  return h("button", { class: "small copy", type: "button", text: "Replay", title: "Replay from this message",
    "aria-label": `Replay from message ${position}`, onclick: () => view.replayFrom(ordinal) });
}

// About as high as what will come, so that the list hardly moves when it does.
function skeleton(view, ordinal) {
  const height = Math.max(view.rows.heights[ordinal] - 44, 20);
  return h("div", { class: "skeleton", style: `height:${height}px`, "aria-busy": "true" });
}

function body(view, ordinal, item) {
  const tools = view.state.groups.has("tools");
  const own = view.state.groups.has(groupOf(item.kind));
  return [
    ...(view.presenting ? [] : item.notes.map((note) => noteLine(note))),
    ...(own ? ownTexts(view, ordinal, item) : [hidden("The text is hidden by the filter.", item.content)]),
    ...(tools ? callBlocks(view, ordinal, item) : [hidden(`${many(item.calls.length, "tool call")} hidden by the filter.`,
      item.calls.length)]),
    view.presenting ? null : extrasLine(item.extras),
  ].filter(Boolean);
}

const hidden = (words, any) => (any ? h("p", { class: "quiet", text: words }) : null);
const noteLine = (note) => h("p", { class: "note" }, ...textNodes(note));

function ownTexts(view, ordinal, item) {
  const blocks = [];
  if (item.summary && !view.presenting) blocks.push(resultLine(item));
  blocks.push(...contentBlocks(view, ordinal, item));
  if (item.refusal) {
    blocks.push(caption("Refusal"), textBlock(view, ordinal, "refusal", item.refusal, { label: "refusal" }));
  }
  if (item.function_call) {
    blocks.push(caption("function_call"), textBlock(view, ordinal, "function_call" + (item.function_call.laid ? ".laid" : ""),
      item.function_call, { code: true, label: "function call" }));
  }
  return blocks;
}

const caption = (text) => h("div", { class: "caption", text });

function contentBlocks(view, ordinal, item) {
  const { content } = item;
  if (content === null) return item.calls.length || item.refusal || item.function_call ? [] : [nothing("content is null")];
  if (content.exact === 0) return item.calls.length || item.refusal ? [] : [nothing("content is the empty text")];
  if (view.mode === "rendered" && !item.summary) {
    const html = view.source.html.get(ordinal);
    if (html === undefined) return [skeleton(view, ordinal)];
    const [note, block] = renderedBlock(view, ordinal, html, content.length > 20_000 ? content.length : 0);
    if (block) return [block];
    return [note, textBlock(view, ordinal, "content", content)];
  }
  if (item.summary) return [switchable(view, ordinal, "content", content, "result")];
  return [textBlock(view, ordinal, "content", content)];
}

const nothing = (words) => h("p", { class: "quiet", text: words });

// A tool message on its own still says what it is in a line.
function resultLine(item) {
  const line = h("div", { class: "resultline" });
  if (item.tool_call_id) line.append(fill(h("code", { class: "id", title: "tool_call_id", "data-find": item.position }), item.tool_call_id));
  if (item.summary.error) line.append(h("span", { class: "tag error", text: "error" }));
  if (item.summary.type) line.append(fill(h("span", { class: "tag" }), item.summary.type));
  return line.childNodes.length ? line : null;
}

function extrasLine(extras) {
  if (!extras.length) return null;
  const line = h("dl", { class: "extras" });
  for (const [name, value] of extras) line.append(h("dt", { text: name }), fill(h("dd"), value));
  return line;
}
