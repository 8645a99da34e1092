"""Both copies as a repair sees them: with the bytes of the document, steadily, and with what makes them these."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chatdata.cache import SessionCache
from chatdata.copies import Absent, CachedCopy, Copies, CorruptDocument, StoredCopy
from chatdata.drift import Comparison, compare
from chatdata.repair.digests import digest_of_bytes, digest_of_rows
from chatdata.repair.proposal import Guard


@dataclass(frozen=True, slots=True)
class Seen:
    """Both copies of a session, which both stores could be asked for."""

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

    @property
    def guard(self) -> Guard:
        """What tells whether a copy is still this one."""
        return Guard(digest_of_bytes(self.raw), digest_of_rows(self.stored))

    @property
    def copies(self) -> Copies:
        """Both copies to be compared."""
        return Copies(self.session_id, self.stored or Absent(), self.cached or Absent(), self.read_at)

    def compared(self) -> Comparison:
        """What the copies say of each other."""
        return compare(self.copies, moved=self.moved)


def look(cache: SessionCache, session_id: str, read_rows: Callable[[], StoredCopy | None], now: datetime) -> Seen:
    """Reads cache, database, cache. RedisError or DatabaseError where a store can't be asked."""
    before = cache.read_raw(session_id)
    stored = read_rows()
    cached, raw = cache.read_copy_and_raw(session_id)
    return Seen(session_id, cached, raw, stored, before != raw, now, cache.session_ttl)
