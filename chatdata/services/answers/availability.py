"""Which stores of a deployment answered, as every JSON document says it."""

from chatdata.errors import RedisError
from chatdata.services.session_stores import SessionStores
from chatdata.stores.cache import SessionCache


def availability(stores: SessionStores, *, database: bool = True, cache: bool = True) -> dict[str, list[str]]:
    """{"unavailable": [...], "not_configured": [...]} with "database" and "cache", of stores that did answer or not."""
    failed = stores.cache_problem is not None
    asked = {
        "database": (stores.database is not None, database),
        "cache": (bool(stores.cache) or failed, cache and not failed),
    }
    return {
        "unavailable": [name for name, (configured, answers) in asked.items() if configured and not answers],
        "not_configured": [name for name, (configured, _) in asked.items() if not configured],
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
