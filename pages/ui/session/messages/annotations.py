"""Bookmarks and notes on the messages of a copy, as the reader who asks may see and change them."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from chatdata import AppDatabaseError, Copies, Source
from chatdata.domain.access import Reader
from chatdata.domain.annotations import Note, Placed, in_view, message_digest, note_text, place
from chatdata.domain.redaction import Masker
from chatdata.domain.redaction.masked import people_of
from chatdata.stores.app_db import AppDatabase
from pages.ui.auth.current_reader import current, demand
from pages.ui.server.inspections import source_named
from pages.ui.server.services import connected, now, snapshots, view_key


def listed(session_id: str, source: str) -> dict[str, Any]:
    """{"notes": [{"id", "position", "put_at", "same", "text", "bookmark", "author", "mine", "created_at",
    "changed_at", "may_change", "may_delete"}], "may_note"}: of a copy, in the order of its messages.

    `position` is null where the copy has no such message, `put_at` where it was; `same` is false where another
    message is there now. `text` and `author` are as the reader's view has them; what has stand-ins can't be changed,
    which would keep them. LookupError for a copy that can't be read.
    """
    reading, chosen = current(), source_named(source)
    notes = _kept().notes(_deployment(), session_id)
    if not notes:
        return {"notes": [], "may_note": reading.may_note}
    copies = _full(session_id, chosen, reading)
    mask = None if reading.view == "full" else Masker(view_key(), people_of(copies))
    placed = place(notes, copies.readable_from(chosen).messages)
    return {"notes": [_shown(item, reading, mask) for item in placed], "may_note": reading.may_note}


def add(session_id: str, source: str, position: int, text: str | None) -> None:
    """Puts a note, or a bookmark for None, on a message. LookupError where it isn't there, NotAllowed, ValueError."""
    reading, chosen = current(), source_named(source)
    demand(reading.may_note, "put notes on messages")
    kept_text = None if text is None else note_text(text)
    messages = _full(session_id, chosen, reading).readable_from(chosen).messages
    message = next((item.message for item in messages if item.position == position), None)
    if message is None:
        raise LookupError(f"Message {position} is not in this copy.")
    digest, author = message_digest(message), reading.name
    note = Note(uuid.uuid4().hex, session_id, position, digest, kept_text, author, now())
    _kept().keep_notes(_deployment(), [note])


def change(session_id: str, note_id: str, text: str) -> None:
    """The reader gives a note of theirs another text. LookupError, NotAllowed, ValueError."""
    reading = current()
    demand(reading.may_note, "put notes on messages")
    _kept().change_note(_deployment(), session_id, note_id, author=reading.name, text=text, at=now())


def delete(session_id: str, note_id: str) -> None:
    """The reader deletes a note of theirs, an operator anybody's. NotAllowed."""
    reading = current()
    demand(reading.may_note, "put notes on messages")
    author = None if reading.may_delete_notes else reading.name
    _kept().delete_note(_deployment(), session_id, note_id, author=author)


def counts(session_ids: Sequence[str]) -> Mapping[str, int]:
    """How many each session has; nothing where the inspector's own file can't be read, which others say."""
    try:
        return _kept().note_counts(_deployment(), session_ids)
    except AppDatabaseError:
        return {}


def _kept() -> AppDatabase:
    return AppDatabase(connected().settings.data_dir)


def _deployment() -> str:
    return connected().sessions.deployment


def _full(session_id: str, source: Source, reading: Reader) -> Copies:
    """The full copy, whatever the view: notes stick to what is stored. Of narrower views both, for whom they name."""
    if reading.view == "full":
        return snapshots().take(session_id, (source,), timedelta.max).read[source]
    return connected().sessions.read_copies(session_id)


def _shown(placed: Placed, reading: Reader, mask: Masker | None) -> dict[str, Any]:
    own = placed.note.author == reading.name
    mine = own and reading.may_note
    note = placed.note if reading.view == "full" else in_view(placed.note, reading.view, mask)
    whole = note.text == placed.note.text
    return {
        "id": note.id,
        "position": placed.position,
        "put_at": note.position,
        "same": placed.same,
        "text": note.text,
        "bookmark": note.text is None,
        "author": placed.note.author if mine else note.author,
        "mine": mine,
        "created_at": note.created_at.isoformat(),
        "changed_at": None if note.changed_at is None else note.changed_at.isoformat(),
        "may_change": mine and whole and note.text is not None,
        "may_delete": mine or (reading.may_note and reading.may_delete_notes),
    }
