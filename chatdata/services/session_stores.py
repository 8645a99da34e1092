"""The two stores of one deployment. Either may be missing, and reading changes neither."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from chatdata.domain.copies import Absent, CachedSide, Copies, Source, StoredCopy, StoredSide, Unavailable, Unconfigured
from chatdata.domain.messages import ALL_KNOWN, UnknownCounts
from chatdata.domain.turns import STUCK_AFTER, TurnState
from chatdata.errors import DatabaseError, NotConfigured, RedisError, RedisUnavailable
from chatdata.stores.app_db import AppDatabase
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database
from chatdata.stores.usage_index import UsageIndex

First = TypeVar("First")
Rows = TypeVar("Rows")
Second = TypeVar("Second")

DATABASE_HINT = "No database is configured: set DATABASE_URL."
CACHE_HINT = "No cache is configured: set REDIS_URL, or REDIS_HOST and REDIS_PORT."


@dataclass(frozen=True, slots=True)
class Reading:
    """Both copies of a session, read in the order cache, database, cache, so that they can be compared.

    If a writer was between its two writes, the cached bytes differ at the second reading, and differences between the
    copies mean nothing yet.
    """

    copies: Copies
    raw: bytes | None
    """The bytes of the cached document at the second reading; None without one."""
    moved: bool
    """Whether the cached bytes changed while the rows were read."""


@dataclass(frozen=True)
class SessionStores:
    """The database and the cache of one deployment."""

    database: Database | None
    cache: SessionCache | None
    cache_hint: str = CACHE_HINT
    """A sentence that says why there is no cache, and what to set."""
    cache_problem: str | None = None
    """Why the embedded cache did not start, if so; it is then unavailable rather than not configured."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    stuck_after: timedelta = STUCK_AFTER
    """How long a running turn may be silent before it counts as stuck."""
    app_db: AppDatabase | None = None
    """The inspector's own data about this deployment; None where there is none, as in a program of one's own."""
    usage_index: UsageIndex | None = None
    """Where the usage index is, whether or not it has been built; None where it is not to be used."""

    @property
    def deployment(self) -> str:
        """The stores' URLs without passwords, which identify the deployment in the inspector's own database."""
        names = [f"{self.database.where} {self.database.schema or ''}".strip()] if self.database else []
        return " + ".join([*names, *([self.cache.where] if self.cache else [])])

    def unknown_counts(self) -> UnknownCounts:
        """The sessions whose token totals are unknown although the stores hold numbers. Raises AppDatabaseError."""
        return ALL_KNOWN if self.app_db is None else self.app_db.unknown_counts()

    @property
    def has_cache(self) -> bool:
        """True if there is a cache, whether or not it responds."""
        return self.cache is not None

    def require_database(self) -> Database:
        """The database. Raises NotConfigured without one."""
        if self.database is None:
            raise NotConfigured(DATABASE_HINT)
        return self.database

    def require_cache(self) -> SessionCache:
        """The cache. Raises NotConfigured without one, and RedisUnavailable if the embedded one did not start."""
        if self.cache is None and self.cache_problem is not None:
            raise RedisUnavailable(self.cache_problem)
        if self.cache is None:
            raise NotConfigured(self.cache_hint)
        return self.cache

    def close(self) -> None:
        """Closes the connections of both stores."""
        for store in (self.database, self.cache):
            if store is not None:
                store.close()

    def read_copies(self, session_id: str, *, only: Source | None = None, streams: bool = True) -> Copies:
        """Both copies, read in parallel; with `only`, the other copy is not read and counts as absent.

        Without `streams`, the turn's stream is left out.

        A failing store is a value in its place, so that it never hides the other one.
        """
        stored: StoredSide = Absent()
        cached: CachedSide = Absent()
        turn: TurnState | None = None
        if only is None:
            stored, (cached, turn) = at_once(
                lambda: self._stored(session_id), lambda: self._cached_turn(session_id, streams)
            )
        elif only == "database":
            stored = self._stored(session_id)
        else:
            cached, turn = self._cached_turn(session_id, streams)
        return Copies(session_id, stored, cached, self.now(), turn)

    def read_consistent(self, session_id: str) -> Reading:
        """Both copies, read in an order that allows comparing them. A failing store is a value in its place."""
        before, stored, (cached, after) = read_in_order(
            lambda: self._raw(session_id), lambda: self._stored(session_id), lambda: self._cached(session_id)
        )
        turn = self._turn(session_id, cached)
        return Reading(Copies(session_id, stored, cached, self.now(), turn), after, before != after)

    def _cached_turn(self, session_id: str, streams: bool) -> tuple[CachedSide, TurnState | None]:
        cached, _ = self._cached(session_id)
        return cached, self._turn(session_id, cached, streams)

    def _turn(self, session_id: str, cached: CachedSide, streams: bool = True) -> TurnState | None:
        """The state of the session's turn; None if the cache fails or has just failed, which would be another wait."""
        if self.cache is None or isinstance(cached, Unavailable):
            return None
        try:
            turns = self.cache.read_turns([session_id], self.stuck_after)
            return (self.cache.with_streams(turns) if streams else turns)[session_id]
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
        if self.cache is None and self.cache_problem is not None:
            return Unavailable(self.cache_problem), None
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
    """Both copies in the order of `read_in_order`. Raises RedisError, and whatever `read_rows` raises."""
    before, stored, (cached, after) = read_in_order(
        lambda: cache.read_raw(session_id), read_rows, lambda: cache.read_copy_and_raw(session_id)
    )
    return Reading(Copies(session_id, stored or Absent(), cached or Absent(), now), after, before != after)


def at_once(first: Callable[[], First], second: Callable[[], Second]) -> tuple[First, Second]:
    """What both return, each in a thread: the slower one alone is waited for. What `first` raises comes first."""
    futures: tuple[Future[First], Future[Second]] = (Future(), Future())
    thread = threading.Thread(target=_run, args=(second, futures[1]), name="second store", daemon=True)
    thread.start()
    _run(first, futures[0])
    return futures[0].result(), futures[1].result()


def _run(function: Callable[[], First], future: "Future[First]") -> None:
    try:
        future.set_result(function())
    except Exception as error:
        future.set_exception(error)


def read_in_order(
    first: Callable[[], First], rows: Callable[[], Rows], second: Callable[[], Second]
) -> tuple[First, Rows, Second]:
    """Reads the cache, the database and the cache again; only cached bytes that are equal both times are known to have
    been there when the rows were read."""
    return first(), rows(), second()
