"""The key that a deployment's placeholders are derived from, so that a value always gets the same placeholder."""

from chatdata.stores.app_db.connections import Connection


def keep(connection: Connection, deployment: str, fresh: bytes) -> bytes:
    """The deployment's key; stores and returns the fresh one if it has none yet."""
    connection.execute(
        "INSERT INTO view_key (deployment, key) VALUES (?, ?) ON CONFLICT DO NOTHING", (deployment, fresh)
    )
    (key,) = connection.execute("SELECT key FROM view_key WHERE deployment = ?", (deployment,)).fetchone()
    return bytes(key)
