"""Reads both copies for a repair, with the document's bytes and the digests that detect later changes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chatdata.domain.copies import Absent, CachedCopy, Copies, CorruptDocument, StoredCopy, Unavailable
from chatdata.domain.digests import UNKNOWN, digest_of_bytes, digest_of_rows
from chatdata.domain.drift import Comparison, compare
from chatdata.services.repair.proposal import Guard
from chatdata.services.session_stores import Reading, read_for_writing
from chatdata.stores.cache import SessionCache


@dataclass(frozen=True, slots=True)
class RepairState:
    """Both copies of a session as read for a repair."""

    reading: Reading
    session_ttl: int
    """The full time to live of a cached copy in seconds."""
    unasked: str | None = None
    """Why the rows were not read; None if they were."""

    @property
    def copies(self) -> Copies:
        """Both copies as values."""
        return self.reading.copies

    @property
    def session_id(self) -> str:
        """The id of the session that both copies belong to."""
        return self.copies.session_id

    @property
    def cached(self) -> CachedCopy | CorruptDocument | None:
        """The cached document, readable or corrupt; None without one."""
        cached = self.copies.cached
        return cached if isinstance(cached, CachedCopy | CorruptDocument) else None

    @property
    def stored(self) -> StoredCopy | None:
        """The database copy; None if there is none, or if the rows were not read."""
        return self.copies.stored if isinstance(self.copies.stored, StoredCopy) else None

    @property
    def guard(self) -> Guard:
        """The digests that later show whether a copy has changed."""
        rows = UNKNOWN if self.unasked else digest_of_rows(self.stored)
        return Guard(digest_of_bytes(self.reading.raw), rows)

    def compared(self) -> Comparison:
        """The comparison of both copies."""
        return compare(self.copies, moved=self.reading.moved)


def read_for_repair(
    cache: SessionCache, session_id: str, read_rows: Callable[[], StoredCopy | None], now: datetime
) -> RepairState:
    """Reads the cache, the database and the cache again. Raises RedisError and DatabaseError."""
    return RepairState(read_for_writing(cache, session_id, read_rows, now), cache.session_ttl)


def read_cache_for_repair(cache: SessionCache, session_id: str, unasked: str, now: datetime) -> RepairState:
    """Reads the cached copy only; `unasked` says why the rows were not read. Raises RedisError."""
    cached, raw = cache.read_copy_and_raw(session_id)
    copies = Copies(session_id, Unavailable(unasked), cached or Absent(), now)
    return RepairState(Reading(copies, raw, moved=False), cache.session_ttl, unasked)
