import { mount } from "../shared/mount";
import { TimelineView } from "./view";

export default mount(".timeline", TimelineView);
