"""The audit log of repairs in the inspector's own database. Entries are only added, never changed.

An attempt is recorded before anything is written and again when it has ended, so that one that was killed is visible
too. Entries contain ids, digests and generated sentences, never conversation text. Each function takes a connection.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from chatdata.stores.app_db.connections import Connection

AuditResult = Literal["begun", "done", "refused", "failed"]
"""An attempt whose last entry is "begun" is still running, or its process was killed. "failed" means that a store
stopped responding: the sentence says which, and the copies show how far the repair got."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry about an attempt to repair a session."""

    attempt: str
    """The attempt's id, shared by all of its entries."""
    at: datetime
    deployment: str
    who: str
    session_id: str
    action: str
    result: AuditResult
    sentence: str
    cached_before: str
    """The digest of the copy that was reviewed, like `stored_before`: SHA-256 in hex, or "absent"."""
    stored_before: str
    cached_after: str | None = None
    """The digest of the copy at the end, like `stored_after`; None if it is unknown."""
    stored_after: str | None = None
    subject: str = ""
    """Identifies `who`, as `AuditEvent.subject` does."""


def keep(connection: Connection, entry: AuditEntry) -> None:
    """Adds an entry to the log."""
    connection.execute(
        "INSERT INTO repair_audit (deployment, attempt, session_id, entry) VALUES (?, ?, ?, ?)",
        (entry.deployment, entry.attempt, json.dumps(entry.session_id), _serialize(entry)),
    )


def entries(
    connection: Connection, deployment: str, limit: int, session_id: str | None = None
) -> tuple[AuditEntry, ...]:
    """The last entry of each attempt in a deployment, or on one session if given, newest first."""
    key = None if session_id is None else json.dumps(session_id)
    rows = connection.execute(
        "SELECT entry FROM repair_audit WHERE id IN (SELECT max(id) FROM repair_audit "
        "WHERE deployment = ? AND (? IS NULL OR session_id = ?) GROUP BY attempt) ORDER BY id DESC LIMIT ?",
        (deployment, key, key, limit),
    )
    return tuple(_read(text) for (text,) in rows)


def _serialize(entry: AuditEntry) -> str:
    """The entry as ASCII JSON, because SQLite's text can't hold lone surrogates."""
    return json.dumps({**asdict(entry), "at": entry.at.isoformat()})


def _read(text: str) -> AuditEntry:
    fields: dict[str, Any] = json.loads(text)
    return AuditEntry(**{**fields, "at": datetime.fromisoformat(fields["at"])})
