"""Saved views of the list of sessions in the inspector's own database. Each function takes a connection.

Texts are stored as ASCII JSON: SQLite's text can't hold lone surrogates, and some functions stop at a NUL.
"""

import json
from collections.abc import Callable
from datetime import datetime

from chatdata.domain.saved_views import LONGEST_QUERY, SavedView
from chatdata.errors import NotAllowed
from chatdata.stores.app_db.connections import Connection

MOST_VIEWS = 500
"""The maximum number of saved views of one deployment."""
_COLUMNS = "id, name, query, shared, level, author, created_at, author_subject"


def all_views(connection: Connection, deployment: str) -> tuple[SavedView, ...]:
    """All saved views, oldest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM saved_view WHERE deployment = ? ORDER BY created_at, id", (deployment,)
    )
    return tuple(
        SavedView(
            view_id,
            json.loads(name),
            json.loads(query),
            bool(shared),
            level,
            json.loads(author),
            datetime.fromisoformat(created_at),
            json.loads(author_subject),
        )
        for view_id, name, query, shared, level, author, created_at, author_subject in rows
    )


def keep(connection: Connection, deployment: str, view: SavedView) -> None:
    """Adds a view. Raises ValueError beyond MOST_VIEWS, and for a query that is too long."""
    if len(view.query) > LONGEST_QUERY:
        raise ValueError("These filters are too long to save.")
    (count,) = connection.execute("SELECT count(*) FROM saved_view WHERE deployment = ?", (deployment,)).fetchone()
    if count >= MOST_VIEWS:
        raise ValueError(f"There are already {MOST_VIEWS:,} saved views; delete some first.")
    connection.execute(
        f"INSERT INTO saved_view (deployment, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            deployment,
            view.id,
            json.dumps(view.name),
            json.dumps(view.query),
            int(view.shared),
            view.level,
            json.dumps(view.author),
            view.created_at.isoformat(),
            json.dumps(view.author_subject),
        ),
    )


def delete(connection: Connection, deployment: str, view_id: str, may: Callable[[SavedView], bool]) -> None:
    """Deletes a view if `may` accepts it; a missing view is a no-op. Raises NotAllowed."""
    found = next((view for view in all_views(connection, deployment) if view.id == view_id), None)
    if found is not None and not may(found):
        raise NotAllowed("Only who saved a view can delete it.")
    connection.execute("DELETE FROM saved_view WHERE deployment = ? AND id = ?", (deployment, view_id))
