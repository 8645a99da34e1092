"""Demo conversations at the start of the server."""

from chatdata.filling import fill_or_renew
from pages.ui.wiring import connected, now


def start_demo() -> None:
    """Fills empty embedded stores and renews the cached copies of demo conversations; deployments stay as they are."""
    stores = connected()
    if stores.settings.embedded and stores.settings.access == "write":
        fill_or_renew(stores, now())
