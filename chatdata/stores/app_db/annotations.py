"""Bookmarks and notes in the inspector's file. Each function takes a connection.

Texts are kept as JSON in ASCII: SQLite's text has no lone surrogates, and ends at a NUL for some functions.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from chatdata.domain.annotations import Annotation
from chatdata.errors import NotAllowed

MOST_NOTES = 1_000
"""In one session."""
_COLUMNS = "id, session_id, position, digest, text, author, created_at, changed_at, author_subject"


def of_session(connection: sqlite3.Connection, deployment: str, session_id: str) -> tuple[Annotation, ...]:
    """The notes on a session's messages, in their order, those on one message the oldest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM note WHERE deployment = ? AND session_id = ? ORDER BY position, created_at, id",
        (deployment, json.dumps(session_id)),
    )
    return tuple(map(_read, rows))


def counts(connection: sqlite3.Connection, deployment: str, session_ids: Iterable[str]) -> Mapping[str, int]:
    """How many notes and bookmarks each of these sessions has; those without any are left out."""
    wanted = json.dumps([json.dumps(session_id) for session_id in session_ids])
    rows = connection.execute(
        "SELECT session_id, count(*) FROM note WHERE deployment = ? "
        "AND session_id IN (SELECT value FROM json_each(?)) GROUP BY session_id",
        (deployment, wanted),
    )
    return {json.loads(session_id): count for session_id, count in rows}


def keep(connection: sqlite3.Connection, deployment: str, notes: Sequence[Annotation]) -> int:
    """Adds notes; those that are there already stay as they are. How many are new. ValueError for too many."""
    new = 0
    for note in notes:
        if _is_there(connection, deployment, note):
            continue
        _make_sure_of_room(connection, deployment, note.session_id)
        connection.execute(
            f"INSERT INTO note (deployment, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (deployment, *_written(note)),
        )
        new += 1
    return new


def change(
    connection: sqlite3.Connection,
    deployment: str,
    session_id: str,
    note_id: str,
    may: Callable[[Annotation], bool],
    text: str,
    at: datetime,
) -> None:
    """Gives a note another text. LookupError where it is gone, NotAllowed for who did not write it."""
    found = _note(connection, deployment, session_id, note_id)
    if found is None:
        raise LookupError("This note is gone: somebody deleted it.")
    if not may(found):
        raise NotAllowed("Only who wrote a note changes it.")
    connection.execute(
        "UPDATE note SET text = ?, changed_at = ? WHERE deployment = ? AND id = ?",
        (json.dumps(text), at.isoformat(), deployment, note_id),
    )


def delete(
    connection: sqlite3.Connection,
    deployment: str,
    session_id: str,
    note_id: str,
    may: Callable[[Annotation], bool],
) -> None:
    """Deletes a note of this author; of anybody for None. One that is gone is gone. NotAllowed."""
    found = _note(connection, deployment, session_id, note_id)
    if found is not None and not may(found):
        raise NotAllowed("Only who wrote a note, or an operator, deletes it.")
    connection.execute(
        "DELETE FROM note WHERE deployment = ? AND id = ? AND session_id = ?",
        (deployment, note_id, json.dumps(session_id)),
    )


def _is_there(connection: sqlite3.Connection, deployment: str, note: Annotation) -> bool:
    """The note itself, or a bookmark of the same person on the same message, which needs no second one."""
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


def _make_sure_of_room(connection: sqlite3.Connection, deployment: str, session_id: str) -> None:
    (count,) = connection.execute(
        "SELECT count(*) FROM note WHERE deployment = ? AND session_id = ?", (deployment, json.dumps(session_id))
    ).fetchone()
    if count >= MOST_NOTES:
        raise ValueError(f"This conversation has {MOST_NOTES:,} notes already; delete some first.")


def _note(connection: sqlite3.Connection, deployment: str, session_id: str, note_id: str) -> Annotation | None:
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM note WHERE deployment = ? AND id = ? AND session_id = ?",
        (deployment, note_id, json.dumps(session_id)),
    ).fetchone()
    return None if row is None else _read(row)


def _written(note: Annotation) -> tuple[Any, ...]:
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
