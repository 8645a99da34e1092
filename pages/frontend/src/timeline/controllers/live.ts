// Follows a running turn: asks the server while the tab is visible, and has the messages added that came meanwhile.

import { ask, messageOf } from "../../shared/api";
import { LivePanel } from "../live-panel";
import type { LiveAnswer, LiveView } from "../live-types";
import type { Rows } from "../rows";
import type { TimelineData } from "../types";

const EVERY_MS = 1_000;
const MOST_MS = 15_000;
const NEWS_MS = 3_000;

// What the panel stands in: a timeline, or nothing where no copy can be read.
export interface LiveFollower {
  readonly data: Pick<TimelineData, "session" | "source" | "view" | "live">;
  readonly rows: Pick<Rows, "index"> | null;
  fit(): void;
  grow(): Promise<void>;
}

// Whose turn is followed, and how much of it the reader wants to see.
interface Followed {
  readonly session: string;
  readonly view: string;
}

export class LiveController {
  readonly panel = new LivePanel();
  private timer = 0;
  private followed: Followed | null = null;
  private asking = false;
  private failures = 0;
  private shown: LiveView | null = null;
  private copies: number | null = null; // of the messages that are shown
  private told: number | null = null; // of what the page around tells
  private newsAt = 0;
  private newsTimer = 0;
  // The page around, such as its counts and its status, is no longer what the stores have.
  onnews: () => void = () => {};
  private readonly onvisible = () => this.wake();

  constructor(private readonly view: LiveFollower) {}

  // Follows what the page shows, or nothing more.
  update(): void {
    const { session, view, live } = this.view.data;
    const before = this.followed;
    if (live ? before?.session === session && before.view === view : !before) return;
    this.stop();
    if (!live) return;
    this.followed = { session, view };
    document.addEventListener("visibilitychange", this.onvisible);
    this.wake();
  }

  stop(): void {
    document.removeEventListener("visibilitychange", this.onvisible);
    clearTimeout(this.timer);
    clearTimeout(this.newsTimer);
    this.newsTimer = 0;
    this.followed = null;
    this.shown = null;
    this.copies = null;
    this.told = null;
    this.failures = 0;
    this.panel.hide();
    this.view.fit();
  }

  private wake(): void {
    clearTimeout(this.timer);
    if (this.followed && document.visibilityState !== "hidden" && !this.asking) void this.poll();
  }

  private async poll(): Promise<void> {
    const followed = this.followed;
    if (!followed) return;
    this.asking = true;
    try {
      const since = this.shown?.number ?? 0;
      const answer = await ask<LiveAnswer>("/api/live", { ...followed, since });
      if (followed === this.followed) await this.take(answer);
      this.failures = 0;
    } catch (error) {
      this.failures += 1;
      if (followed === this.followed) this.panel.fail(messageOf(error));
    } finally {
      this.asking = false;
    }
    if (this.followed && document.visibilityState !== "hidden") {
      this.timer = window.setTimeout(() => this.wake(), Math.min(EVERY_MS * 2 ** this.failures, MOST_MS));
    }
  }

  private async take(answer: LiveAnswer): Promise<void> {
    if ("read_at" in answer) this.shown = answer;
    if (this.shown) {
      const hidden = this.panel.element.hidden;
      this.panel.show(this.shown, Date.now());
      if (hidden) this.view.fit();
    }
    if (this.told !== answer.copies && (this.told !== null || this.shown?.running)) this.news();
    this.told = answer.copies;
    if (!this.view.rows) return; // the copy is still being read: the next answer is compared with it
    if (this.copies !== answer.copies && (this.copies !== null || this.differs())) {
      this.news();
      await this.view.grow();
    }
    this.copies = answer.copies;
  }

  // Tells the page, but not again and again while a copy is written.
  private news(): void {
    if (this.newsTimer) return;
    const due = this.newsAt + NEWS_MS - Date.now();
    this.newsTimer = window.setTimeout(
      () => {
        this.newsTimer = 0;
        this.newsAt = Date.now();
        this.onnews();
      },
      Math.max(due, 0),
    );
  }

  // Whether the copy that is shown had another number of messages when following began.
  private differs(): boolean {
    const { data, rows } = this.view;
    const count = this.shown?.messages[data.source === "cache" ? "cache" : "database"];
    return rows !== null && typeof count === "number" && count !== rows.index.count;
  }
}
