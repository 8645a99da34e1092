"""The audit log of what people opened in full, exported and sent, and what programs did. Events are only added.

Repairs are logged by `audit`; `events` returns both. Events never contain conversation text. Each function takes a
connection.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from chatdata.stores.app_db import audit
from chatdata.stores.app_db.audit import AuditEntry
from chatdata.stores.app_db.connections import MOST_ROWS, Connection

EventKind = Literal["view", "export", "send", "repair", "call", "token"]
"""call: what a program asked for over the HTTP API or MCP. token: a token was created or revoked."""
_MOST_REPAIRS = 100_000


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One action of a person on a conversation."""

    at: datetime
    deployment: str
    kind: EventKind
    who: str
    session_id: str
    """The session's id; empty if the action concerned several sessions."""
    view: str
    """The view that was used: full, masked or structure."""
    address: str = ""
    """The address that the request came from; empty if it is unknown."""
    what: str = ""
    """A generated sentence: what was exported, where it was sent, or how a repair ended."""
    subject: str = ""
    """Identifies `who` (`chatdata.domain.access.Principal.subject`); empty in events from before it was recorded."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """A filter for the log; texts match as case-insensitive substrings."""

    kind: EventKind | None = None
    who: str = ""
    session_id: str = ""


def keep(connection: Connection, event: AuditEvent) -> None:
    """Adds an event; texts are stored as ASCII JSON, because SQLite's text can't hold lone surrogates."""
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


def events(connection: Connection, deployment: str, where: AuditFilter, limit: int | None) -> tuple[AuditEvent, ...]:
    """A deployment's matching events, newest first; a repair is one event, with its latest result."""
    found = [*_accesses(connection, deployment, where, limit), *_repairs(connection, deployment, where)]
    return tuple(sorted(found, key=lambda event: event.at, reverse=True)[:limit])


def _accesses(connection: Connection, deployment: str, where: AuditFilter, limit: int | None) -> Iterator[AuditEvent]:
    rows = connection.execute(
        "SELECT event FROM access_audit WHERE deployment = ? AND (? IS NULL OR kind = ?) "
        f"AND {_contains('who')} AND {_contains('session_id')} ORDER BY id DESC LIMIT ?",
        (deployment, where.kind, where.kind, *_pattern(where.who), *_pattern(where.session_id), limit or MOST_ROWS),
    )
    return (_read(text) for (text,) in rows)


def _contains(column: str) -> str:
    """A condition with the parameters of `_pattern`."""
    return f"(? = '' OR replace(lower({column}), ?, '') <> lower({column}))"


def _pattern(text: str) -> tuple[str, str]:
    """The text as it appears inside a stored JSON string, in lower case."""
    escaped = json.dumps(text)[1:-1].lower()
    return escaped, escaped


def _repairs(connection: Connection, deployment: str, where: AuditFilter) -> Iterator[AuditEvent]:
    if where.kind not in (None, "repair"):
        return
    who, session_id = where.who.lower(), where.session_id.lower()
    for entry in audit.entries(connection, deployment, _MOST_REPAIRS):
        if who in entry.who.lower() and session_id in entry.session_id.lower():
            yield _repair(entry)


def _repair(entry: AuditEntry) -> AuditEvent:
    from chatdata.domain.labels import AUDIT_RESULT_LABELS, repair_label  # which know every rule of the domain

    result = AUDIT_RESULT_LABELS[entry.result].lower()
    what = f"{repair_label(entry.action)} ({entry.action}), {result}: {entry.sentence}"
    return AuditEvent(
        entry.at, entry.deployment, "repair", entry.who, entry.session_id, "full", what=what, subject=entry.subject
    )


def _read(text: str) -> AuditEvent:
    fields: dict[str, Any] = json.loads(text)
    return AuditEvent(**{**fields, "at": datetime.fromisoformat(fields["at"])})
