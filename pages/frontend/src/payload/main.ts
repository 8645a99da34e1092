import { mount } from "../shared/mount";
import { PayloadView } from "./view";

export default mount(".payload", PayloadView);
