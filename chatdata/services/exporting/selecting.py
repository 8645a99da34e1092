"""The sessions of a filter, newest first, a page at a time: memory stays flat."""

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
    """Their ids, while it goes on."""
    return (line.summary.session_id for line in selected_lines(stores, where, cached))


def selected_lines(stores: SessionStores, where: SessionFilter, cached: CachedOnly = "any") -> Iterator[SessionLine]:
    """Their lines of the list; those of the cache where the database can't answer, at most MOST_CACHED_SESSIONS.

    An answer that would not be whole is an error: DatabaseUnavailable where the database answers at first and then
    no more, RedisUnavailable where the cache can't say what is cached, StatementTimeout.
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
    """How many there are; None where that can't be told."""
    totals = sum_sessions(stores, where)
    return None if totals is None else totals.sessions
