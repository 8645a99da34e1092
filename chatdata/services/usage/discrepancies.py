"""Finds sessions whose cached usage and recorded totals differ: the `usage_mismatch` of drift, for many sessions."""

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
"""The maximum number of cached documents to read and compare."""
MOST_LOOKED_FOR = 50_000
"""The maximum number of cached ids to look up in the rows."""
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A session whose recorded totals and cached sums differ."""

    session: SessionUsage
    """The session's recorded totals, from the rows."""
    cached_prompt_tokens: int
    """The sum of the cached turns' prompt tokens."""
    cached_completion_tokens: int


@dataclass(frozen=True, slots=True)
class Mismatches:
    """The result of comparing cached sessions that match a filter with their rows."""

    as_of: datetime
    found: tuple[Mismatch, ...]
    """The sessions that differ, largest difference first."""
    compared: int
    complete: bool
    """Whether all cached sessions that match the filter were compared."""
    unreadable: int
    """The number of cached documents that can't be read."""


def mismatches(stores: SessionStores, where: SessionFilter, limit: int = MOST_COMPARED) -> Mismatches:
    """Compares at most `limit` cached sessions; a difference counts if a second reading of both copies confirms it.

    Raises NotConfigured unless both stores are configured, DatabaseError and RedisError.
    """
    cache = stores.require_cache()
    with rows_of(stores) as (_, as_of):
        run = _Comparison(stores, cache, where, limit)
    found = [mismatch for batch in run.batches() for mismatch in run.confirmed(batch)]
    ordered = sorted(found, key=lambda one: (-_difference(one), one.session.session_id))
    return Mismatches(as_of, tuple(ordered), run.compared, run.complete, run.unreadable)


@dataclass
class _Comparison:
    stores: SessionStores
    cache: SessionCache
    where: SessionFilter
    limit: int
    compared: int = 0
    unreadable: int = 0
    complete: bool = True

    def batches(self) -> Iterator[list[str]]:
        """Yields batches of ids of cached sessions that match the filter, until the limit is reached."""
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

    def confirmed(self, ids: Sequence[str]) -> list[Mismatch]:
        """The sessions that differ, and differ in the same way when both copies are read again."""
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
