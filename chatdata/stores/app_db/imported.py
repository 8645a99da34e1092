"""What the sources of imported sessions held beyond the stores, in the inspector's own database.

Each function takes a connection. Texts are stored as ASCII JSON, like those of notes.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from datetime import datetime
from typing import Any

from chatdata.domain.imported import ImportedSource, SourcePart, SourceTurn
from chatdata.domain.messages import UnknownCounts, Usage
from chatdata.stores.app_db.connections import Connection

_SESSION = "SELECT id FROM imported_session WHERE deployment = ? AND session_id = ?"


def keep(connection: Connection, deployment: str, sources: Iterable[ImportedSource]) -> None:
    """Stores what is kept about imported sessions in place of what earlier imports of them left."""
    for source in sources:
        unknown = [list(astuple(item)) for item in source.unknown]
        if not source.tells_counts:
            unknown = _unknown(connection, deployment, source.session_id)
        forget(connection, deployment, source.session_id)
        if unknown or not source.empty:
            _insert(connection, deployment, source, unknown)


def forget(connection: Connection, deployment: str, session_id: str) -> None:
    """Deletes everything that is kept about the source of a session."""
    connection.execute(
        "DELETE FROM imported_session WHERE deployment = ? AND session_id = ?", (deployment, json.dumps(session_id))
    )


def read(connection: Connection, deployment: str, session_id: str, *, verbatim: bool) -> ImportedSource | None:
    """What is kept about the source of a session, with the JSON of its parts if asked for; None for nothing."""
    row = connection.execute(
        "SELECT id, dialect, imported_at, unknown, dropped FROM imported_session "
        "WHERE deployment = ? AND session_id = ?",
        (deployment, json.dumps(session_id)),
    ).fetchone()
    if row is None:
        return None
    from chatdata.domain.dialects import UnknownCount  # whose package has all readers

    number, dialect, imported_at, unknown, dropped = row
    return ImportedSource(
        session_id,
        dialect,
        datetime.fromisoformat(imported_at),
        _parts(connection, number, verbatim=verbatim),
        _turns(connection, number),
        tuple(UnknownCount(*item) for item in json.loads(unknown)),
        json.loads(dropped),
    )


def part_json(connection: Connection, deployment: str, session_id: str, number: int) -> str | None:
    """The JSON of one part; None where there is no such part, or its JSON is not kept."""
    row = connection.execute(
        f"SELECT json FROM imported_part WHERE session = ({_SESSION}) AND number = ?",
        (deployment, json.dumps(session_id), number),
    ).fetchone()
    return None if row is None else row[0]


def session_ids(connection: Connection, deployment: str) -> frozenset[str]:
    """The sessions about whose sources something is kept."""
    rows = connection.execute("SELECT session_id FROM imported_session WHERE deployment = ?", (deployment,))
    return frozenset(json.loads(session_id) for (session_id,) in rows)


def unknown_counts(connection: Connection, deployment: str) -> UnknownCounts:
    """The sessions whose totals are unknown."""
    rows = connection.execute(
        "SELECT session_id, unknown FROM imported_session WHERE deployment = ? AND unknown != '[]'", (deployment,)
    )
    found: dict[str, set[str]] = {"prompt": set(), "completion": set()}
    for session_id, unknown in rows:
        for count, *_ in json.loads(unknown):
            found.get(count, set()).add(json.loads(session_id))
    return UnknownCounts(frozenset(found["prompt"]), frozenset(found["completion"]))


def _unknown(connection: Connection, deployment: str, session_id: str) -> list[list[str]]:
    row = connection.execute(
        "SELECT unknown FROM imported_session WHERE deployment = ? AND session_id = ?",
        (deployment, json.dumps(session_id)),
    ).fetchone()
    return [] if row is None else json.loads(row[0])


def _insert(connection: Connection, deployment: str, source: ImportedSource, unknown: Sequence[Any]) -> None:
    (session,) = connection.execute(
        "INSERT INTO imported_session (deployment, session_id, dialect, imported_at, unknown, dropped) "
        "VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        (
            deployment,
            json.dumps(source.session_id),
            source.dialect,
            source.imported_at.isoformat(),
            json.dumps(unknown),
            json.dumps(dict(source.dropped)),
        ),
    ).fetchone()
    connection.executemany(
        "INSERT INTO imported_part VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        ((session, *_part_row(part)) for part in source.parts),
    )
    connection.executemany(
        "INSERT INTO imported_turn VALUES (?, ?, ?, ?, ?)", ((session, *_turn_row(turn)) for turn in source.turns)
    )


def _part_row(part: SourcePart) -> tuple[Any, ...]:
    texts = json.dumps(part.place), json.dumps(part.name)
    return part.number, part.position, part.digest, part.kind, *texts, part.size, part.json


def _turn_row(turn: SourceTurn) -> tuple[Any, ...]:
    model = None if turn.model is None else json.dumps(turn.model)
    return turn.position, turn.digest, model, None if turn.usage is None else turn.usage.model_dump_json()


def _parts(connection: Connection, session: int, *, verbatim: bool) -> tuple[SourcePart, ...]:
    value = "json" if verbatim else "NULL"
    rows = connection.execute(
        f"SELECT number, position, digest, kind, place, name, size, {value}, json IS NOT NULL "
        "FROM imported_part WHERE session = ? ORDER BY number",
        (session,),
    )
    return tuple(
        SourcePart(number, position, digest, kind, json.loads(place), json.loads(name), size, text, bool(kept))
        for number, position, digest, kind, place, name, size, text, kept in rows
    )


def _turns(connection: Connection, session: int) -> tuple[SourceTurn, ...]:
    rows = connection.execute(
        "SELECT position, digest, model, usage FROM imported_turn WHERE session = ? ORDER BY position", (session,)
    )
    return tuple(
        SourceTurn(
            position,
            digest,
            None if model is None else json.loads(model),
            None if usage is None else Usage.model_validate_json(usage),
        )
        for position, digest, model, usage in rows
    )
