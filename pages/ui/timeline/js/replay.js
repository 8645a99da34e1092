// A replay in the timeline: what the schedule says is there is drawn into the list, one row at a time.
// Between two messages only the text of the last row changes; the list is laid out when that row grows a line.

const MOST_FRAME_MS = 100; // a tab that slept goes on where it was
const AHEAD_BEATS = 12;
const STILL = window.matchMedia("(prefers-reduced-motion: reduce)");
let lastSpeed = 1;

class Replay {
  constructor(view, ordinal) {
    this.view = view;
    this.head = new Playhead(new Schedule(view.index, view.rows.kept), lastSpeed);
    this.frame = 0;
    this.typist = null;
    this.drawn = { beat: -2, calls: 0 };
    this.head.seek(this.schedule.beatOf(ordinal));
  }

  get schedule() { return this.head.schedule; }
  get playing() { return this.head.playing; }

  // The last message that is there, and the row that shows it.
  get now() { return this.schedule.ordinals[this.drawn.beat] ?? -1; }
  get row() { return this.now < 0 ? -1 : this.view.rows.rowOf(this.now); }
  get position() { return this.now < 0 ? null : this.view.index.positions[this.now]; }

  has(ordinal) {
    return ordinal <= this.now;
  }

  play() {
    this.head.play();
    this.run();
  }

  pause() {
    this.head.pause();
    this.draw();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  step(by) {
    this.head.step(by);
    this.draw(true);
  }

  seek(beat) {
    this.head.seek(beat);
    this.draw(true);
  }

  // Plays from a message on.
  start(ordinal) {
    this.head.start(this.schedule.beatOf(ordinal));
    this.run();
  }

  setSpeed(speed) {
    this.head.speed = lastSpeed = speed;
    this.view.replayBar.update();
  }

  faster(by) {
    this.head.faster(by);
    this.setSpeed(this.head.speed);
  }

  // Other messages pass the filter now: the same message stays the last one that is there.
  refilter() {
    const { now } = this;
    const head = new Playhead(new Schedule(this.view.index, this.view.rows.kept), this.head.speed);
    head.seek(head.schedule.beatOf(now));
    this.head = head;
    this.draw(true);
  }

  run() {
    this.draw(true);
    cancelAnimationFrame(this.frame);
    let before = null;
    const tick = (time) => {
      if (!this.playing) return;
      this.head.advance(before === null ? 0 : Math.min(time - before, MOST_FRAME_MS), (beat) => this.ready(beat));
      before = time;
      if (this.view.source.failed) this.head.pause();
      this.draw();
      this.frame = requestAnimationFrame(tick);
    };
    this.frame = requestAnimationFrame(tick);
  }

  ready(beat) {
    const { source, mode, rows } = this.view;
    const row = rows.rowOf(this.schedule.ordinals[beat]);
    const item = source.items.get(row);
    return Boolean(item) && (mode !== "rendered" || !rendersIn(item) || source.html.has(row));
  }

  draw(jumped = false) {
    const moment = this.head.moment;
    if (moment.beat !== this.drawn.beat || jumped) this.turn(moment);
    else if (moment.calls !== this.drawn.calls) this.open(moment);
    this.drawn = moment;
    if (moment.typed < 1 && !STILL.matches) this.type(moment);
    else this.typist?.to(1);
    this.view.replayBar.update();
  }

  type({ typed }) {
    this.typist?.to(typed);
    const { list, rows } = this.view;
    const last = rows.place[this.row] === rows.visible.length - 1;
    if (last && !list.anchor.end) list.goToEnd();
  }

  // Another message is the last one: rows end with it, and those that it changed are made anew.
  turn(moment) {
    const { view } = this;
    const before = this.row;
    this.drawn = moment;
    view.rows.until(this.now);
    this.typist = null;
    for (const ordinal of [...view.list.mounted.keys()]) {
      if (ordinal === before || ordinal === this.row || view.index.calls[ordinal]) view.list.refresh(ordinal);
    }
    this.follow();
    this.fetchAhead();
    view.address.set("replay", this.position);
  }

  // Its end at the end of the view; its beginning, where it is whole and taller.
  follow() {
    const { list, rows, scroller } = this.view;
    const { row } = this;
    if (row < 0 || rows.place[row] < 0) list.paint();
    else if (rows.place[row] < rows.visible.length - 1) list.reveal(row);
    else {
      list.goToEnd();
      const whole = this.drawn.typed === 1 || STILL.matches;
      if (whole && row === this.now && rows.heights[row] > scroller.clientHeight) list.goTo(row, -4);
    }
  }

  // The next call of the message opens.
  open({ calls }) {
    const { list } = this.view;
    const row = list.mounted.get(this.row)?.element;
    if (row) hideCalls(row, calls);
    list.paint();
  }

  // A row that was made while its message appears: what is not there yet is taken out of it.
  dress(row, ordinal) {
    if (ordinal !== this.row || ordinal !== this.now) return;
    this.typist = null;
    const moment = this.head.moment;
    if (this.schedule.ordinals[moment.beat] !== ordinal) return;
    hideCalls(row, moment.calls);
    const text = row.querySelector(".text[data-part=content]");
    if (!text || moment.typed === 1 || STILL.matches) return;
    this.typist = new Typist(text);
    this.typist.to(moment.typed);
  }

  upcoming() {
    const { ordinals } = this.schedule;
    const next = ordinals.slice(Math.max(this.drawn.beat, 0), this.drawn.beat + AHEAD_BEATS);
    return [...new Set(next.map((ordinal) => this.view.rows.rowOf(ordinal)))];
  }

  // The results that come next, so that they open with their text.
  fetchAhead() {
    const { view, drawn } = this;
    for (const ordinal of this.schedule.ordinals.slice(drawn.beat + 1, drawn.beat + 4)) {
      const item = view.source.items.get(view.rows.rowOf(ordinal));
      const result = item?.calls.find((call) => call.result?.ordinal === ordinal)?.result;
      if (result?.length) view.fetchResult(result, result.json ? "content.laid" : "content");
    }
  }

  stop() {
    this.head.pause();
    cancelAnimationFrame(this.frame);
  }
}

function hideCalls(row, calls) {
  row.querySelectorAll(".call").forEach((call, number) => { call.hidden = number >= calls; });
}
