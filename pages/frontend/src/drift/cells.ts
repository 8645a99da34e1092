// One row: a message at the left, the one that it is compared with at the right.

import { h } from "../shared/dom";
import { many, NUMBER, timeElement } from "../shared/format";
import { skeleton } from "../shared/list-view";
import { groupOf } from "../shared/roles";
import { known } from "../shared/sorted";
import { fill, textNodes } from "../shared/text";
import { foldsMore, nearDifferences } from "./pieces";
import { type Fold, isQuiet, MOST_LINES, type Rows } from "./rows";
import type { SideName, Subject } from "./subject";
import { type Field, type Item, type Piece, positionsOf } from "./types";

const LONG = 700;

// What a row needs of its view.
export interface CellView {
  readonly subject: Subject;
  readonly rows: Rows;
  readonly lit: number | null;
  readonly opened: ReadonlySet<string>;
  itemOf(ordinal: number): Item | undefined;
  unfold(number: number, ordinal: number): void;
  light(ordinal: number): void;
  open(ordinal: number, key: string): void;
  close(ordinal: number, key: string): void;
  linkTo(side: SideName, position: number): string;
}

export function buildRow(view: CellView, ordinal: number): HTMLElement {
  const fold = view.rows.folds.get(ordinal);
  return fold ? foldRow(view, ordinal, fold) : messageRow(view, ordinal);
}

function frameOf({ rows }: CellView, ordinal: number, kind: string): HTMLElement {
  return h("article", {
    class: `row beside ${kind}`,
    tabindex: "-1",
    "data-ordinal": ordinal,
    "data-kind": kind,
    "aria-posinset": rows.placeOf(ordinal) + 1,
    "aria-setsize": rows.visible.length,
  });
}

function foldRow(view: CellView, ordinal: number, { number, count }: Fold): HTMLElement {
  const { kind } = view.rows.stretchOf(ordinal);
  const { sides, labels } = view.subject;
  const last = ordinal + count - 1;
  const extent = ({ key }: SideName) => {
    const side = positionsOf(view.rows.index, key);
    return known(side, ordinal) < 0 ? "" : `#${side[ordinal]}${count > 1 ? `–#${side[last]}` : ""}`;
  };
  const words = kind === "equal" ? many(count, "equal message") : `${many(count, "message")} · ${labels[kind]}`;
  const row = frameOf(view, ordinal, `folded ${kind}`);
  row.append(
    h(
      "button",
      { class: "unfold", type: "button", onclick: () => view.unfold(number, ordinal) },
      h("span", { class: "position", text: extent(sides[0]) }),
      h("span", { text: `${words}: show` }),
      h("span", { class: "position", text: extent(sides[1]) }),
    ),
  );
  return row;
}

function messageRow(view: CellView, ordinal: number): HTMLElement {
  const { kind, first } = view.rows.stretchOf(ordinal);
  const row = frameOf(view, ordinal, kind);
  row.classList.toggle("lit", view.lit === ordinal);
  const item = view.itemOf(ordinal);
  if (!item) {
    row.append(skeleton(view.rows.heightOf(ordinal) - 20));
    return row;
  }
  if (ordinal === first && !isQuiet(kind)) {
    const { labels, codes } = view.subject;
    const head = h("div", { class: "stretchhead" }, h("b", { text: labels[kind] ?? kind }));
    if (codes) head.append(h("code", { text: kind }));
    row.append(head);
  }
  row.append(...view.subject.sides.map((side) => cell(view, ordinal, item, side)));
  return row;
}

function cell(view: CellView, ordinal: number, item: Item, name: SideName): HTMLElement {
  const side = item[name.key];
  const box = h("div", { class: `cell ${name.key}${side ? "" : " none"}`, "data-head": name.head });
  if (!side) {
    box.append(h("p", { class: "absent" }, absence(view, item)));
    return box;
  }
  const link = h("a", {
    class: "position",
    href: view.linkTo(name, side.position),
    text: `#${side.position}`,
    title: "Open in the conversation",
  });
  const role = fill(h("span", { class: `role ${groupOf(side.role)}` }), side.role || "(no role)");
  box.append(h("header", {}, link, role, h("span", { class: "space" }), timeElement(side.at)));
  const shown = side.fields.filter((field) => field.length || field.differs || side.fields.length === 1);
  for (const field of shown) box.append(fieldBlock(view, ordinal, name, field));
  for (const field of side.missing) box.append(h("p", { class: "absent", text: `${field} missing` }));
  return box;
}

// Why a side has nothing here; of what moved, the way to where the side has it.
function absence(view: CellView, { kind, elsewhere }: Item): Node | string {
  if (!elsewhere) return kind === "windowed_cache" ? "not kept in the cache" : "(missing)";
  return h("button", {
    class: "link",
    type: "button",
    text: `moved to #${elsewhere.position}`,
    onclick: () => view.light(elsewhere.ordinal),
  });
}

function pieceNodes([kind, value]: Piece): Node[] {
  switch (kind) {
    case "same":
      return textNodes(value);
    case "only":
      return [h("mark", {}, ...textNodes(value))];
    case "lacks": {
      const title = `Only the other side has ${many(value, "character")} here`;
      return [h("mark", { class: "lacks", text: "‸", title })];
    }
    case "equal":
      return [h("span", { class: "fold", text: `${many(value, "character")} equal` })];
    default:
      return [h("span", { class: "fold", text: `${many(value, "character")} more` })];
  }
}

function fieldBlock(view: CellView, ordinal: number, { key }: SideName, field: Field): HTMLElement {
  const block = h("div", { class: `field${field.differs ? " differs" : ""}` });
  if (field.name !== "content") block.append(h("div", { class: "caption", text: field.name }));
  if (field.text === null) {
    block.append(h("p", { class: "quiet", text: "content is null" }));
  } else if (!field.length) {
    if (field.name === "content") block.append(h("p", { class: "quiet", text: "content is the empty text" }));
  } else {
    block.append(...fieldText(view, ordinal, `${ordinal} ${key} ${field.name}`, field, field.text));
  }
  return block;
}

function fieldText(view: CellView, ordinal: number, key: string, field: Field, text: string): HTMLElement[] {
  const code = field.name !== "content" && field.name !== "refusal";
  const body = h("div", { class: `text${code ? " code" : ""}`, dir: code ? "ltr" : "auto" });
  const open = view.opened.has(key);
  const near = field.pieces && !open && field.length > LONG ? nearDifferences(field.pieces) : null;
  const pieces = near ?? field.pieces;
  if (pieces) body.append(...pieces.flatMap(pieceNodes));
  else fill(body, text);
  if (open) return [body, openFooter(field, () => view.close(ordinal, key))];
  const folded = near && field.pieces && foldsMore(near, field.pieces);
  return [
    h("div", { class: "clip", style: `--lines:${MOST_LINES}` }, body),
    h("button", {
      class: folded ? "link" : "link more",
      type: "button",
      text: `Show all (${many(field.length, "character")})`,
      onclick: () => view.open(ordinal, key),
    }),
  ];
}

function openFooter(field: Field, close: () => void): HTMLElement {
  return h(
    "div",
    { class: "footer" },
    h("span", { class: "quiet", text: cutWords(field) }),
    h("button", { class: "link", type: "button", text: "Show less", onclick: close }),
  );
}

function cutWords({ length, cut, pieces }: Field): string {
  if (length <= cut) return "";
  if (pieces) return `The differences in ${many(length, "character")}; open the conversation for all. `;
  return `${NUMBER.format(cut)} of ${many(length, "character")}; open the conversation for all. `;
}
