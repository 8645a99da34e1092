"""Yields the sessions that match a filter, newest first, reading one page at a time to keep memory constant."""

from collections.abc import Iterator

from chatdata.errors import DatabaseUnavailable, RedisUnavailable
from chatdata.services.catalog import (
    MOST_CACHED_SESSIONS,
    CachedOnly,
    SessionLine,
    list_sessions,
    sum_sessions,
    with_cached,
)
from chatdata.services.session_stores import SessionStores
from chatdata.stores.database import SessionFilter

_PAGE = 200


def selected_ids(stores: SessionStores, where: SessionFilter, cached: CachedOnly = "any") -> Iterator[str]:
    """Yields the ids of the matching sessions. Raises what `selected_lines` raises, while iterating."""
    return (line.summary.session_id for line in selected_lines(stores, where, cached))


def selected_lines(stores: SessionStores, where: SessionFilter, cached: CachedOnly = "any") -> Iterator[SessionLine]:
    """Yields the list lines of the matching sessions, or at most MOST_CACHED_SESSIONS cached ones without a database.

    An incomplete result is an error. Raises DatabaseUnavailable when the database stops responding after the first
    page, RedisUnavailable when the filter needs the cache and it is unavailable, and StatementTimeout.
    """
    if stores.database is not None:
        where, problems = with_cached(stores.cache, where, cached)
        if problems:
            raise RedisUnavailable(problems[0])
    found = list_sessions(stores, where, limit=_PAGE)
    if found.source == "cache":
        yield from list_sessions(stores, where, limit=MOST_CACHED_SESSIONS).lines
        return
    while True:
        yield from found.lines
        if not found.has_older or not found.lines:
            return
        found = list_sessions(stores, where, cursor=found.lines[-1].summary.cursor, limit=_PAGE)
        if found.source == "cache":
            raise DatabaseUnavailable(found.problems[0])


def count_selected(stores: SessionStores, where: SessionFilter) -> int | None:
    """The number of matching sessions; None if it can't be determined."""
    totals = sum_sessions(stores, where)
    return None if totals is None else totals.sessions
