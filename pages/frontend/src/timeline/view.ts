// One timeline in the page: makes the source, the rows and the controllers, and ties them together.

import { Autosize } from "../shared/autosize";
import { h } from "../shared/dom";
import { Stage } from "../shared/stage";
import { fill } from "../shared/text";
import { VirtualList } from "../shared/virtual-list";
import { type Address, leaveAddress, takeAddress } from "./address";
import { AnnotationsController } from "./controllers/annotations";
import { Clipboard } from "./controllers/clipboard";
import { DeepLink } from "./controllers/deep-link";
import { Disclosure } from "./controllers/disclosure";
import { Filter } from "./controllers/filter";
import { LiveController } from "./controllers/live";
import { Presenter } from "./controllers/presenter";
import { ReplayController } from "./controllers/replay";
import { Search } from "./controllers/search";
import { Selection } from "./controllers/selection";
import { TextReader } from "./controllers/text-reader";
import { unchanged } from "./growth";
import { helpDialog } from "./help";
import { clearPaint, dropKeys } from "./highlights";
import { timelineKeys } from "./keys";
import { buildMessage } from "./message";
import { Notice } from "./notice";
import { Outline } from "./outline";
import { keepReadingMode, readingMode } from "./reading-mode";
import { ReplayBar } from "./replay-bar";
import { Rows } from "./rows";
import { Source } from "./source";
import { SourceParts } from "./source-parts";
import { type Mode, State } from "./state";
import { Toolbar } from "./toolbar";
import type { Opening, TimelineData } from "./types";

const DEFAULT_WIDTH = 800;
const OUTLINE_WIDTH = 860; // from here on the outline is open by itself
// What the audience of a presentation is told of a view that shows less than is stored.
const VIEWS: Record<string, string> = { masked: "Masked view", structure: "Structure only" };
const OTHER_COPY = ["session", "source", "view"] as const;

export class TimelineView {
  live = true;
  state: State;
  rows: Rows | null = null;
  marks: ReadonlyMap<number, string> = new Map();
  address: Address;
  readonly stage = new Stage("Messages");
  readonly notice: Notice;
  readonly texts = new TextReader(this);
  readonly clipboard = new Clipboard(this);
  readonly selection = new Selection(this);
  readonly disclosure = new Disclosure(this);
  readonly deepLink = new DeepLink(this);
  readonly filter = new Filter(this);
  readonly search = new Search(this);
  readonly sourceParts = new SourceParts();
  readonly annotations = new AnnotationsController(this);
  readonly presenter = new Presenter(this);
  readonly replayer = new ReplayController(this);
  readonly follower = new LiveController(this);
  readonly toolbar = new Toolbar(this);
  readonly replayBar = new ReplayBar(this);
  readonly list: VirtualList;
  private readonly outline = new Outline((position) => this.selection.jump(position));
  private readonly help = helpDialog();
  private readonly title = h("h1", { class: "title" });
  private readonly size: Autosize;
  private readonly onkey = timelineKeys(this);
  private loader: Source | null = null;
  private painting = new Set<Element>();

  constructor(
    readonly root: HTMLElement,
    readonly host: Element,
    public data: TimelineData,
  ) {
    this.address = takeAddress(this);
    this.state = State.of(data.session, data.source);
    this.notice = new Notice(
      () => this.stage.focus(),
      () => this.list.paint(),
    );
    this.layOut();
    this.list = new VirtualList(this, this.stage.scroller, this.stage.canvas);
    this.size = new Autosize(root, host, () => this.updateBars());
    this.listen();
    this.entitle();
    if (this.address.presenter !== null) this.presenter.present(this.address.presenter);
    void this.open();
    this.follower.update();
  }

  private layOut(): void {
    const { title, toolbar, notice, outline, stage, replayBar, help } = this;
    const columns = h("div", { class: "columns" }, outline.element, stage.element);
    this.root.replaceChildren(
      title,
      toolbar.element,
      notice.element,
      columns,
      this.follower.panel.element,
      replayBar.element,
      help,
    );
  }

  private listen(): void {
    const { scroller } = this.stage;
    const stray = () => this.replayer.stray();
    document.addEventListener("keydown", this.onkey);
    scroller.addEventListener("click", (event) => this.selection.clicked(event));
    scroller.addEventListener("wheel", (event) => event.deltaY < 0 && stray(), { passive: true });
    scroller.addEventListener("touchmove", stray, { passive: true });
    scroller.addEventListener("pointerdown", (event) => event.target === scroller && stray());
  }

  // The source of what is shown; there is one as soon as the view was made.
  get source(): Source {
    return this.loader as Source;
  }

  // The rows, for what happens only once they are there.
  get shown(): Rows {
    return this.rows as Rows;
  }

  // How text is shown.
  get mode(): Mode {
    return this.presenter.on ? this.state.presented : readingMode();
  }

  setMode(mode: Mode): void {
    if (this.mode === mode) return;
    if (this.presenter.on) this.state.presented = mode;
    else keepReadingMode(mode);
    this.updateBars();
    this.list.rebuild();
    this.replayer.follow();
  }

  // A rerun of the page: nothing changes unless what is asked for did.
  update(data: TimelineData): void {
    const before = this.data;
    this.data = data;
    this.entitle();
    const other = OTHER_COPY.some((name) => before[name] !== data[name]);
    if (other) this.clear();
    this.follower.update();
    if (other) void this.open();
    else if (before.token !== data.token) void (data.live && this.rows ? this.grow() : this.open());
    else if (before.message !== data.message || before.find !== data.find) this.follow();
    else if (before.zone !== data.zone) this.list.redraw();
  }

  // Another conversation: nothing of the one before stays on the screen.
  private clear(): void {
    this.list.clear();
    this.state.deleting = null;
    this.state = State.of(this.data.session, this.data.source);
    this.replayer.end();
    this.rows = null;
    this.search.forget();
    this.annotations.store.forget();
    this.updateBars();
  }

  private async open(): Promise<void> {
    if (this.loader) this.loader.stopped = true;
    const source = new Source(this.data);
    this.attach(source);
    this.notice.hide();
    this.root.setAttribute("aria-busy", "true");
    try {
      const message = this.replayer.replay?.position ?? this.address.replay ?? this.data.message;
      const answer = await source.opening(typeof message === "number" ? { message } : {});
      if (!source.stopped) this.opened(answer);
    } catch (error) {
      if (!source.stopped) this.failed(error);
    }
  }

  private attach(source: Source): void {
    this.loader = source;
    source.onitems = (ordinals) => this.arrived(ordinals);
    source.onfail = (error) => this.notice.showError(error, () => source.retry());
  }

  // Reads the copy again and adds what came meanwhile: what is on the screen stays where it is.
  async grow(): Promise<void> {
    const before = this.loader;
    const rows = this.rows;
    if (!before || !rows?.index.count || this.replayer.active) return void this.open();
    const source = new Source(this.data);
    const { index, questions, items } = await source.opening({ message: this.selection.topPosition() ?? 0 });
    if (this.loader !== before || this.rows !== rows) return; // another was opened meanwhile
    before.stopped = true;
    this.attach(source);
    const same = unchanged(rows.index, index);
    if (!same) return this.opened({ index, questions, items });
    this.list.followScroll();
    source.carry(before, same);
    this.rows = new Rows(index, this.state);
    this.rows.scale = rows.scale;
    this.rows.noted = rows.noted;
    this.rows.filter();
    this.rows.carry(rows, same);
    for (const [ordinal, { element }] of this.list.mounted) {
      if (same.has(ordinal)) element.setAttribute("aria-setsize", String(this.rows.visible.length));
      else this.list.refresh(ordinal);
    }
    this.tell(index.positions.at(-1) ?? 0, questions);
    this.list.paint();
    void this.readMarks(source, this.marks);
  }

  private tell(last: number, questions: Opening["questions"]): void {
    const digits = String(last).length;
    this.root.style.setProperty("--gutter", `${Math.max(digits, 2) * 8 + 24}px`);
    this.updateBars();
    this.outline.fill(questions);
  }

  private opened({ index, questions }: Opening): void {
    this.root.removeAttribute("aria-busy");
    this.list.clear();
    const rows = new Rows(index, this.state);
    rows.width = this.stage.canvas.clientWidth || DEFAULT_WIDTH;
    rows.scale = this.presenter.scale;
    this.rows = rows;
    this.tell(index.positions.at(-1) ?? 0, questions);
    this.stage.showWords(index.count ? "" : "This copy has no messages. There is nothing to show yet.");
    this.size.fit();
    this.toolbar.input.value = this.state.query;
    this.takePlace();
    if (!this.findAsked() && this.state.query) void this.search.run(this.state.query, false);
    void this.readMarks(this.source);
    void this.annotations.read(this.source);
    void this.readSourceParts(this.source);
  }

  // To the message that the page asks for, and to its word in it.
  private follow(): void {
    if (this.deepLink.isNew) this.deepLink.follow();
    this.findAsked();
  }

  // Looks for the word that the page asks for, once: what the reader types afterwards stays.
  private findAsked(): boolean {
    const { find, message } = this.data;
    if (!find || this.state.found === find) return false;
    this.state.found = find;
    this.toolbar.input.value = find;
    void this.search.run(find, true, message);
    return true;
  }

  // A replay of the address comes before its message; a copy that is read again keeps its replay.
  private takePlace(): void {
    const position = this.replayer.place;
    this.replayer.end();
    if (position !== null && this.replayer.resume(position)) this.state.asked = this.data.message;
    else if (this.deepLink.isNew) this.deepLink.follow();
    else this.list.paint();
  }

  private entitle(): void {
    const narrower = VIEWS[this.data.view] ?? "";
    fill(this.title, this.data.title ?? "");
    if (narrower) this.title.append(h("small", { class: "view-name", text: narrower }));
    this.root.classList.toggle("wordless", this.data.view === "structure");
  }

  // What the other copy has otherwise; it is read after this one, so the marks come a moment later.
  private async readMarks(source: Source, before: TimelineView["marks"] = new Map()): Promise<void> {
    this.marks = before;
    try {
      const { marks } = await source.get<{ marks: [position: number, mark: string][] }>("marks");
      if (source.stopped || (marks.length === before.size && marks.every(([at, mark]) => before.get(at) === mark)))
        return;
      this.marks = new Map(marks);
      this.list.redraw();
    } catch {
      // without the other copy there are no marks; the page says why
    }
  }

  private async readSourceParts(source: Source): Promise<void> {
    if ((await this.sourceParts.read(source.address)) && !source.stopped) this.list.redraw();
  }

  private failed(error: unknown): void {
    this.root.removeAttribute("aria-busy");
    if (!this.rows) this.stage.showWords("Nothing to show: the conversation could not be read.");
    this.notice.showError(error, () => void this.open());
  }

  build(ordinal: number): HTMLElement {
    const row = buildMessage(this, ordinal);
    if (performance.now() < this.state.flash) row.classList.add("flash");
    this.replayer.replay?.dress(row, ordinal);
    return row;
  }

  want(near: number[], ahead: number[]): void {
    const order = new Set([...near, ...(this.replayer.replay?.upcoming ?? []), ...ahead]);
    this.source.wantRendered([...order], this.mode === "rendered");
  }

  private arrived(ordinals: number[]): void {
    this.list.followScroll();
    for (const ordinal of ordinals) this.list.refresh(ordinal);
    this.list.paint();
    this.replayer.arrived(ordinals);
    this.texts.arrived();
  }

  painted(): void {
    this.dropUnused();
    if (this.search.query) this.search.relight();
    this.outline.follow(this.selection.topPosition());
  }

  private dropUnused(): void {
    const mounted = new Set<Element>([...this.list.mounted.values()].map((row) => row.element));
    for (const row of this.painting) if (!mounted.has(row)) dropKeys(row);
    this.painting = mounted;
  }

  changed(ordinal: number, within = true): void {
    const row = this.shown.rowOf(ordinal);
    if (within) this.list.holdWithin(row);
    else this.list.hold(row);
    this.list.refresh(row);
    this.list.paint();
  }

  get outlineOpen(): boolean {
    return this.state.outline ?? this.root.clientWidth >= OUTLINE_WIDTH;
  }

  toggleOutline(): void {
    this.state.outline = !this.outlineOpen;
    this.updateBars();
    this.list.resized();
    this.outline.paint();
  }

  get helpOpen(): boolean {
    return this.help.open;
  }

  showHelp(): void {
    this.help.showModal();
  }

  updateBars(): void {
    this.toolbar.update();
    this.replayBar.update();
    this.outline.element.hidden = !this.rows || this.presenter.on || !this.outlineOpen;
  }

  fit(): void {
    this.size.fit();
  }

  // One thing at a time is left: the presenter view, an asked deletion, the replay, then the marks.
  escape(): void {
    if (this.presenter.on) this.presenter.leave();
    else if (this.annotations.takeBackDeletion()) return;
    else if (this.replayer.active) this.replayer.leave();
    else this.calm();
  }

  private calm(): void {
    this.deepLink.light(null);
    this.selection.select(-1, false);
    this.toolbar.clearFind();
    clearPaint("tl-hit-now");
  }

  // Another timeline takes its place; its own element is still in the page for some frames.
  retire(): void {
    this.live = false;
    document.removeEventListener("keydown", this.onkey);
    this.replayer.end();
    this.presenter.uncover();
    this.address.stop();
  }

  // The one that took its place is gone, and this one stays.
  revive(): void {
    this.live = true;
    this.address = takeAddress(this);
    document.addEventListener("keydown", this.onkey);
    void this.open();
  }

  stop(): void {
    leaveAddress(this);
    this.retire();
    this.state.deleting = null;
    this.source.stopped = true;
    this.follower.stop();
    this.search.stop();
    for (const row of this.list.mounted.values()) dropKeys(row.element);
    this.stage.stop();
    this.list.stop();
    this.outline.stop();
    this.size.stop();
  }
}
