import { mount } from "../shared/mount";
import { Table } from "./table";
import type { TableData } from "./types";

export default mount<TableData & { zone?: string }>(".table", Table);
