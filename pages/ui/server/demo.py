"""Demo conversations at the start of the server."""

from chatdata import Connected
from chatdata.domain.tokens import model_facts
from chatdata.services.demo.seeding import seed_or_refresh
from chatdata.services.lint_all import lint_and_keep
from pages.ui.server.services import connected, now


def start_demo() -> None:
    """Fills empty embedded stores and renews the cached copies of demo conversations; deployments stay as they are."""
    connection = connected()
    if connection.settings.embedded and connection.settings.access == "write":
        seed_or_refresh(connection, now())
        _judge(connection)


def _judge(connection: Connected) -> None:
    """Once, so that the list can be filtered by verdicts; later runs are `python -m chatdata lint --all`."""
    kept = connection.app_db
    model = connection.settings.model
    if kept.last_lint("database", model) is None:
        lint_and_keep(connection.stores, kept, "database", model_facts(model))
