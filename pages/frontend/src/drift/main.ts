import { mount } from "../shared/mount";
import { DriftView } from "./view";

export default mount(".drift", DriftView);
