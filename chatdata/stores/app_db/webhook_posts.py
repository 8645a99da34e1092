"""What is to be posted to the webhook, and what was, in the inspector's own database. Each function takes a connection.

A row stays while its finding exists, so that the finding is posted once, whatever restarts in between. Times are
seconds since 1970.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from chatdata.stores.app_db.connections import Connection


@dataclass(frozen=True, slots=True)
class WaitingPost:
    """A post that a process has claimed, to deliver it."""

    id: str
    body: str
    """The JSON, in ASCII."""
    attempts: int
    """The number of attempts, this one included."""
    created_at: float


def add(connection: Connection, deployment: str, posts: Mapping[str, Mapping[str, Any]], now: float) -> int:
    """Adds posts by id, leaves out those that are known, and returns the number of new ones."""
    return sum(
        connection.execute(
            "INSERT INTO webhook_post (deployment, id, body, created_at, attempts, next_at) "
            "VALUES (?, ?, ?, ?, 0, ?) ON CONFLICT DO NOTHING",
            (deployment, name, json.dumps(body), now, now),
        ).rowcount
        for name, body in posts.items()
    )


def forget(connection: Connection, deployment: str, existing: Collection[str]) -> None:
    """Deletes the delivered posts of findings that no longer exist: if one comes back, it is new."""
    delivered = connection.execute(
        "SELECT id FROM webhook_post WHERE deployment = ? AND next_at IS NULL", (deployment,)
    ).fetchall()
    gone = {name for (name,) in delivered}.difference(existing)
    connection.executemany(
        "DELETE FROM webhook_post WHERE deployment = ? AND next_at IS NULL AND id = ?",
        [(deployment, name) for name in sorted(gone)],
    )


def claim(connection: Connection, deployment: str, *, now: float, seconds: float) -> WaitingPost | None:
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


def settle(connection: Connection, deployment: str, name: str, next_at: float | None) -> None:
    """Sets when a post is tried again; None for never, because it was delivered or given up."""
    connection.execute(
        "UPDATE webhook_post SET next_at = ? WHERE deployment = ? AND id = ?", (next_at, deployment, name)
    )


def next_due(connection: Connection, deployment: str) -> float | None:
    """When the next post is due; None if none waits."""
    (moment,) = connection.execute(
        "SELECT min(next_at) FROM webhook_post WHERE deployment = ?", (deployment,)
    ).fetchone()
    return None if moment is None else float(moment)
