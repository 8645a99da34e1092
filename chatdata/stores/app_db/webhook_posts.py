"""What is to be posted to the webhook, and what was, in the inspector's file. Each function takes a connection.

A row stays while its finding exists, so that the finding is posted once, whatever restarts in between. Times are
seconds since 1970.
"""

import json
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class WaitingPost:
    """A post that a process has claimed, to deliver it."""

    id: str
    body: str
    """The JSON, in ASCII."""
    attempts: int
    """The number of attempts, this one included."""
    created_at: float


def add(connection: sqlite3.Connection, deployment: str, posts: Mapping[str, Mapping[str, Any]], now: float) -> int:
    """Adds posts by id, leaves out those that are known, and returns the number of new ones."""
    before = connection.total_changes
    connection.executemany(
        "INSERT OR IGNORE INTO webhook_post (deployment, id, body, created_at, attempts, next_at) "
        "VALUES (?, ?, ?, ?, 0, ?)",
        ((deployment, name, json.dumps(body), now, now) for name, body in posts.items()),
    )
    return connection.total_changes - before


def forget(connection: sqlite3.Connection, deployment: str, existing: Collection[str]) -> None:
    """Deletes the delivered posts of findings that no longer exist: if one comes back, it is new."""
    connection.execute(
        "DELETE FROM webhook_post WHERE deployment = ? AND next_at IS NULL "
        "AND id NOT IN (SELECT value FROM json_each(?))",
        (deployment, json.dumps(sorted(existing))),
    )


def claim(connection: sqlite3.Connection, deployment: str, *, now: float, seconds: float) -> WaitingPost | None:
    """Claims the post that has been due longest; no other process gets it for so many seconds. None if none is due."""
    row = connection.execute(
        "SELECT id, body, attempts, created_at FROM webhook_post WHERE deployment = ? AND next_at <= ? "
        "ORDER BY next_at, created_at, id LIMIT 1",
        (deployment, now),
    ).fetchone()
    if row is None:
        return None
    name, body, attempts, created_at = row
    connection.execute(
        "UPDATE webhook_post SET attempts = attempts + 1, next_at = ? WHERE deployment = ? AND id = ?",
        (now + seconds, deployment, name),
    )
    return WaitingPost(name, body, attempts + 1, created_at)


def settle(connection: sqlite3.Connection, deployment: str, name: str, next_at: float | None) -> None:
    """Sets when a post is tried again; None for never, because it was delivered or given up."""
    connection.execute(
        "UPDATE webhook_post SET next_at = ? WHERE deployment = ? AND id = ?", (next_at, deployment, name)
    )


def next_due(connection: sqlite3.Connection, deployment: str) -> float | None:
    """When the next post is due; None if none waits."""
    (moment,) = connection.execute(
        "SELECT min(next_at) FROM webhook_post WHERE deployment = ?", (deployment,)
    ).fetchone()
    return None if moment is None else float(moment)
