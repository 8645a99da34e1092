// The bar under the list: a replay's controls, and those of the presenter view.

class ReplayBar {
  constructor(view) {
    this.view = view;
    const act = (action) => () => view.replay && action(view.replay);
    this.back = this.icon("back", "Back", "A message back (\u2190)", act((replay) => replay.step(-1)));
    this.play = this.icon("play", "Play", "Play (Space)", act((replay) => replay.toggle()));
    this.next = this.icon("next", "Next", "The next message (\u2192)", act((replay) => replay.step(1)));
    this.range = h("input", { type: "range", min: "1", step: "1", "aria-label": "Position in the conversation",
      oninput: act((replay) => replay.seek(Number(this.range.value) - 1)) });
    this.where = h("span", { class: "where" });
    this.time = h("span", { class: "passing", title: "Real pauses are shortened, to at most 2 seconds at normal speed" });
    this.speeds = new Map(SPEEDS.map((speed) => [speed, h("button", { type: "button", text: `${speed}\u00d7`,
      "aria-label": `${speed} times the speed`, title: "Speed (\u2212 +)", onclick: act((replay) => replay.setSpeed(speed)) })]));
    this.transport = h("div", { class: "transport", role: "group", "aria-label": "Replay" },
      h("div", { class: "pair" }, this.back, this.play, this.next), this.range,
      h("span", { class: "replaywords", role: "status" }, this.where, this.time),
      h("div", { class: "segments", role: "group", "aria-label": "Speed" }, ...this.speeds.values()));
    this.leave = this.button("Leave replay", "All messages again (Esc)", () => view.leaveReplay());
    this.element = h("div", { class: "replaybar", hidden: true, onmousedown: keepFocus }, this.transport,
      ...this.presenterControls(), this.leave);
  }

  presenterControls() {
    const { view } = this;
    this.start = this.button("Replay", "Play the conversation as it happened (p)", () => view.startReplay());
    this.colours = new Map(Object.entries(COLOURS).map(([colours, word]) => [colours, h("button", { type: "button", text: word,
      onclick: () => view.present(colours) })]));
    this.colourGroup = h("div", { class: "segments", role: "group", "aria-label": "Colours" }, ...this.colours.values());
    this.rendered = this.button("Rendered", "Markdown rendered safely, or the text as it is stored",
      () => view.setMode(view.mode === "rendered" ? "exact" : "rendered"));
    this.presenter = this.button("", "", () => view.togglePresenter());
    return [this.start, this.rendered, this.colourGroup, this.presenter];
  }

  icon(name, label, title, onclick) {
    return h("button", { class: `tool icon ${name}`, type: "button", "aria-label": label, title, onclick });
  }

  button(text, title, onclick) {
    return h("button", { class: "tool", type: "button", text, title, onclick });
  }

  update() {
    const { replay, presenting, rows } = this.view;
    this.element.hidden = !replay && !presenting;
    this.transport.hidden = this.leave.hidden = !replay;
    this.start.hidden = Boolean(replay) || !rows?.visible.length;
    this.colourGroup.hidden = this.rendered.hidden = !presenting;
    this.rendered.setAttribute("aria-pressed", String(this.view.mode === "rendered"));
    write(this.presenter, presenting ? "Leave presenter view" : "Presenter view");
    this.presenter.title = presenting ? "The inspector again (Esc)" : "Large type, nothing but the conversation (P)";
    for (const [colours, button] of this.colours) button.setAttribute("aria-pressed", String(this.view.colours() === colours));
    if (replay) this.tell(replay);
  }

  tell({ head, schedule, playing, position, now, drawn }) {
    const { presenting, index } = this.view;
    const state = playing ? "Pause" : head.ended ? "Play again" : "Play";
    if (this.play.getAttribute("aria-label") !== state) {
      this.play.setAttribute("aria-label", state);
      this.play.title = `${state} (Space)`;
      this.play.classList.toggle("on", playing);
    }
    const [at, count] = [drawn.beat + 1, schedule.count];
    this.range.max = String(count);
    this.range.value = String(at);
    const place = `${NUMBER.format(at)} of ${NUMBER.format(count)}`;
    this.range.setAttribute("aria-valuetext", `Message ${place}, ${index.kinds[now] ?? ""}`);
    this.where.parentElement.setAttribute("aria-live", playing ? "off" : "polite");
    write(this.where, presenting ? place : `#${position} \u00b7 ${place}`);
    const passing = drawn.passing && schedule.gaps[at] >= 1;
    write(this.time, passing ? `${laterWords(schedule.gaps[at])}\u2026` : laterWords(schedule.gaps[at - 1]));
    this.time.classList.toggle("now", passing);
    this.back.disabled = at <= 1;
    this.next.disabled = head.ended;
    for (const [speed, button] of this.speeds) button.setAttribute("aria-pressed", String(head.speed === speed));
  }
}

const laterWords = (gap) => (gap === null || gap === undefined ? "" : Math.abs(gap) < 0.05 ? "at once"
  : gap < 0 ? `${gapWords(gap).slice(1)} before` : `${gapWords(gap).slice(1)} later`);

function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

// A click with the mouse leaves the keys where they are.
function keepFocus(event) {
  if (event.target.closest("button")) event.preventDefault();
}
