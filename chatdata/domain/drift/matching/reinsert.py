"""Takes messages out of a copy, and puts them back among the stretches of what is left."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, zip_longest

from chatdata.domain.drift.comparison import Stretch, StretchKind
from chatdata.domain.messages import ChatMessage

Removed = dict[int, StretchKind]
"""Index in a copy → the kind of stretch that the removed message becomes."""


class Remainder:
    """A copy without its removed messages; converts between places in the rest and indices in the whole copy."""

    def __init__(self, length: int, removed: Removed) -> None:
        self.length = length
        self.removed = removed
        self._moved = sorted(removed)
        kept: Sequence[int] = range(length)
        self._kept = [index for index in kept if index not in removed] if removed else kept

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, messages: Sequence[ChatMessage]) -> list[ChatMessage]:
        """Returns the remaining messages."""
        return [messages[index] for index in self._kept]

    def places(self, indexes: range) -> range:
        """Converts a range of the whole copy to a range of the rest."""
        start, stop = (index - bisect_left(self._moved, index) for index in (indexes.start, indexes.stop))
        return range(start, stop)

    def indexes(self, places: range) -> tuple[int, ...]:
        """Converts a range of the rest to indices in the whole copy."""
        return tuple(self._kept[places.start : places.stop])


def reinsert(stretches: Iterable[Stretch], cached: Remainder, stored: Remainder) -> Iterator[Stretch]:
    """Yields the stretches of the remainders as stretches of the whole copies, with the removed messages between."""
    at = row = 0
    for stretch in stretches:
        for one, other in _pieces(cached.indexes(stretch.cached), stored.indexes(stretch.stored)):
            start, begin = one.start if one else at, other.start if other else row
            yield from _put_back(range(at, start), range(row, begin), cached.removed, stored.removed)
            at, row = start + len(one), begin + len(other)
            yield Stretch(stretch.kind, range(start, at), range(begin, row))
    yield from _put_back(range(at, cached.length), range(row, stored.length), cached.removed, stored.removed)


def _put_back(cached: range, stored: range, in_cache: Removed, in_rows: Removed) -> Iterator[Stretch]:
    """Yields the messages removed here as stretches: neighbours of one kind together, the cached ones first."""
    left = [(kind, list(run)) for kind, run in groupby(cached, key=in_cache.__getitem__)]
    right = [(kind, list(run)) for kind, run in groupby(stored, key=in_rows.__getitem__)]
    if [kind for kind, _ in left] == [kind for kind, _ in right]:
        yield from (
            Stretch(kind, _range(one), _range(other)) for (kind, one), (_, other) in zip(left, right, strict=True)
        )
        return
    nothing = range(stored.start, stored.start)
    yield from (Stretch(kind, _range(run), nothing) for kind, run in left)
    nothing = range(cached.stop, cached.stop)
    yield from (Stretch(kind, nothing, _range(run)) for kind, run in right)


def _range(run: Sequence[int]) -> range:
    return range(run[0], run[-1] + 1)


def _pieces(cached: Sequence[int], stored: Sequence[int]) -> Iterator[tuple[range, range]]:
    """Yields the parts of a stretch that no removed message interrupts; paired messages stay paired."""
    if len(cached) != len(stored):
        yield from zip_longest(_runs(cached), _runs(stored), fillvalue=range(0))
        return
    apart = enumerate(zip(cached, stored, strict=True))
    for _, group in groupby(apart, key=lambda item: (item[1][0] - item[0], item[1][1] - item[0])):
        pairs = [pair for _, pair in group]
        (one, other), (last, end) = pairs[0], pairs[-1]
        yield range(one, last + 1), range(other, end + 1)


def _runs(indexes: Sequence[int]) -> Iterator[range]:
    for _, group in groupby(enumerate(indexes), key=lambda item: item[1] - item[0]):
        run = [index for _, index in group]
        yield range(run[0], run[-1] + 1)
