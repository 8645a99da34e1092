"""Bookmarks and notes on the messages of a copy, as the current user may see and change them."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from chatdata import AppDatabaseError, Source
from chatdata.domain.access import Principal
from chatdata.domain.annotations import Annotation, Placed, note_text
from chatdata.services.inspection import Inspection
from pages.ui.auth.current_principal import current, demand
from pages.ui.server.inspections import source_named
from pages.ui.server.services import connected, inspections, now


def listed(session_id: str, source: str) -> dict[str, Any]:
    """{"notes": [{"id", "position", "put_at", "same", "text", "bookmark", "author", "mine", "created_at",
    "changed_at", "may_change", "may_delete"}], "may_note"}: of a copy, in the order of its messages.

    `position` is null where the copy has no such message, `put_at` where it was; `same` is false where another
    message is there now. `text` and `author` are as the reader's view has them; what has placeholders can't be changed,
    which would keep them. LookupError for a copy that can't be read.
    """
    principal, chosen = current(), source_named(source)
    notes = connected().app_db.notes(session_id)
    if not notes:
        return {"notes": [], "may_note": principal.may_note}
    inspection = _inspection(session_id, chosen)
    placed = inspection.place_notes(notes, chosen)
    shown = [_shown(item, inspection.redact_text(item.note), principal) for item in placed]
    return {"notes": shown, "may_note": principal.may_note}


def add(session_id: str, source: str, position: int, text: str | None) -> None:
    """Puts a note, or a bookmark for None, on a message. LookupError where it isn't there, NotAllowed, ValueError."""
    principal, chosen = current(), source_named(source)
    demand(principal.may_note, "put notes on messages")
    kept_text = None if text is None else note_text(text)
    digest = _inspection(session_id, chosen).message_digest(chosen, position)
    note = Annotation(
        uuid.uuid4().hex,
        session_id,
        position,
        digest,
        kept_text,
        principal.name,
        now(),
        author_subject=principal.subject,
    )
    connected().app_db.keep_notes([note])


def change(session_id: str, note_id: str, text: str) -> None:
    """Changes the text of the user's own note. Raises LookupError, NotAllowed or ValueError."""
    principal = current()
    demand(principal.may_note, "put notes on messages")
    connected().app_db.change_note(session_id, note_id, may=partial(_owns, principal), text=text, at=now())


def delete(session_id: str, note_id: str) -> None:
    """Deletes a note of the user; operators may delete any. Raises NotAllowed."""
    principal = current()
    demand(principal.may_note, "put notes on messages")
    connected().app_db.delete_note(
        session_id, note_id, may=lambda note: principal.may_delete_notes or _owns(principal, note)
    )


def counts(session_ids: Sequence[str]) -> Mapping[str, int]:
    """How many each session has; nothing where the inspector's database can't be read, which is reported elsewhere."""
    try:
        return connected().app_db.note_counts(session_ids)
    except AppDatabaseError:
        return {}


def _owns(principal: Principal, note: Annotation) -> bool:
    return principal.owns(note.author_subject, note.author)


def _inspection(session_id: str, source: Source) -> Inspection:
    """The copy as the page has read it, however old that is by now."""
    return inspections().take(session_id, (source,), timedelta.max)


def _shown(placed: Placed, note: Annotation, principal: Principal) -> dict[str, Any]:
    """Returns a note for the browser; `note` is the placed note, redacted."""
    own = _owns(principal, placed.note)
    mine = own and principal.may_note
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
        "may_delete": mine or (principal.may_note and principal.may_delete_notes),
    }
