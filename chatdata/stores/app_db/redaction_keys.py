"""The key of each deployment's stand-ins, in the inspector's file: one value has one stand-in at each look."""

import sqlite3


def keep(connection: sqlite3.Connection, deployment: str, fresh: bytes) -> bytes:
    """The key of the deployment: the fresh one, if it has none yet."""
    connection.execute("INSERT OR IGNORE INTO view_key (deployment, key) VALUES (?, ?)", (deployment, fresh))
    (key,) = connection.execute("SELECT key FROM view_key WHERE deployment = ?", (deployment,)).fetchone()
    return bytes(key)
