"""Scans in the inspector's own database: summaries for the trend, and the sessions of the last few to find what is new.

A scan is stored as JSON, which chatdata.services.scan writes and reads. Each function takes a connection.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chatdata.stores.app_db.connections import Connection

SUMMARIES_KEPT = 1_000
SESSIONS_KEPT = 5

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class KeptScan:
    """One scan of a deployment."""

    summary: Json
    """The scan's JSON without its sessions."""
    sessions: Sequence[Json] | None
    """The listed sessions in order; None if they were deleted because the scan is old."""


def keep(connection: Connection, deployment: str, scan: KeptScan) -> None:
    """Stores a scan once, and deletes the deployment's oldest scans: first their sessions, later their summaries."""
    if _exists(connection, deployment, scan):
        return
    (number,) = connection.execute(
        "INSERT INTO scan (deployment, summary, has_sessions) VALUES (?, ?, ?) RETURNING id",
        (deployment, json.dumps(scan.summary), int(scan.sessions is not None)),
    ).fetchone()
    lines = ((number, place, json.dumps(session)) for place, session in enumerate(scan.sessions or ()))
    connection.executemany("INSERT INTO scan_session VALUES (?, ?, ?)", lines)
    _delete_old(connection, deployment)


def last(connection: Connection, deployment: str, count: int) -> list[KeptScan]:
    """The last scans of a deployment, newest first."""
    rows = connection.execute(
        "SELECT id, summary, has_sessions FROM scan WHERE deployment = ? ORDER BY id DESC LIMIT ?", (deployment, count)
    ).fetchall()
    return [
        KeptScan(json.loads(summary), _sessions(connection, number) if has_sessions else None)
        for number, summary, has_sessions in rows
    ]


def latest_summary(connection: Connection, deployment: str) -> Json | None:
    """The summary of the last scan of a deployment; None if there is none."""
    row = connection.execute(
        "SELECT summary FROM scan WHERE deployment = ? ORDER BY id DESC LIMIT 1", (deployment,)
    ).fetchone()
    return None if row is None else json.loads(row[0])


def _exists(connection: Connection, deployment: str, scan: KeptScan) -> bool:
    """Whether a scan with the same start and end is stored; the shards of one scan may be merged more than once."""
    times = {name: scan.summary.get(name) for name in ("started_at", "finished_at")}
    stored = connection.execute(
        "SELECT summary FROM scan WHERE deployment = ? AND summary LIKE ?",
        (deployment, f'%"started_at": {json.dumps(times["started_at"])}%'),
    )
    return any(times.items() <= json.loads(summary).items() for (summary,) in stored)


def _sessions(connection: Connection, number: int) -> list[Json]:
    found = connection.execute("SELECT session FROM scan_session WHERE scan = ? ORDER BY place", (number,))
    return [json.loads(session) for (session,) in found]


def _delete_old(connection: Connection, deployment: str) -> None:
    older = "deployment = ? AND id NOT IN (SELECT id FROM scan WHERE deployment = ? ORDER BY id DESC LIMIT ?)"
    connection.execute(f"DELETE FROM scan WHERE {older}", (deployment, deployment, SUMMARIES_KEPT))
    beyond = (deployment, deployment, SESSIONS_KEPT)
    connection.execute(f"DELETE FROM scan_session WHERE scan IN (SELECT id FROM scan WHERE {older})", beyond)
    connection.execute(f"UPDATE scan SET has_sessions = 0 WHERE has_sessions = 1 AND {older}", beyond)
