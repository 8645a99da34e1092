"""Looking at both copies of a session. It changes nothing: no refill of the cache, no touch of a time to live."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import assert_never

from chatdata.domain.copies import Absent, CachedSide, Copies, Source, StoredSide, Unavailable, Unconfigured, View
from chatdata.domain.redaction import project
from chatdata.errors import DatabaseError, RedisError
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database

DATABASE_HINT = "No database is configured: set DATABASE_URL."
CACHE_HINT = "No cache is configured: set REDIS_URL, or REDIS_HOST and REDIS_PORT."


def read_copies(
    database: Database | None,
    cache: SessionCache | None,
    session_id: str,
    *,
    view: View = "full",
    key: bytes | None = None,
    only: Source | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    cache_hint: str = CACHE_HINT,
) -> Copies:
    """Both copies of a session, or one of them, as a reader of this view may see them.

    A store that fails is a value in its place, so that it never hides the other. `key` makes the stand-ins of the
    views masked and structure, which need one (ValueError).
    """
    match view:
        case "full":
            return _copies(database, cache, session_id, only, now, cache_hint)
        case "masked" | "structure":
            if key is None:
                raise ValueError(f"the view {view} needs a key for its stand-ins")
            return project(_copies(database, cache, session_id, only, now, cache_hint), view, key).copies
        case _:
            assert_never(view)


def _copies(
    database: Database | None,
    cache: SessionCache | None,
    session_id: str,
    only: Source | None,
    now: Callable[[], datetime],
    cache_hint: str,
) -> Copies:
    stored: StoredSide = Absent() if only == "cache" else _stored(database, session_id)
    cached: CachedSide = Absent() if only == "database" else _cached(cache, session_id, cache_hint)
    return Copies(session_id, stored, cached, now())


def _stored(database: Database | None, session_id: str) -> StoredSide:
    if database is None:
        return Unconfigured(DATABASE_HINT)
    try:
        return database.read_copy(session_id) or Absent()
    except DatabaseError as error:
        return Unavailable(str(error))


def _cached(cache: SessionCache | None, session_id: str, hint: str) -> CachedSide:
    return _cached_and_raw(cache, session_id, hint)[0]


def read_consistent(
    database: Database | None,
    cache: SessionCache | None,
    session_id: str,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    cache_hint: str = CACHE_HINT,
) -> tuple[Copies, bool]:
    """Both copies, read cache, database, cache; True if the cached bytes changed between the two reads.

    Only then can the copies be judged against each other: a writer may be between its two writes.
    """
    before = _raw(cache, session_id)
    stored = _stored(database, session_id)
    cached, after = _cached_and_raw(cache, session_id, cache_hint)
    return Copies(session_id, stored, cached, now()), before != after


def _raw(cache: SessionCache | None, session_id: str) -> bytes | None:
    try:
        return None if cache is None else cache.read_raw(session_id)
    except RedisError:
        return None


def _cached_and_raw(cache: SessionCache | None, session_id: str, hint: str) -> tuple[CachedSide, bytes | None]:
    if cache is None:
        return Unconfigured(hint), None
    try:
        copy, raw = cache.read_copy_and_raw(session_id)
    except RedisError as error:
        return Unavailable(str(error)), None
    return copy or Absent(), raw
