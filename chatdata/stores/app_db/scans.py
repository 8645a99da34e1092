"""Scans in the inspector's file: their summaries for a trend, the sessions of the last few to tell what is new.

What a scan says is JSON here (chatdata.services.scan writes and reads it). Each function takes a connection.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

SUMMARIES_KEPT = 1_000
SESSIONS_KEPT = 5

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class KeptScan:
    """One scan of a deployment."""

    summary: Json
    """Without its sessions."""
    sessions: Sequence[Json] | None
    """Those that it lists, in order; None where they are no longer kept."""


def keep(connection: sqlite3.Connection, deployment: str, scan: KeptScan) -> None:
    """Keeps a scan, once; of the oldest of the deployment first the sessions go, then the summaries."""
    if _is_kept(connection, deployment, scan):
        return
    number = connection.execute(
        "INSERT INTO scan (deployment, summary, has_sessions) VALUES (?, ?, ?)",
        (deployment, json.dumps(scan.summary), scan.sessions is not None),
    ).lastrowid
    lines = ((number, place, json.dumps(session)) for place, session in enumerate(scan.sessions or ()))
    connection.executemany("INSERT INTO scan_session VALUES (?, ?, ?)", lines)
    _let_go(connection, deployment)


def last(connection: sqlite3.Connection, deployment: str, count: int) -> list[KeptScan]:
    """The last scans of a deployment, the newest first."""
    rows = connection.execute(
        "SELECT id, summary, has_sessions FROM scan WHERE deployment = ? ORDER BY id DESC LIMIT ?", (deployment, count)
    ).fetchall()
    return [
        KeptScan(json.loads(summary), _sessions(connection, number) if has_sessions else None)
        for number, summary, has_sessions in rows
    ]


def _is_kept(connection: sqlite3.Connection, deployment: str, scan: KeptScan) -> bool:
    """The same start and end are one scan: its shards may be added up more than once, in any order."""
    same = (deployment, scan.summary.get("started_at"), scan.summary.get("finished_at"))
    query = "SELECT 1 FROM scan WHERE deployment = ? AND summary ->> 'started_at' = ? AND summary ->> 'finished_at' = ?"
    return connection.execute(query, same).fetchone() is not None


def _sessions(connection: sqlite3.Connection, number: int) -> list[Json]:
    found = connection.execute("SELECT session FROM scan_session WHERE scan = ? ORDER BY place", (number,))
    return [json.loads(session) for (session,) in found]


def _let_go(connection: sqlite3.Connection, deployment: str) -> None:
    older = "deployment = ? AND id NOT IN (SELECT id FROM scan WHERE deployment = ? ORDER BY id DESC LIMIT ?)"
    connection.execute(f"DELETE FROM scan WHERE {older}", (deployment, deployment, SUMMARIES_KEPT))
    beyond = (deployment, deployment, SESSIONS_KEPT)
    connection.execute(f"DELETE FROM scan_session WHERE scan IN (SELECT id FROM scan WHERE {older})", beyond)
    connection.execute(f"UPDATE scan SET has_sessions = 0 WHERE has_sessions AND {older}", beyond)
