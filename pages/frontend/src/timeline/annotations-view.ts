// How bookmarks and notes look on a message: a mark and two buttons in its head, the notes themselves under it.

import { h } from "../shared/dom";
import { many, timeElement } from "../shared/format";
import { fill } from "../shared/text";
import type { RowView } from "./row-view";
import type { Draft } from "./state";
import type { Annotation } from "./types";

const LONGEST_NOTE = 4_000;

export function noteMark({ annotations }: RowView, position: number): HTMLElement | null {
  const notes = annotations.store.of(position);
  if (!notes.length) return null;
  const count = notes.filter((note) => !note.bookmark).length;
  const who = [...new Set(notes.map((note) => (note.mine ? "you" : note.author)))].join(", ");
  return h("span", { class: "tag noted", text: count ? many(count, "note") : "bookmark", title: `by ${who}` });
}

export function noteButtons({ annotations, presenter }: RowView, position: number): HTMLElement[] {
  if (presenter.on || !annotations.store.may) return [];
  const marked = Boolean(annotations.store.bookmark(position));
  return [
    h("button", {
      class: "small copy ribbon",
      type: "button",
      "aria-pressed": String(marked),
      title: marked ? "Remove bookmark (b)" : "Bookmark (b)",
      "aria-label": `Bookmark message ${position}`,
      onclick: () => void annotations.toggleBookmark(position),
    }),
    h("button", {
      class: "small copy",
      type: "button",
      text: "Add note",
      title: "Add a note (m)",
      "aria-label": `Add a note to message ${position}`,
      onclick: () => annotations.openDraft(position),
    }),
  ];
}

// What stands under a message: its notes, those that are being written in their place.
export function noteBlocks(view: RowView, position: number): HTMLElement[] {
  const { annotations, presenter } = view;
  if (presenter.on) return [];
  const blocks = annotations.store.of(position).map((note) => {
    const draft = annotations.draft(position, note.id);
    return draft ? noteEditor(view, draft) : noteBlock(view, position, note);
  });
  const fresh = annotations.draft(position);
  return fresh ? [...blocks, noteEditor(view, fresh)] : blocks;
}

function noteBlock(view: RowView, position: number, note: Annotation): HTMLElement {
  const { annotations } = view;
  const edit = {
    class: "small",
    type: "button",
    text: "Edit",
    "aria-label": `Edit your note on message ${position}`,
    onclick: () => annotations.openDraft(position, note),
  };
  const head = h(
    "div",
    { class: "usernotehead" },
    h("span", { class: "kicker", text: note.bookmark ? "bookmark" : "note" }),
    fill(h("span", { class: "author" }), note.author),
    timeElement(note.created_at),
    placeTag(position, note),
    note.changed_at ? h("span", {}, "changed ", timeElement(note.changed_at)) : null,
    note.may_change && h("button", edit),
    note.may_delete && deleteButton(view, note),
  );
  const label = `${note.bookmark ? "Bookmark" : "Note"} on message ${position}`;
  const block = h("section", { class: `usernote${note.same ? "" : " odd"}`, "aria-label": label }, head);
  if (note.text !== null) block.append(fill(h("div", { class: "text", dir: "auto" }), note.text));
  return block;
}

function placeTag(position: number, note: Annotation): HTMLElement | null {
  if (!note.same) {
    const title = `Added to message ${note.put_at}, which has changed since`;
    return h("span", { class: "tag error", text: "a different message is here now", title });
  }
  if (note.put_at === position) return null;
  return h("span", { class: "tag", text: `added to #${note.put_at}`, title: "The same message, moved" });
}

// Words are deleted on a second press, a bookmark at once.
function deleteButton({ annotations, state }: RowView, note: Annotation): HTMLElement {
  const sure = !note.bookmark && state.deleting === note.id;
  const act = () => {
    if (note.bookmark || sure) void annotations.delete(note);
    else annotations.askToDelete(note);
  };
  const button = { type: "button", "data-focus": `delete ${note.id}`, onclick: act };
  if (sure) return h("button", { class: "small sure", text: "Confirm delete", ...button });
  const [text, label] = note.bookmark ? ["Remove", "Remove this bookmark"] : ["Delete", "Delete this note"];
  return h("button", { class: "small", text, "aria-label": label, ...button });
}

function noteEditor({ annotations }: RowView, draft: Draft): HTMLElement {
  const save = () => void annotations.saveDraft(draft);
  const close = () => annotations.closeDraft(draft);
  const area = h("textarea", {
    rows: "2",
    maxlength: LONGEST_NOTE,
    dir: "auto",
    "data-focus": draft.key,
    "aria-label": `Your note on message ${draft.position}`,
    placeholder: "Stored in the inspector only",
    oninput: () => {
      draft.text = area.value;
    },
    onkeydown: (event) => {
      event.stopPropagation();
      if (event.isComposing) return;
      if (event.key === "Escape") close();
      else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
      else return;
      event.preventDefault();
    },
  });
  area.value = draft.text;
  const words = draft.error
    ? h("span", { class: "failed", role: "alert", text: draft.error })
    : h("span", { class: "quiet", text: "Ctrl+Enter saves" });
  const footer = h(
    "div",
    { class: "footer" },
    h("button", { class: "small save", type: "button", text: "Save", title: "Ctrl+Enter", onclick: save }),
    h("button", { class: "small", type: "button", text: "Cancel", title: "Esc", onclick: close }),
    words,
  );
  return h("div", { class: "usernote noteeditor" }, area, footer);
}
