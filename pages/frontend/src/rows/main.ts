import { mount } from "../shared/mount";
import { RowKeys, type RowsData } from "./row-keys";

export default mount<RowsData & { zone?: string }>(".rows", RowKeys);
