"""The audit log in the inspector's file: each attempt to repair a session. Entries are added, never changed.

An attempt is kept before anything is written and again when it ended, so that one that was killed is seen too.
It holds ids, digests and sentences of ours, never words of a conversation. Each function takes a connection.
"""

import json
import sqlite3
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

AuditResult = Literal["begun", "done", "refused", "failed"]
"""begun, where nothing newer is kept of an attempt: it is under way, or its process was killed. failed: a store stopped
answering; its sentence says which, and the copies say how far it came."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """What is known of one attempt."""

    attempt: str
    """The same for all entries of an attempt."""
    at: datetime
    deployment: str
    who: str
    session_id: str
    action: str
    result: AuditResult
    sentence: str
    cached_before: str
    """Digests of the copies as they were shown: SHA-256 in hex, or "absent"."""
    stored_before: str
    cached_after: str | None = None
    """Digests of the copies as they were found at the end; None where that isn't known."""
    stored_after: str | None = None
    subject: str = ""
    """Identifies `who`, as `AuditEvent.subject` does."""


def keep(connection: sqlite3.Connection, entry: AuditEntry) -> None:
    """Adds an entry."""
    connection.execute(
        "INSERT INTO repair_audit (deployment, attempt, session_id, entry) VALUES (?, ?, ?, ?)",
        (entry.deployment, entry.attempt, json.dumps(entry.session_id), _written(entry)),
    )


def entries(
    connection: sqlite3.Connection, deployment: str, limit: int, session_id: str | None = None
) -> tuple[AuditEntry, ...]:
    """The last entry of each attempt in a deployment (of one session, when given), the newest first."""
    named = None if session_id is None else json.dumps(session_id)
    rows = connection.execute(
        "SELECT entry FROM repair_audit WHERE id IN (SELECT max(id) FROM repair_audit "
        "WHERE deployment = ? AND (? IS NULL OR session_id = ?) GROUP BY attempt) ORDER BY id DESC LIMIT ?",
        (deployment, named, named, limit),
    )
    return tuple(_read(text) for (text,) in rows)


def _written(entry: AuditEntry) -> str:
    """As ASCII: SQLite's text has no lone surrogates."""
    return json.dumps({**asdict(entry), "at": entry.at.isoformat()})


def _read(text: str) -> AuditEntry:
    fields: dict[str, Any] = json.loads(text)
    return AuditEntry(**{**fields, "at": datetime.fromisoformat(fields["at"])})
