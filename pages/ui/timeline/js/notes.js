// How bookmarks and notes look on a message: a mark and two buttons in its head, the notes themselves under it.

const LONGEST_NOTE = 4_000;

function noteMark(view, position) {
  const notes = view.noting.of(position);
  if (!notes.length) return null;
  const count = notes.filter((note) => !note.bookmark).length;
  const who = [...new Set(notes.map((note) => (note.mine ? "you" : note.author)))].join(", ");
  return h("span", { class: "tag noted", text: count ? many(count, "note") : "bookmark", title: `by ${who}` });
}

function noteButtons(view, position) {
  if (view.presenting || !view.noting.may) return [];
  const marked = Boolean(view.noting.bookmark(position));
  return [
    h("button", { class: "small copy ribbon", type: "button", "aria-pressed": String(marked),
      title: marked ? "Take your bookmark away (b)" : "Bookmark (b)", "aria-label": `Bookmark message ${position}`,
      onclick: () => view.toggleBookmark(position) }),
    h("button", { class: "small copy", type: "button", text: "Note", title: "Add a note (m)",
      "aria-label": `Add a note to message ${position}`, onclick: () => view.openDraft(position) }),
  ];
}

// What stands under a message: its notes, those that are being written in their place.
function noteBlocks(view, position) {
  if (view.presenting) return [];
  const fresh = view.noting.draft(position);
  return [
    ...view.noting.of(position).map((note) => {
      const draft = view.noting.draft(position, note.id);
      return draft ? noteEditor(view, draft) : noteBlock(view, position, note);
    }),
    fresh ? noteEditor(view, fresh) : null,
  ].filter(Boolean);
}

function noteBlock(view, position, note) {
  const head = h("div", { class: "usernotehead" },
    h("span", { class: "kicker", text: note.bookmark ? "bookmark" : "note" }),
    fill(h("span", { class: "author" }), note.author), timeElement(note.created_at), placeTag(position, note));
  if (note.changed_at) head.append(h("span", {}, "changed ", timeElement(note.changed_at)));
  if (note.may_change) {
    head.append(h("button", { class: "small", type: "button", text: "Edit", "aria-label": `Edit your note on message ${position}`,
      onclick: () => view.openDraft(position, note) }));
  }
  if (note.may_delete) head.append(deleteButton(view, note));
  const block = h("section", { class: `usernote${note.same ? "" : " odd"}`,
    "aria-label": `${note.bookmark ? "Bookmark" : "Note"} on message ${position}` }, head);
  if (note.text !== null) block.append(fill(h("div", { class: "text", dir: "auto" }), note.text));
  return block;
}

function placeTag(position, note) {
  if (!note.same) {
    return h("span", { class: "tag error", text: "another message is here now",
      title: `It was put on message ${note.put_at}, when that was another message` });
  }
  return note.put_at === position ? null
    : h("span", { class: "tag", text: `put on #${note.put_at}`, title: "The same message, in another place" });
}

// Words are deleted on a second press, a bookmark at once.
function deleteButton(view, note) {
  const sure = !note.bookmark && view.state.deleting === note.id;
  const ask = { class: "small", text: note.bookmark ? "Remove" : "Delete",
    "aria-label": note.bookmark ? "Remove this bookmark" : "Delete this note" };
  return h("button", { ...(sure ? { class: "small sure", text: "Delete it for good" } : ask), type: "button",
    "data-focus": `delete ${note.id}`, onclick: () => {
      if (note.bookmark || sure) view.deleteNote(note);
      else view.confirmDeleting(note);
    } });
}

function noteEditor(view, draft) {
  const area = h("textarea", { rows: "2", maxlength: LONGEST_NOTE, dir: "auto", "data-focus": draft.key,
    "aria-label": `Your note on message ${draft.position}`, placeholder: "A note, kept in the inspector only",
    oninput: () => { draft.text = area.value; },
    onkeydown: (event) => {
      event.stopPropagation();
      if (event.isComposing) return;
      if (event.key === "Escape") view.closeDraft(draft);
      else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) view.saveDraft(draft);
      else return;
      event.preventDefault();
    } });
  area.value = draft.text;
  return h("div", { class: "usernote noteeditor" }, area, h("div", { class: "footer" },
    h("button", { class: "small save", type: "button", text: "Save", title: "Ctrl+Enter", onclick: () => view.saveDraft(draft) }),
    h("button", { class: "small", type: "button", text: "Cancel", title: "Esc", onclick: () => view.closeDraft(draft) }),
    h("span", { class: draft.error ? "failed" : "quiet", role: draft.error ? "alert" : null,
      text: draft.error || "Ctrl+Enter saves" })));
}
