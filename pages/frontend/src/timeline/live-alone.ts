// The running turn of a session of which no copy can be shown: neither store has it yet, or any more.

import type { Server } from "../shared/mount";
import { LiveController } from "./controllers/live";
import type { TimelineData } from "./types";

export class LiveAlone {
  readonly rows = null;
  private readonly follower = new LiveController(this);

  constructor(
    readonly root: HTMLElement,
    _host: Element,
    public data: TimelineData,
    server: Server,
  ) {
    root.replaceChildren(this.follower.panel.element);
    this.follower.onnews = () => server.trigger("news", Date.now());
    this.follower.update();
  }

  update(data: TimelineData): void {
    this.data = data;
    this.follower.update();
  }

  stop(): void {
    this.follower.stop();
  }

  // There is nothing to fit or to grow: once a copy can be shown, the page draws its messages instead.
  fit(): void {}

  async grow(): Promise<void> {}
}
