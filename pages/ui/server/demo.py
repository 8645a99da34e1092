"""Demo conversations at the start of the server."""

from chatdata import Connected
from chatdata.domain.tokens import model_facts
from chatdata.services.demo.seeding import seed_or_refresh
from chatdata.services.lint_all import last_lint, lint_and_keep
from chatdata.stores.app_db import AppDatabase
from pages.ui.server.services import connected, now


def start_demo() -> None:
    """Fills empty embedded stores and renews the cached copies of demo conversations; deployments stay as they are."""
    stores = connected()
    if stores.settings.embedded and stores.settings.access == "write":
        seed_or_refresh(stores, now())
        _judge(stores)


def _judge(stores: Connected) -> None:
    """Once, so that the list can be filtered by verdicts; later runs are `python -m chatdata lint --all`."""
    kept = AppDatabase(stores.settings.data_dir)
    model = stores.settings.model
    if last_lint(stores.sessions, kept, "database", model) is None:
        lint_and_keep(stores.sessions, kept, "database", model_facts(model))
