// Follows a running turn: asks the server while the tab is visible, and has the messages added that came meanwhile.

import { ask, messageOf } from "../../shared/api";
import { LivePanel } from "../live-panel";
import type { LiveAnswer, LiveView } from "../live-types";
import type { Timeline } from "../timeline";

const EVERY_MS = 1_000;
const MOST_MS = 15_000;

interface LiveFollower extends Timeline {
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
  private copies: number | null = null;
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
    this.followed = null;
    this.shown = null;
    this.copies = null;
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
    if (!this.view.rows) return; // the copy is still being read: the next answer is compared with it
    if (this.copies !== answer.copies && (this.copies !== null || this.differs())) await this.view.grow();
    this.copies = answer.copies;
  }

  // Whether the copy that is shown had another number of messages when following began.
  private differs(): boolean {
    const { data, rows } = this.view;
    const count = this.shown?.messages[data.source === "cache" ? "cache" : "database"];
    return rows !== null && typeof count === "number" && count !== rows.index.count;
  }
}
