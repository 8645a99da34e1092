"""Messages that both copies have, in other places."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate

from chatdata.drift.equality import MessageKey
from chatdata.drift.gaps import Gap, Messages, keys_of

Group = tuple[Gap, ...]
"""Gaps that together hold the same messages on both sides, in order."""


def moves(gaps: Sequence[Gap], cached: Messages, stored: Messages) -> list[Group]:
    """The groups among the gaps: neighbours, as few as possible, or two gaps of which one has the other's run.

    About linear.
    """
    if not gaps:
        return []
    neighbours = list(_neighbours(gaps, cached, stored))
    taken = {gap for group in neighbours for gap in group}
    rest = [gap for gap in gaps if gap not in taken]
    return [*neighbours, *_elsewhere(rest, cached, stored)]


def _neighbours(gaps: Sequence[Gap], cached: Messages, stored: Messages) -> Iterator[Group]:
    """A sum of hashes tells which may be a group; what it says is checked."""
    totals = [0, *accumulate(_weight(gap, cached, stored) for gap in gaps)]
    places: dict[int, list[int]] = {}
    for place, total in enumerate(totals):
        places.setdefault(total, []).append(place)
    start = 0
    while start < len(gaps):
        again = places[totals[start]]
        after = bisect_right(again, start)
        end = again[after] if after < len(again) else start
        if end > start and _hold_the_same(gaps[start:end], cached, stored):
            yield tuple(gaps[start:end])
        start = max(end, start + 1)


def _weight(gap: Gap, cached: Messages, stored: Messages) -> int:
    return sum(map(hash, _keys(cached, gap.cached))) - sum(map(hash, _keys(stored, gap.stored)))


def _hold_the_same(gaps: Sequence[Gap], cached: Messages, stored: Messages) -> bool:
    in_cache = Counter(key for gap in gaps for key in _keys(cached, gap.cached))
    return in_cache == Counter(key for gap in gaps for key in _keys(stored, gap.stored))


def _elsewhere(gaps: Sequence[Gap], cached: Messages, stored: Messages) -> Iterator[Group]:
    """What only the cache has in one place and only the database in another."""
    waiting: dict[tuple[MessageKey, ...], list[Gap]] = {}
    for gap in gaps:
        if not gap.stored:
            waiting.setdefault(tuple(_keys(cached, gap.cached)), []).append(gap)
    for gap in gaps:
        there = None if gap.cached else waiting.get(tuple(_keys(stored, gap.stored)))
        if there:
            first, second = sorted((there.pop(0), gap), key=lambda item: (item.cached.start, item.stored.start))
            yield first, second


def _keys(messages: Messages, part: range) -> list[MessageKey]:
    return keys_of(messages[part.start : part.stop])
