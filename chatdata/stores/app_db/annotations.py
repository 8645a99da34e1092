"""Bookmarks and notes in the inspector's own database. Each function takes a connection.

Texts are stored as ASCII JSON: SQLite's text can't hold lone surrogates, and some functions stop at a NUL.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from chatdata.domain.annotations import Annotation
from chatdata.errors import NotAllowed
from chatdata.stores.app_db.connections import Connection

MOST_NOTES = 1_000
"""The maximum number of notes and bookmarks on one session."""
_MOST_AT_ONCE = 500
_COLUMNS = "id, session_id, position, digest, text, author, created_at, changed_at, author_subject"


def of_session(connection: Connection, deployment: str, session_id: str) -> tuple[Annotation, ...]:
    """The notes on a session's messages in the order of the messages; notes on one message are oldest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM note WHERE deployment = ? AND session_id = ? ORDER BY position, created_at, id",
        (deployment, json.dumps(session_id)),
    )
    return tuple(map(_read, rows))


def counts(connection: Connection, deployment: str, session_ids: Iterable[str]) -> Mapping[str, int]:
    """The number of notes and bookmarks by session id; sessions without any are omitted."""
    wanted = sorted({json.dumps(session_id) for session_id in session_ids})
    found: dict[str, int] = {}
    for start in range(0, len(wanted), _MOST_AT_ONCE):
        several = wanted[start : start + _MOST_AT_ONCE]
        rows = connection.execute(
            "SELECT session_id, count(*) FROM note WHERE deployment = ? "
            f"AND session_id IN ({', '.join('?' * len(several))}) GROUP BY session_id",
            (deployment, *several),
        )
        found.update((json.loads(session_id), count) for session_id, count in rows)
    return found


def sessions(connection: Connection, deployment: str) -> frozenset[str]:
    """The ids of all sessions with bookmarks or notes."""
    rows = connection.execute("SELECT DISTINCT session_id FROM note WHERE deployment = ?", (deployment,))
    return frozenset(json.loads(session_id) for (session_id,) in rows)


def keep(connection: Connection, deployment: str, notes: Sequence[Annotation]) -> int:
    """Adds notes that do not exist yet, and returns their number. Raises ValueError beyond MOST_NOTES per session."""
    new = 0
    for note in notes:
        if _exists(connection, deployment, note):
            continue
        _require_room(connection, deployment, note.session_id)
        connection.execute(
            f"INSERT INTO note (deployment, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (deployment, *_row_of(note)),
        )
        new += 1
    return new


def change(
    connection: Connection,
    deployment: str,
    session_id: str,
    note_id: str,
    may: Callable[[Annotation], bool],
    text: str,
    at: datetime,
) -> None:
    """Changes a note's text. Raises LookupError if it does not exist, and NotAllowed for anyone but its author."""
    found = _note(connection, deployment, session_id, note_id)
    if found is None:
        raise LookupError("This note no longer exists: someone deleted it.")
    if not may(found):
        raise NotAllowed("Only the author of a note can change it.")
    connection.execute(
        "UPDATE note SET text = ?, changed_at = ? WHERE deployment = ? AND id = ?",
        (json.dumps(text), at.isoformat(), deployment, note_id),
    )


def delete(
    connection: Connection,
    deployment: str,
    session_id: str,
    note_id: str,
    may: Callable[[Annotation], bool],
) -> None:
    """Deletes a note if `may` accepts it; a missing note is a no-op. Raises NotAllowed."""
    found = _note(connection, deployment, session_id, note_id)
    if found is not None and not may(found):
        raise NotAllowed("Only the author of a note or an operator can delete it.")
    connection.execute(
        "DELETE FROM note WHERE deployment = ? AND id = ? AND session_id = ?",
        (deployment, note_id, json.dumps(session_id)),
    )


def _exists(connection: Connection, deployment: str, note: Annotation) -> bool:
    """Whether the note exists, or a bookmark is already set on the message by the same person."""
    found = connection.execute("SELECT 1 FROM note WHERE deployment = ? AND id = ?", (deployment, note.id)).fetchone()
    if found is None and note.text is None:
        found = connection.execute(
            "SELECT 1 FROM note WHERE deployment = ? AND session_id = ? AND position = ? "
            "AND text IS NULL AND digest = ? AND author_subject = ? AND (? != '' OR author = ?) LIMIT 1",
            (
                deployment,
                json.dumps(note.session_id),
                note.position,
                note.digest,
                json.dumps(note.author_subject),
                note.author_subject,
                json.dumps(note.author),
            ),
        ).fetchone()
    return found is not None


def _require_room(connection: Connection, deployment: str, session_id: str) -> None:
    (count,) = connection.execute(
        "SELECT count(*) FROM note WHERE deployment = ? AND session_id = ?", (deployment, json.dumps(session_id))
    ).fetchone()
    if count >= MOST_NOTES:
        raise ValueError(f"This conversation already has {MOST_NOTES:,} notes; delete some first.")


def _note(connection: Connection, deployment: str, session_id: str, note_id: str) -> Annotation | None:
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM note WHERE deployment = ? AND id = ? AND session_id = ?",
        (deployment, note_id, json.dumps(session_id)),
    ).fetchone()
    return None if row is None else _read(row)


def _row_of(note: Annotation) -> tuple[Any, ...]:
    return (
        note.id,
        json.dumps(note.session_id),
        note.position,
        note.digest,
        None if note.text is None else json.dumps(note.text),
        json.dumps(note.author),
        note.created_at.isoformat(),
        None if note.changed_at is None else note.changed_at.isoformat(),
        json.dumps(note.author_subject),
    )


def _read(row: Sequence[Any]) -> Annotation:
    note_id, session_id, position, digest, text, author, created_at, changed_at, author_subject = row
    return Annotation(
        note_id,
        json.loads(session_id),
        position,
        digest,
        None if text is None else json.loads(text),
        json.loads(author),
        datetime.fromisoformat(created_at),
        None if changed_at is None else datetime.fromisoformat(changed_at),
        json.loads(author_subject),
    )
