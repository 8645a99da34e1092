// The entry point: a timeline, or only the panel of a running turn where no copy has messages to show.

import { mount, type Server } from "../shared/mount";
import { LiveAlone } from "./live-alone";
import type { TimelineData } from "./types";
import { TimelineView } from "./view";

class ServedTimeline extends TimelineView {
  constructor(root: HTMLElement, host: Element, data: TimelineData, server: Server) {
    super(root, host, data);
    this.follower.onnews = () => server.trigger("news", Date.now());
  }
}

const timeline = mount(".timeline", ServedTimeline);
const alone = mount(".live-alone", LiveAlone);

export default (component: Parameters<typeof timeline>[0]): (() => void) =>
  component.parentElement.querySelector(".live-alone") ? alone(component) : timeline(component);
