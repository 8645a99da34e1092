"""Opens the stores of a command and reports which of them are unavailable."""

from collections.abc import Iterator
from contextlib import contextmanager

from chatdata.errors import RedisError
from chatdata.services.connect import Connected, connect
from chatdata.services.session_stores import SessionStores
from chatdata.settings.stores import Settings
from chatdata.stores.cache import SessionCache


@contextmanager
def opened() -> Iterator[Connected]:
    """Opens the stores that the environment names and closes them when the command is done."""
    with connect(Settings.from_environment()) as connected:
        yield connected


def availability(stores: SessionStores, *, database: bool = True, cache: bool = True) -> dict[str, list[str]]:
    """{"unavailable": [...], "not_configured": [...]} with "database" and "cache", of stores that did answer or not."""
    by_name = {"database": (stores.database, database), "cache": (stores.cache, cache)}
    return {
        "unavailable": [name for name, (store, answers) in by_name.items() if store is not None and not answers],
        "not_configured": [name for name, (store, _) in by_name.items() if store is None],
    }


def cache_answers(cache: SessionCache | None) -> bool:
    """Whether a cache is configured and available."""
    if cache is None:
        return False
    try:
        cache.read_raw("")
    except RedisError:
        return False
    return True
