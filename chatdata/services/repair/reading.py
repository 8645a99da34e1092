"""Both copies as a repair sees them: with the bytes of the document, and with what makes them these."""

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
    """Both copies of a session, as far as an action needs them."""

    reading: Reading
    session_ttl: int
    """The time to live of a fresh copy, seconds."""
    unasked: str | None = None
    """Why the rows could not be asked for, where an action needs none."""

    @property
    def copies(self) -> Copies:
        """Both copies to be compared."""
        return self.reading.copies

    @property
    def session_id(self) -> str:
        """The session that they are of."""
        return self.copies.session_id

    @property
    def cached(self) -> CachedCopy | CorruptDocument | None:
        """The cached document; None without one."""
        cached = self.copies.cached
        return cached if isinstance(cached, CachedCopy | CorruptDocument) else None

    @property
    def stored(self) -> StoredCopy | None:
        """The rows; None without any, and where they were not asked for."""
        return self.copies.stored if isinstance(self.copies.stored, StoredCopy) else None

    @property
    def guard(self) -> Guard:
        """What tells whether a copy is still this one."""
        rows = UNKNOWN if self.unasked else digest_of_rows(self.stored)
        return Guard(digest_of_bytes(self.reading.raw), rows)

    def compared(self) -> Comparison:
        """What the copies say of each other."""
        return compare(self.copies, moved=self.reading.moved)


def read_for_repair(
    cache: SessionCache, session_id: str, read_rows: Callable[[], StoredCopy | None], now: datetime
) -> RepairState:
    """Reads cache, database, cache. RedisError or DatabaseError where a store can't be asked."""
    return RepairState(read_for_writing(cache, session_id, read_rows, now), cache.session_ttl)


def read_cache_for_repair(cache: SessionCache, session_id: str, unasked: str, now: datetime) -> RepairState:
    """The cached copy alone, since the rows can't be asked for. RedisError."""
    cached, raw = cache.read_copy_and_raw(session_id)
    copies = Copies(session_id, Unavailable(unasked), cached or Absent(), now)
    return RepairState(Reading(copies, raw, moved=False), cache.session_ttl, unasked)
