"""Sessions whose cached list of usage and recorded totals part: the `usage_mismatch` of drift, for many sessions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from chatdata.domain.copies import CachedCopy
from chatdata.domain.drift import usage_differs
from chatdata.domain.messages import ChatSessionInfo
from chatdata.domain.usage import SessionUsage
from chatdata.services.session_stores import SessionStores
from chatdata.services.usage.usage_reader import rows_of
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import SessionFilter

MOST_COMPARED = 2_000
"""How many cached documents of a filter are read."""
MOST_LOOKED_FOR = 50_000
"""How many cached ids are looked up in the rows for it."""
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A session whose two sums differ."""

    session: SessionUsage
    """As the rows have it: its recorded totals."""
    cached_prompt_tokens: int
    """The sum of the cached list."""
    cached_completion_tokens: int


@dataclass(frozen=True, slots=True)
class Mismatches:
    """Cached sessions of a filter compared with their rows."""

    as_of: datetime
    found: tuple[Mismatch, ...]
    """The largest difference of tokens first."""
    compared: int
    complete: bool
    """False where there are more cached sessions than were looked at."""
    unreadable: int
    """Cached documents that can't be read."""


def mismatches(stores: SessionStores, where: SessionFilter, limit: int = MOST_COMPARED) -> Mismatches:
    """Compares at most `limit` cached sessions; a difference counts where a second look, at both, finds the same.

    NotConfigured without a database or a cache, DatabaseError, RedisError.
    """
    cache = stores.require_cache()
    with rows_of(stores) as (_, as_of):
        look = _Look(stores, cache, where, limit)
    found = [mismatch for batch in look.batches() for mismatch in look.steady(batch)]
    ordered = sorted(found, key=lambda one: (-_difference(one), one.session.session_id))
    return Mismatches(as_of, tuple(ordered), look.compared, look.complete, look.unreadable)


@dataclass
class _Look:
    stores: SessionStores
    cache: SessionCache
    where: SessionFilter
    limit: int
    compared: int = 0
    unreadable: int = 0
    complete: bool = True

    def batches(self) -> Iterator[list[str]]:
        """Ids of cached sessions of the filter, some at a time, until there are enough."""
        ids = iter(dict.fromkeys(islice(self.cache.session_ids(), MOST_LOOKED_FOR + 1)))
        looked_for = 0
        while batch := list(islice(ids, _AT_ONCE)):
            looked_for += len(batch)
            passing = [row.session_id for row in self._rows(batch)]
            room = self.limit - self.compared
            if looked_for > MOST_LOOKED_FOR or len(passing) > room:
                self.complete = False
            yield passing[:room]
            if not self.complete:
                return

    def steady(self, ids: Sequence[str]) -> list[Mismatch]:
        """Those that differ, and still do in the same way when they are looked at again."""
        first = self._differing(ids, counting=True)
        again = self._differing([one.session.session_id for one in first], counting=False)
        return [one for one in first if one in again]

    def _differing(self, ids: Sequence[str], *, counting: bool) -> list[Mismatch]:
        found = []
        documents = self.cache.read_documents(ids)
        for row in self._rows(list(documents)):
            copy = self.cache.copy_of(documents[row.session_id])
            if counting:
                self.compared += isinstance(copy, CachedCopy)
                self.unreadable += not isinstance(copy, CachedCopy)
            if isinstance(copy, CachedCopy) and _differs(copy.info, row):
                found.append(Mismatch(row, copy.info.prompt_tokens, copy.info.completion_tokens))
        return found

    def _rows(self, ids: Sequence[str]) -> tuple[SessionUsage, ...]:
        with rows_of(self.stores) as (reader, _):
            return reader.chosen(self.where, ids)


def _differs(cached: ChatSessionInfo, row: SessionUsage) -> bool:
    return usage_differs(cached, row.prompt_tokens or 0, row.completion_tokens or 0)


def _difference(one: Mismatch) -> int:
    row = one.session
    prompt = abs(one.cached_prompt_tokens - (row.prompt_tokens or 0))
    return prompt + abs(one.cached_completion_tokens - (row.completion_tokens or 0))
