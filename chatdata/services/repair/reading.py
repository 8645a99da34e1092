"""Both copies as a repair sees them: with the bytes of the document, steadily, and with what makes them these."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chatdata.domain.copies import Absent, CachedCopy, Copies, CorruptDocument, StoredCopy, Unavailable
from chatdata.domain.digests import UNKNOWN, digest_of_bytes, digest_of_rows
from chatdata.domain.drift import Comparison, compare
from chatdata.services.repair.proposal import Guard
from chatdata.stores.cache import SessionCache


@dataclass(frozen=True, slots=True)
class RepairState:
    """Both copies of a session, as far as an action needs them."""

    session_id: str
    cached: CachedCopy | CorruptDocument | None
    raw: bytes | None
    """The bytes of the cached document."""
    stored: StoredCopy | None
    moved: bool
    """Whether the bytes changed while the rows were read."""
    read_at: datetime
    session_ttl: int
    """The time to live of a fresh copy, seconds."""
    unasked: str | None = None
    """Why the rows could not be asked for, where an action needs none."""

    @property
    def guard(self) -> Guard:
        """What tells whether a copy is still this one."""
        return Guard(digest_of_bytes(self.raw), UNKNOWN if self.unasked else digest_of_rows(self.stored))

    @property
    def copies(self) -> Copies:
        """Both copies to be compared."""
        stored = Unavailable(self.unasked) if self.unasked else self.stored or Absent()
        return Copies(self.session_id, stored, self.cached or Absent(), self.read_at)

    def compared(self) -> Comparison:
        """What the copies say of each other."""
        return compare(self.copies, moved=self.moved)


def read_for_repair(
    cache: SessionCache, session_id: str, read_rows: Callable[[], StoredCopy | None], now: datetime
) -> RepairState:
    """Reads cache, database, cache. RedisError or DatabaseError where a store can't be asked."""
    before = cache.read_raw(session_id)
    stored = read_rows()
    cached, raw = cache.read_copy_and_raw(session_id)
    return RepairState(session_id, cached, raw, stored, before != raw, now, cache.session_ttl)


def read_cache_for_repair(cache: SessionCache, session_id: str, unasked: str, now: datetime) -> RepairState:
    """The cached copy alone, since the rows can't be asked for. RedisError."""
    cached, raw = cache.read_copy_and_raw(session_id)
    return RepairState(session_id, cached, raw, None, False, now, cache.session_ttl, unasked)
