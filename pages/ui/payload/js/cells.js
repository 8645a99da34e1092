// One row: the stored messages at the left, what is sent for them at the right, what is wrong with it below.

const MARKS = {
  merged: "merged", skipped: "not sent", tool_call_left_out: "left out", function_call_left_out: "left out",
  field_lost: "lost", field_not_sent: "not sent", null_content: "null", empty_field: "empty", default_arguments: "filled in",
  arguments_serialised: "as JSON",
};
const LOST = new Set(["skipped", "tool_call_left_out", "function_call_left_out", "field_lost", "field_not_sent"]);
function buildRow(view, ordinal) {
  const item = view.source.items.get(ordinal);
  const { visible, place } = view.rows;
  const positions = view.index.positions[ordinal];
  const row = h("article", {
    class: `row pair${positions.length > 1 ? " several" : ""}`, tabindex: "-1", "data-ordinal": ordinal,
    "data-positions": positions.join(" "), "data-sent": view.index.sent[ordinal],
    "aria-posinset": place[ordinal] + 1, "aria-setsize": visible.length,
    "aria-label": positions.length ? `Stored ${positions.join(", ")}` : "The next user message",
  });
  row.classList.toggle("lit", view.lit === ordinal);
  row.classList.toggle("flash", view.lit === ordinal && performance.now() < view.flash);
  if (!item) {
    row.append(h("div", { class: "skeleton", style: `height:${Math.max(view.rows.heights[ordinal] - 20, 20)}px` }));
    return row;
  }
  row.append(storedCell(view, item), sentCell(view, item));
  if (item.findings.length) row.append(h("div", { class: "findings" }, ...item.findings.map((finding) => findingBlock(view, finding))));
  return row;
}

function storedCell(view, item) {
  const cell = h("div", { class: "cell stored" });
  if (!item.stored.length) {
    cell.append(h("p", { class: "quiet", text: "Not stored: the user message that would come next. A turn is judged with it." }));
  }
  if (item.stored.length > 1) cell.append(h("div", { class: "joined", text: `${item.stored.length} messages become one` }));
  for (const message of item.stored) cell.append(storedMessage(view, item, message));
  return cell;
}

function storedMessage(view, item, message) {
  const notes = item.notes.filter(([, position]) => position === message.position);
  const block = h("section", { class: `said ${groupOf(message.role)}` },
    h("header", {}, positionLink(view, message.position),
      fill(h("span", { class: "role", title: "role" }), message.role || "(no role)"),
      message.name ? fill(h("span", { class: "name", title: "name" }), message.name) : null,
      message.tool_call_id ? fill(h("code", { class: "id", title: "tool_call_id" }), message.tool_call_id) : null));
  if (message.content === null) block.append(h("p", { class: "quiet", text: "content is null" }));
  else if (message.content.length === 0) {
    if (!message.calls.length) block.append(h("p", { class: "quiet", text: "content is the empty text" }));
  } else block.append(cellText(view, item.ordinal, `stored.${message.position}`, message.content, 8));
  for (const [number, call] of message.calls.entries()) block.append(...callLines(call, notes, number));
  for (const name of ["refusal", "function_call"]) {
    if (message[name]) {
      block.append(h("div", { class: "caption", text: name }),
        cellText(view, item.ordinal, `${name}.${message.position}`, message[name], 6, name === "function_call"));
    }
  }
  for (const note of notes) block.append(noteLine(note));
  return block;
}

function positionLink(view, position) {
  return h("a", { class: "position", href: view.linkTo(view.data.source, position), text: `#${position}`,
    title: "Open in the conversation" });
}

// The arguments only where the right side does not show them as they are stored.
function callLines(call, notes, number) {
  const about = notes.filter(([, , field]) => field === `tool_calls[${number}]` || field.startsWith(`tool_calls[${number}].`));
  const out = about.some(([kind]) => kind === "tool_call_left_out");
  const line = h("div", { class: `callline${out ? " out" : ""}` }, h("span", { class: "kicker", text: "call" }),
    fill(h("span", { class: "function" }), call.name ?? "(no name)"),
    fill(h("code", { class: "id" }), call.id ?? "(no id)"));
  if (!about.length) return [line];
  return [line, fill(h("div", { class: "text code arguments", dir: "ltr" }), call.arguments ?? "no arguments")];
}

function noteLine([kind, , field, detail]) {
  return h("p", { class: `mark${LOST.has(kind) ? " loss" : ""}` }, h("b", { text: MARKS[kind] ?? kind }),
    field ? h("code", { text: field }) : null, h("span", { text: sentence(detail) }));
}

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

function sentCell(view, item) {
  const cell = h("div", { class: "cell sent" });
  if (item.payload_position === null) {
    cell.append(h("p", { class: "nothing", text: "Nothing is sent for it." }));
    return cell;
  }
  if (item.sent === null) {
    cell.append(h("header", {}, h("span", { class: "position", text: `messages[${item.payload_position}]` }),
      h("span", { class: "role", text: "user" })), h("p", { class: "quiet", text: "What the user says next." }));
    return cell;
  }
  cell.append(h("header", {},
    h("span", { class: "position", text: `messages[${item.payload_position}]`, title: "Place in the payload" }),
    fill(h("span", { class: "role" }), item.role), h("span", { class: "space" }),
    h("span", { class: "size", text: item.tokens === null ? "" : `about ${many(item.tokens, "token")}` }),
    h("button", { class: "small copy", type: "button", text: "Copy", onclick: () => view.copySent(item.ordinal) })));
  cell.append(cellText(view, item.ordinal, "sent", item.sent, MOST_LINES, true));
  return cell;
}

// A text that is clipped until it is opened; the rest of a long one comes from the server.
function cellText(view, ordinal, part, given, lines, code = false) {
  const key = `${ordinal} ${part}`;
  const held = view.source.text(ordinal, part);
  const shown = held ?? { text: given.text, next: given.length > given.cut ? given.cut : null };
  const open = view.opened.has(key);
  const body = fill(h("div", { class: `text${code ? " code" : ""}`, dir: code ? "ltr" : "auto" }), shown.text);
  const block = h("div", { class: "block" }, open ? body : h("div", { class: "clip", style: `--lines:${lines}` }, body));
  if (!open) {
    block.append(h("button", { class: "link more", type: "button", text: `Show all (${many(given.length, "character")})`,
      onclick: () => view.open(ordinal, part, given) }));
    return block;
  }
  const footer = h("div", { class: "footer" });
  if (shown.next !== null) {
    footer.append(h("button", { class: "link", type: "button", text: "Show 100,000 more",
      onclick: () => view.readOn(ordinal, part) }));
  }
  footer.append(h("button", { class: "link", type: "button", text: "Show less", onclick: () => view.close(ordinal, part) }));
  block.append(footer);
  return block;
}

function findingBlock(view, finding) {
  const block = h("section", { class: `finding ${finding.severity}` },
    h("header", {}, h("b", { class: "severity", text: finding.severity }), h("span", { class: "title", text: finding.title }),
      h("code", { class: "code", text: finding.code })),
    h("p", {}, ...textNodes(finding.meaning)));
  if (finding.rejected_by.length) block.append(rejections(view, finding));
  if (finding.cause) block.append(h("p", { class: "quiet", text: `Usual cause: ${finding.cause}` }));
  if (finding.mend) block.append(mendBlock(finding.mend));
  if (finding.threads.length) block.append(threadLine(finding.threads));
  return block;
}

// Providers that print the same words stand on one line.
function rejections(view, finding) {
  const byWords = new Map();
  for (const { provider, text, path } of finding.rejected_by) {
    const key = JSON.stringify([text, path]);
    byWords.set(key, [...(byWords.get(key) ?? []), provider]);
  }
  const verb = finding.severity === "error" ? "would answer" : "might answer";
  return h("ul", { class: "answers" }, ...[...byWords].map(([key, providers]) => {
    const [text, path] = JSON.parse(key);
    return h("li", {}, h("span", { text: `${providers.map((provider) => view.providerName(provider)).join(", ")} ${verb} ` }),
      fill(h("q", { class: "answer" }), text), path ? h("code", { class: "path", title: "path", text: path }) : null);
  }));
}

function mendBlock(mend) {
  const lost = mend.lost.length
    ? h("span", { class: "loss" }, "It would lose: ", fill(h("q", {}), mend.lost.join(" · ").slice(0, 600)))
    : h("span", { text: "No words would be lost." });
  return h("p", { class: "mend" }, h("b", { text: "A mend: " }), `${mend.what} `, lost);
}

function threadLine(threads) {
  return h("p", { class: "threads quiet" }, "Seen in ", ...threads.flatMap((thread, n) =>
    [n ? ", " : "", h("a", { href: threadAddress(thread), target: "_blank", rel: "noopener noreferrer", text: thread })]));
}

function threadAddress(thread) {
  const [repository, number] = thread.split("#");
  return `https://github.com/${repository}/issues/${number}`;
}
