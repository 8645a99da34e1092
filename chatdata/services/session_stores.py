"""The two stores of one deployment, as services get them: either may be missing, and reading changes neither."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from chatdata.domain.copies import Absent, CachedSide, Copies, Source, StoredCopy, StoredSide, Unavailable, Unconfigured
from chatdata.domain.turns import STUCK_AFTER, TurnState
from chatdata.errors import DatabaseError, NotConfigured, RedisError
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database

First = TypeVar("First")
Rows = TypeVar("Rows")
Second = TypeVar("Second")

DATABASE_HINT = "No database is configured: set DATABASE_URL."
CACHE_HINT = "No cache is configured: set REDIS_URL, or REDIS_HOST and REDIS_PORT."


@dataclass(frozen=True, slots=True)
class Reading:
    """Both copies of a session, read cache, database, cache: the order in which they can be judged.

    A writer may be between its two writes; then the cached bytes are others at the second look, and differences
    between the copies mean nothing yet.
    """

    copies: Copies
    raw: bytes | None
    """The bytes of the cached document, at the second look."""
    moved: bool
    """Whether the bytes changed while the rows were read."""


@dataclass(frozen=True)
class SessionStores:
    """The database and the cache that the settings name."""

    database: Database | None
    cache: SessionCache | None
    cache_hint: str = CACHE_HINT
    """What to do about a missing cache."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    stuck_after: timedelta = STUCK_AFTER
    """How long a running turn may say nothing before it counts as stuck."""

    @property
    def deployment(self) -> str:
        """The stores' URLs without passwords: what is kept of one deployment is not shown for another."""
        names = [f"{self.database.where} {self.database.schema or ''}".strip()] if self.database else []
        return " + ".join([*names, *([self.cache.where] if self.cache else [])])

    def require_database(self) -> Database:
        """The database. NotConfigured where none is set."""
        if self.database is None:
            raise NotConfigured(DATABASE_HINT)
        return self.database

    def require_cache(self) -> SessionCache:
        """The cache. NotConfigured where none is set."""
        if self.cache is None:
            raise NotConfigured(self.cache_hint)
        return self.cache

    def close(self) -> None:
        """Closes the connections of both."""
        for store in (self.database, self.cache):
            if store is not None:
                store.close()

    def read_copies(self, session_id: str, *, only: Source | None = None) -> Copies:
        """Both copies, read one after the other; `only` leaves the other one unread.

        A store that fails is a value in its place, so that it never hides the other one.
        """
        stored: StoredSide = Absent() if only == "cache" else self._stored(session_id)
        cached: CachedSide = Absent() if only == "database" else self._cached(session_id)[0]
        turn = None if only == "database" else self._turn(session_id, cached)
        return Copies(session_id, stored, cached, self.now(), turn)

    def read_consistent(self, session_id: str) -> Reading:
        """Both copies, read so that they can be judged against each other. A store that fails is a value."""
        before, stored, (cached, after) = read_in_order(
            lambda: self._raw(session_id), lambda: self._stored(session_id), lambda: self._cached(session_id)
        )
        copies = Copies(session_id, stored, cached, self.now(), self._turn(session_id, cached))
        return Reading(copies, after, before != after)

    def _turn(self, session_id: str, cached: CachedSide) -> TurnState | None:
        """What the cache says of the turn; one that did not answer for the document is not asked again."""
        if self.cache is None or isinstance(cached, Unavailable):
            return None
        try:
            return self.cache.read_turns([session_id], self.stuck_after)[session_id]
        except RedisError:
            return None

    def _stored(self, session_id: str) -> StoredSide:
        if self.database is None:
            return Unconfigured(DATABASE_HINT)
        try:
            return self.database.read_copy(session_id) or Absent()
        except DatabaseError as error:
            return Unavailable(str(error))

    def _raw(self, session_id: str) -> bytes | None:
        try:
            return None if self.cache is None else self.cache.read_raw(session_id)
        except RedisError:
            return None

    def _cached(self, session_id: str) -> tuple[CachedSide, bytes | None]:
        if self.cache is None:
            return Unconfigured(self.cache_hint), None
        try:
            copy, raw = self.cache.read_copy_and_raw(session_id)
        except RedisError as error:
            return Unavailable(str(error)), None
        return copy or Absent(), raw


def read_for_writing(
    cache: SessionCache, session_id: str, read_rows: Callable[[], StoredCopy | None], now: datetime
) -> Reading:
    """Both copies in the same order, where a store that fails is no value: RedisError, or what `read_rows` raises."""
    before, stored, (cached, after) = read_in_order(
        lambda: cache.read_raw(session_id), read_rows, lambda: cache.read_copy_and_raw(session_id)
    )
    return Reading(Copies(session_id, stored or Absent(), cached or Absent(), now), after, before != after)


def read_in_order(
    first: Callable[[], First], rows: Callable[[], Rows], second: Callable[[], Second]
) -> tuple[First, Rows, Second]:
    """What the cache, the database and the cache again gave: only bytes that are the same both times were there when
    the rows were read."""
    return first(), rows(), second()
