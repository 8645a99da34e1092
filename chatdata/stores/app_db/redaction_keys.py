"""The key that a deployment's placeholders are derived from, so that a value always gets the same placeholder."""

import sqlite3


def keep(connection: sqlite3.Connection, deployment: str, fresh: bytes) -> bytes:
    """The deployment's key; stores and returns the fresh one if it has none yet."""
    connection.execute("INSERT OR IGNORE INTO view_key (deployment, key) VALUES (?, ?)", (deployment, fresh))
    (key,) = connection.execute("SELECT key FROM view_key WHERE deployment = ?", (deployment,)).fetchone()
    return bytes(key)
