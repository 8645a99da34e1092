// Bookmarks and notes of people on the messages of this copy: what the server has of them, and changing it.

class Noting {
  constructor(view) {
    this.view = view;
    this.forget();
  }

  forget() {
    this.at = new Map(); // position to its notes
    this.elsewhere = 0;
    this.may = false;
    this.known = false;
  }

  async read(source) {
    try {
      this.take(source, await ask("/api/notes", source.address));
    } catch { /* where there is no route for them there are no notes */ }
  }

  // A change; false where it was refused, with the sentence in the draft or in the toast.
  async change(method, sent, draft = null) {
    const { source } = this.view;
    try {
      this.take(source, await tell("/api/notes", source.address, method, sent), draft);
      return true;
    } catch (error) {
      if (draft) draft.error = error.message;
      else this.view.say(error.message);
      return false;
    }
  }

  take(source, { notes, may_note: may }, draft = null) {
    if (source.stopped || !this.view.rows) return;
    if (draft) this.view.state.drafts.delete(draft.key);
    const before = this.known && this.at.size;
    this.forget();
    [this.may, this.known] = [may, true];
    for (const note of notes) {
      if (!this.view.rows.ordinalOf.has(note.position)) this.elsewhere += 1;
      else if (this.at.has(note.position)) this.at.get(note.position).push(note);
      else this.at.set(note.position, [note]);
    }
    if (before === false && this.elsewhere) {
      this.view.showNotice(`${many(this.elsewhere, "note is", "notes are")} on messages that this copy does not have; the other copy may.`);
    }
    this.view.noted();
  }

  of(position) {
    return this.view.presenting ? [] : this.at.get(position) ?? [];
  }

  bookmark(position) {
    return this.of(position).find((note) => note.mine && note.bookmark);
  }

  ordinals() {
    return [...this.at.keys()].map((position) => this.view.rows.ordinalOf.get(position)).sort((a, b) => a - b);
  }

  draft(position, id = null) {
    return this.view.state.drafts.get(draftKey(position, id));
  }
}

const draftKey = (position, id) => `${position} ${id ?? ""}`;

Object.assign(View.prototype, {
  // The notes are others now.
  noted() {
    const { state, rows, noting } = this;
    if (state.noted && !noting.at.size) state.noted = false;
    const filtered = rows.noted !== null || state.noted;
    rows.noted = state.noted ? new Set(noting.ordinals().map((ordinal) => rows.rowOf(ordinal))) : null;
    if (filtered) this.filtered();
    else this.updateBar();
    this.redraw();
  },

  toggleNoted() {
    this.state.noted = !this.state.noted;
    this.noted();
  },

  // The marked message, else the one at the top.
  toNote() {
    if (this.presenting || !this.noting.may || !this.rows.visible.length) return -1;
    const ordinal = this.rows.place[this.state.current] >= 0 ? this.state.current : this.topOrdinal();
    this.select(ordinal, false);
    return ordinal;
  },

  bookmarkHere() {
    const ordinal = this.toNote();
    if (ordinal >= 0) this.toggleBookmark(this.index.positions[ordinal]);
  },

  noteHere() {
    const ordinal = this.toNote();
    if (ordinal >= 0) this.openDraft(this.index.positions[ordinal]);
  },

  async toggleBookmark(position) {
    const mine = this.noting.bookmark(position);
    const done = mine ? await this.noting.change("DELETE", { id: mine.id })
      : await this.noting.change("POST", { position, text: null });
    if (done) this.say(`Message ${position} ${mine ? "is no longer bookmarked" : "bookmarked"}`);
  },

  stepNoted(by) {
    if (this.presenting) return;
    const ordinals = this.noting.ordinals();
    if (!ordinals.length) {
      this.say("No message has a bookmark or note");
      return;
    }
    const now = this.state.notedAt ?? (this.state.current >= 0 ? this.state.current : this.topOrdinal() - (by > 0 ? 1 : 0));
    const next = by > 0 ? ordinals.find((ordinal) => ordinal > now) ?? ordinals[0]
      : ordinals.findLast((ordinal) => ordinal < now) ?? ordinals.at(-1);
    this.unhide(next);
    this.unfoldFor(next, false); // a note on a result stands under its closed line too
    this.jump(this.index.positions[next]);
    this.state.notedAt = next;
    this.say(`${ordinals.indexOf(next) + 1} of ${many(ordinals.length, "message")} with notes`);
  },

  openDraft(position, note = null) {
    const key = draftKey(position, note?.id);
    const { drafts } = this.state;
    if (!drafts.has(key)) drafts.set(key, { key, position, id: note?.id ?? null, text: note?.text ?? "", error: "" });
    const ordinal = this.rows.ordinalOf.get(position);
    const row = this.rows.rowOf(ordinal);
    if (this.state.viewOf(row) === "folded") this.state.setWay(row, "auto");
    if (!this.list.mounted.has(row)) this.list.reveal(row);
    this.changed(ordinal, false);
    const area = this.list.mounted.get(row)?.element.querySelector(`textarea[data-focus="${CSS.escape(key)}"]`);
    if (!area) return;
    area.focus({ preventScroll: true });
    const room = this.scroller.getBoundingClientRect();
    const box = area.closest(".noteeditor").getBoundingClientRect();
    if (box.bottom > room.bottom || box.top < room.top) this.list.by(box.bottom - room.bottom + 12);
  },

  confirmDeleting(note) {
    this.state.deleting = note.id;
    this.changed(this.rows.ordinalOf.get(note.position), false);
  },

  async deleteNote(note) {
    this.state.deleting = null;
    await this.noting.change("DELETE", { id: note.id });
  },

  closeDraft(draft) {
    this.state.drafts.delete(draft.key);
    this.changed(this.rows.ordinalOf.get(draft.position), false);
  },

  async saveDraft(draft) {
    if (draft.saving) return;
    if (!draft.text.trim() && draft.id === null) {
      this.closeDraft(draft);
      return;
    }
    draft.saving = true;
    draft.error = "";
    const sent = draft.id === null ? { position: draft.position, text: draft.text } : { id: draft.id, text: draft.text };
    await this.noting.change("POST", sent, draft);
    draft.saving = false;
    if (draft.error) this.changed(this.rows.ordinalOf.get(draft.position), false);
  },
});
