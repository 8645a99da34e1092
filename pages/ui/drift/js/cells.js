// One row: a message of the cache at the left, the one that it is compared with at the right.

const WORDS = {
  unsaved_tail: "only in the cache", diverged_tail: "parted ways", missing_in_db: "only in the cache",
  stale_cache: "only in the database", missing_in_cache: "only in the database", reordered: "another order",
  tool_calls_lost: "tool calls lost", tool_calls_stale: "tool calls only in the database",
  tool_result_stale: "another result", content_changed: "changed", duplicate_message: "repeated",
  windowed_cache: "left out of the cache on purpose", only_copy: "no other copy",
};

function buildRow(view, ordinal) {
  const fold = view.rows.folds.get(ordinal);
  return fold ? foldRow(view, ordinal, fold) : messageRow(view, ordinal);
}

function frameOf(view, ordinal, kind) {
  const { visible, place } = view.rows;
  return h("article", {
    class: `row beside ${kind}`, tabindex: "-1", "data-ordinal": ordinal, "data-kind": kind,
    "aria-posinset": place[ordinal] + 1, "aria-setsize": visible.length,
  });
}

function foldRow(view, ordinal, { number, count }) {
  const { kind } = view.index.stretches[number];
  const { cache, database } = view.index;
  const last = ordinal + count - 1;
  const extent = (side) => (side[ordinal] < 0 ? "" : `#${side[ordinal]}${count > 1 ? `–#${side[last]}` : ""}`);
  const words = kind === "equal" ? many(count, "equal message") : `${many(count, "message")} ${WORDS[kind]}`;
  const row = frameOf(view, ordinal, `folded ${kind}`);
  row.append(h("button", { class: "unfold", type: "button", onclick: () => view.unfold(number, ordinal) },
    h("span", { class: "position", text: extent(cache) }), h("span", { text: `${words}: show` }),
    h("span", { class: "position", text: extent(database) })));
  return row;
}

function messageRow(view, ordinal) {
  const { stretch, stretches } = view.index;
  const { kind, first } = stretches[stretch[ordinal]];
  const row = frameOf(view, ordinal, kind);
  row.classList.toggle("lit", view.lit === ordinal);
  const item = view.source.items.get(ordinal);
  if (!item) {
    row.append(h("div", { class: "skeleton", style: `height:${Math.max(view.rows.heights[ordinal] - 20, 20)}px` }));
    return row;
  }
  if (ordinal === first && !QUIET.has(kind)) {
    row.append(h("div", { class: "stretchhead" }, h("b", { text: WORDS[kind] ?? kind }), h("code", { text: kind })));
  }
  row.append(cell(view, ordinal, item, "cache"), cell(view, ordinal, item, "database"));
  return row;
}

function cell(view, ordinal, item, source) {
  const side = item[source];
  const box = h("div", { class: `cell ${source}${side ? "" : " none"}` });
  if (!side) {
    box.append(h("p", { class: "absent" }, absence(view, item)));
    return box;
  }
  box.append(h("header", {},
    h("a", { class: "position", href: view.linkTo(source, side.position), text: `#${side.position}`,
      title: "Open in the conversation" }),
    fill(h("span", { class: `role ${groupOf(side.role)}` }), side.role || "(no role)"), h("span", { class: "space" }),
    timeElement(side.at)));
  const shown = side.fields.filter((field) => field.length || field.differs || side.fields.length === 1);
  for (const field of shown) box.append(fieldBlock(view, ordinal, source, field));
  for (const name of side.missing) box.append(h("p", { class: "absent", text: `no ${name} here` }));
  return box;
}

// Why a copy has nothing here; of what moved, the way to where the copy has it.
function absence(view, { kind, elsewhere }) {
  if (!elsewhere) return document.createTextNode(kind === "windowed_cache" ? "left out on purpose" : "not here");
  return h("button", { class: "link", type: "button", text: `in another place here: #${elsewhere.position}`,
    onclick: () => view.light(elsewhere.ordinal) });
}

const AROUND = 120;
const LONG = 700;

// Long equal stretches as what stands beside the differences, until all is shown.
function near(pieces) {
  const last = pieces.length - 1;
  const cut = pieces.flatMap(([kind, value], at) => {
    const before = at === 0 || pieces[at - 1][0] === "equal" ? 0 : AROUND;
    const after = at === last || pieces[at + 1][0] === "equal" ? 0 : AROUND;
    if (kind !== "same" || value.length <= before + after + AROUND) return [[kind, value]];
    return [["same", value.slice(0, before)], ["equal", value.length - before - after],
      ["same", after ? value.slice(-after) : ""]];
  });
  return oneFold(cut.filter(([, value]) => value));
}

// Neighbouring folds as one.
function oneFold(pieces) {
  const folded = [];
  for (const [kind, value] of pieces) {
    const before = folded.at(-1);
    if (kind === "equal" && before?.[0] === "equal") folded.splice(-1, 1, ["equal", before[1] + value]);
    else folded.push([kind, value]);
  }
  return folded;
}

function pieceNodes([kind, value]) {
  switch (kind) {
    case "same": return textNodes(value);
    case "only": return [h("mark", {}, ...textNodes(value))];
    case "lacks": return [h("mark", { class: "lacks", text: "‸", title: `Only the other copy has ${many(value, "character")} here` })];
    case "equal": return [h("span", { class: "fold", text: `${many(value, "character")} equal` })];
    default: return [h("span", { class: "fold", text: `${many(value, "character")} more` })];
  }
}

function fieldBlock(view, ordinal, source, field) {
  const block = h("div", { class: `field${field.differs ? " differs" : ""}` });
  if (field.name !== "content") block.append(h("div", { class: "caption", text: field.name }));
  if (field.text === null) {
    block.append(h("p", { class: "quiet", text: "content is null" }));
    return block;
  }
  if (!field.length) {
    if (field.name === "content") block.append(h("p", { class: "quiet", text: "content is the empty text" }));
    return block;
  }
  const code = field.name !== "content" && field.name !== "refusal";
  const body = h("div", { class: `text${code ? " code" : ""}`, dir: code ? "ltr" : "auto" });
  const key = `${ordinal} ${source} ${field.name}`;
  const open = view.opened.has(key);
  const pieces = field.pieces && !open && field.length > LONG ? near(field.pieces) : field.pieces;
  const folded = pieces && pieces !== field.pieces && pieces.some(([kind], at) => kind === "equal" && field.pieces[at]?.[1] !== pieces[at][1]);
  if (pieces) body.append(...pieces.flatMap(pieceNodes));
  else fill(body, field.text);
  block.append(open ? body : h("div", { class: "clip", style: `--lines:${MOST_LINES}` }, body));
  if (!open) {
    block.append(h("button", { class: folded ? "link" : "link more", type: "button", text: `Show all (${many(field.length, "character")})`,
      onclick: () => view.open(ordinal, key) }));
  } else {
    const cut = field.length <= field.cut ? "" : field.pieces ? `The differences in ${many(field.length, "character")}; the conversation has all. `
      : `${NUMBER.format(field.cut)} of ${many(field.length, "character")}; the conversation has all. `;
    block.append(h("div", { class: "footer" }, h("span", { class: "quiet", text: cut }),
      h("button", { class: "link", type: "button", text: "Show less", onclick: () => view.close(ordinal, key) })));
  }
  return block;
}
