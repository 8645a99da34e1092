// Who would take the next turn and who would not, each one click from the message.

const FIRST_LINES = 3;

function verdictLines(view) {
  const { verdicts } = view.summary;
  const accepting = verdicts.filter((verdict) => !verdict.rejections.length);
  const rejecting = verdicts.filter((verdict) => verdict.rejections.length);
  const shown = view.allVerdicts ? rejecting : rejecting.slice(0, FIRST_LINES);
  const lines = shown.map((verdict) => rejectLine(view, verdict));
  if (rejecting.length > shown.length) {
    const names = rejecting.slice(FIRST_LINES).map(({ provider }) => view.providerName(provider)).join(", ");
    lines.push(h("button", { class: "link", type: "button", text: `${names} would reject it too: show`,
      onclick: () => view.showVerdicts() }));
  }
  if (accepting.length) lines.push(acceptLine(view, accepting, rejecting.length));
  return lines;
}

function rejectLine(view, { provider, rejections, total }) {
  const [first] = rejections;
  const words = total > 1 ? `${many(total, "reason")}, the first` : "";
  return h("button", { class: "verdict bad", type: "button", "data-provider": provider,
    title: "Go to the message; again: to the next reason", onclick: () => view.nextReason(provider) },
  h("span", { class: "sign", text: "✕", "aria-hidden": "true" }), h("b", { text: `${view.providerName(provider)} would reject` }),
  h("span", { class: "quiet", text: words }), fill(h("span", { class: "answer" }), first.text),
  h("span", { class: "where", text: view.whereIs(first.row) }));
}

function acceptLine(view, accepting, others) {
  const names = accepting.map(({ provider }) => view.providerName(provider));
  const who = others ? names.join(", ") : `Every provider that is known here (${names.join(", ")})`;
  return h("div", { class: "verdict good" }, h("span", { class: "sign", text: "✓", "aria-hidden": "true" }),
    h("span", { text: `${who} would accept the next turn.` }));
}
