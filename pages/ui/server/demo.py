"""Prepares embedded stores when the server starts: demo conversations, the first provider check, and a scan."""

from chatdata import Connected
from chatdata.domain.tokens import model_facts
from chatdata.services.demo.seeding import seed_or_refresh
from chatdata.services.lint_all import how_many, lint_and_keep
from pages.ui.server.services import connected, lint_job, now, scan_job

_FEW = 200
"""Sessions that are checked before the first page opens, which then is complete."""


def start_demo() -> None:
    """Fills empty embedded stores, renews cached demo conversations, and scans; does nothing on a deployment."""
    connection = connected()
    if connection.settings.embedded and connection.settings.access == "write":
        seed_or_refresh(connection, now())
        _judge(connection)
    if connection.settings.embedded:
        scan_job().start(connection, None)


def _judge(connection: Connected) -> None:
    """Runs the first provider check, so that the list can be filtered by it; later ones are `lint --all`.

    Many sessions, such as an import, are checked while pages are open already.
    """
    kept, stores = connection.app_db, connection.stores
    model = connection.settings.model
    if kept.last_lint("database", model) is not None:
        return
    sessions = how_many(stores, "database")
    if sessions is not None and sessions > _FEW:
        lint_job().start(connection, None)
    else:
        lint_and_keep(stores, kept, "database", model_facts(model))
