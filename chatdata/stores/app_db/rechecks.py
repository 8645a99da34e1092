"""What a repaired session looked like right after its last repair, in the inspector's own database.

A re-check is stored as JSON, which chatdata.services.scan writes and reads. Each function takes a connection.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chatdata.stores.app_db.connections import Connection

RECHECKS_KEPT = 5_000

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class KeptRecheck:
    """The last re-check of one session."""

    session_id: str
    at: float
    """In seconds since 1970."""
    session: Json
    """The comparison of both copies, as a scan lists it."""


def keep(connection: Connection, deployment: str, recheck: KeptRecheck) -> None:
    """Stores a session's last re-check in place of its earlier one, and deletes the deployment's oldest ones."""
    key = json.dumps(recheck.session_id)  # as JSON: SQLite's text has no lone surrogates
    connection.execute("DELETE FROM recheck WHERE deployment = ? AND session_id = ?", (deployment, key))
    connection.execute(
        "INSERT INTO recheck (deployment, session_id, at, session) VALUES (?, ?, ?, ?)",
        (deployment, key, recheck.at, json.dumps(recheck.session)),
    )
    connection.execute(
        "DELETE FROM recheck WHERE deployment = ? AND session_id NOT IN "
        "(SELECT session_id FROM recheck WHERE deployment = ? ORDER BY at DESC, session_id LIMIT ?)",
        (deployment, deployment, RECHECKS_KEPT),
    )


def since(connection: Connection, deployment: str, at: float) -> Sequence[KeptRecheck]:
    """The re-checks of a deployment at this time or later, the oldest first."""
    rows = connection.execute(
        "SELECT session_id, at, session FROM recheck WHERE deployment = ? AND at >= ? ORDER BY at, session_id",
        (deployment, at),
    ).fetchall()
    return [KeptRecheck(json.loads(key), moment, json.loads(session)) for key, moment, session in rows]
