"""Messages that both copies have at different places.

Messages count as moved in two cases: consecutive gaps together have the same messages on both sides, or a message in a
gap occurs exactly once in each copy. A message that occurs more often never counts as moved by itself: a short "ok"
that is missing in one place and new in another is two differences.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from chatdata.domain.drift.matching.equality import MessageKey, key_of, stripped
from chatdata.domain.drift.matching.gaps import Gap, Messages, keys_of


@dataclass(frozen=True, slots=True)
class Move:
    """Messages that moved together: their indices in each copy, in order, with the same number in each."""

    cached: tuple[int, ...]
    stored: tuple[int, ...]


def moves(gaps: Sequence[Gap], cached: Messages, stored: Messages) -> list[Move]:
    """Returns the moves between the gaps, which contain all messages that are not matched, in nearly linear time."""
    if not gaps:
        return []
    groups = list(_balanced(gaps, cached, stored))
    grouped = {gap for group in groups for gap in group}
    rest = [gap for gap in gaps if gap not in grouped]
    whole = [Move(_indexes(gap.cached for gap in group), _indexes(gap.stored for gap in group)) for group in groups]
    return [*whole, *_single(rest, cached, stored)]


def _balanced(gaps: Sequence[Gap], cached: Messages, stored: Messages) -> Iterator[Sequence[Gap]]:
    """Yields minimal runs of gaps with the same messages on both sides; sums of hashes find candidates to check."""
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
            yield gaps[start:end]
        start = max(end, start + 1)


def _weight(gap: Gap, cached: Messages, stored: Messages) -> int:
    return sum(map(hash, _keys(cached, gap.cached))) - sum(map(hash, _keys(stored, gap.stored)))


def _hold_the_same(gaps: Sequence[Gap], cached: Messages, stored: Messages) -> bool:
    in_cache = Counter(key for gap in gaps for key in _keys(cached, gap.cached))
    return in_cache == Counter(key for gap in gaps for key in _keys(stored, gap.stored))


@dataclass(frozen=True, slots=True)
class _Place:
    index: int
    gap: int


def _single(gaps: Sequence[Gap], cached: Messages, stored: Messages) -> Iterator[Move]:
    """Yields the moves of messages that each copy has once; messages whose moves cross belong to one move."""
    left = _places([gap.cached for gap in gaps], cached)
    right = _places([gap.stored for gap in gaps], stored)
    both = left.keys() & right.keys()
    once = _once(both, cached) & _once(both, stored)
    pairs = sorted(((left[key], right[key]) for key in once), key=lambda pair: _way(pair)[0])
    crossing: list[tuple[_Place, _Place]] = []
    end = -1
    for pair in pairs:
        if crossing and _way(pair)[0] >= end:
            yield _move(crossing)
            crossing = []
        crossing.append(pair)
        end = max(end, _way(pair)[1])
    if crossing:
        yield _move(crossing)


def _way(pair: tuple[_Place, _Place]) -> tuple[int, int]:
    """Returns the first and the last gap that a message's move spans."""
    return min(pair[0].gap, pair[1].gap), max(pair[0].gap, pair[1].gap)


def _move(pairs: Sequence[tuple[_Place, _Place]]) -> Move:
    return Move(tuple(sorted(one.index for one, _ in pairs)), tuple(sorted(other.index for _, other in pairs)))


def _places(parts: Sequence[range], messages: Messages) -> dict[MessageKey, _Place]:
    return {key_of(messages[index]): _Place(index, gap) for gap, part in enumerate(parts) for index in part}


def _once(keys: set[MessageKey], messages: Messages) -> set[MessageKey]:
    """Returns the keys that occur exactly once in the whole copy."""
    if not keys:
        return set()
    contents = {key.content for key in keys}
    counts = Counter(key_of(item) for item in messages if stripped(item.content) in contents)
    return {key for key in keys if counts[key] == 1}


def _indexes(parts: Iterator[range]) -> tuple[int, ...]:
    return tuple(index for part in parts for index in part)


def _keys(messages: Messages, part: range) -> list[MessageKey]:
    return keys_of(messages[part.start : part.stop])
