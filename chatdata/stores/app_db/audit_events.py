"""The audit log of looks: full conversations that were opened, exports, sends. Events are added, never changed.

Repairs are in `audit`; `events` tells of both. Nothing here holds words of a conversation. Each function takes a
connection.
"""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from chatdata.domain.labels import AUDIT_RESULT_LABELS, repair_label
from chatdata.stores.app_db import audit
from chatdata.stores.app_db.audit import AuditEntry

EventKind = Literal["view", "export", "send", "repair"]
_MOST_REPAIRS = 100_000


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One thing that somebody did with a conversation."""

    at: datetime
    deployment: str
    kind: EventKind
    who: str
    session_id: str
    """Empty where it was about more than one session."""
    view: str
    """In which view: full, masked, structure."""
    address: str = ""
    """Where the request came from; empty where that isn't known."""
    what: str = ""
    """A sentence of ours: what was exported, where it was sent, how a repair ended."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What to look for in the log; texts are parts, in any case."""

    kind: EventKind | None = None
    who: str = ""
    session_id: str = ""


def keep(connection: sqlite3.Connection, event: AuditEvent) -> None:
    """Adds an event; texts as ASCII, since SQLite's text has no lone surrogates."""
    connection.execute(
        "INSERT INTO access_audit (deployment, kind, who, session_id, event) VALUES (?, ?, ?, ?, ?)",
        (
            event.deployment,
            event.kind,
            json.dumps(event.who),
            json.dumps(event.session_id),
            json.dumps({**asdict(event), "at": event.at.isoformat()}),
        ),
    )


def events(
    connection: sqlite3.Connection, deployment: str, where: AuditFilter, limit: int | None
) -> tuple[AuditEvent, ...]:
    """What a deployment's log has, the newest first; of each repair how it ended."""
    found = [*_looks(connection, deployment, where, limit), *_repairs(connection, deployment, where)]
    return tuple(sorted(found, key=lambda event: event.at, reverse=True)[:limit])


def _looks(
    connection: sqlite3.Connection, deployment: str, where: AuditFilter, limit: int | None
) -> Iterator[AuditEvent]:
    rows = connection.execute(
        "SELECT event FROM access_audit WHERE deployment = ? AND (? IS NULL OR kind = ?) "
        "AND instr(lower(who), lower(?)) AND instr(lower(session_id), lower(?)) ORDER BY id DESC LIMIT ?",
        (deployment, where.kind, where.kind, _part(where.who), _part(where.session_id), limit or -1),
    )
    return (_read(text) for (text,) in rows)


def _part(text: str) -> str:
    """As it stands inside a text that was kept."""
    return json.dumps(text)[1:-1]


def _repairs(connection: sqlite3.Connection, deployment: str, where: AuditFilter) -> Iterator[AuditEvent]:
    if where.kind not in (None, "repair"):
        return
    who, session_id = where.who.lower(), where.session_id.lower()
    for entry in audit.entries(connection, deployment, _MOST_REPAIRS):
        if who in entry.who.lower() and session_id in entry.session_id.lower():
            yield _repair(entry)


def _repair(entry: AuditEntry) -> AuditEvent:
    result = AUDIT_RESULT_LABELS[entry.result].lower()
    what = f"{repair_label(entry.action)} ({entry.action}), {result}: {entry.sentence}"
    return AuditEvent(entry.at, entry.deployment, "repair", entry.who, entry.session_id, "full", what=what)


def _read(text: str) -> AuditEvent:
    fields: dict[str, Any] = json.loads(text)
    return AuditEvent(**{**fields, "at": datetime.fromisoformat(fields["at"])})
