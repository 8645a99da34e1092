"""Facts about each copy of a session."""

from chatdata.domain.copies import (
    Absent,
    CachedCopy,
    CachedSide,
    Copies,
    Source,
    StoredCopy,
    StoredSide,
    Unavailable,
    Unconfigured,
)
from chatdata.domain.drift.comparison import CachedSummary, StoredSummary
from chatdata.domain.messages import is_stand_in


def cache_facts(side: CachedSide) -> CachedSummary:
    """Returns the facts about the cached document."""
    if isinstance(side, Unavailable | Unconfigured):
        return CachedSummary(present=None)
    if isinstance(side, Absent):
        return CachedSummary(present=False)
    return CachedSummary(
        present=True,
        messages=len(side.messages) if isinstance(side, CachedCopy) else None,
        size=side.size if isinstance(side, CachedCopy) else len(side.raw),
        ttl_seconds=side.expiry.ttl_seconds,
        last_written_at=side.expiry.last_written_at,
        expires_at=side.expiry.expires_at,
    )


def database_facts(side: StoredSide) -> StoredSummary:
    """Returns the facts about the database copy."""
    if isinstance(side, StoredCopy):
        numbers = tuple(item.position for item in side.messages)
        updated = None if is_stand_in(side.info.updated_at) else side.info.updated_at
        return StoredSummary(True, len(side.messages), updated, numbers)
    return StoredSummary(present=False if isinstance(side, Absent) else None)


def unavailable(copies: Copies) -> tuple[Source, ...]:
    """Returns the stores that are unavailable or not configured."""
    sides: dict[Source, CachedSide | StoredSide] = {"cache": copies.cached, "database": copies.stored}
    return tuple(source for source, side in sides.items() if isinstance(side, Unavailable | Unconfigured))
