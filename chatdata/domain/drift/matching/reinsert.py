"""Takes moved messages out of a copy, and puts them back among the stretches of what is left."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, zip_longest

from chatdata.domain.drift.comparison import Stretch
from chatdata.domain.messages import ChatMessage


class Remainder:
    """A copy without its moved messages; converts between places in the rest and indices in the whole copy."""

    def __init__(self, length: int, moved: Iterable[int]) -> None:
        self.length = length
        self._moved = sorted(moved)
        gone = set(self._moved)
        self._kept: Sequence[int] = [index for index in range(length) if index not in gone] if gone else range(length)

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


def reinsert_moves(stretches: Iterable[Stretch], cached: Remainder, stored: Remainder) -> Iterator[Stretch]:
    """The stretches of the rests as stretches of the whole copies, with what moved as `reordered` between them."""
    at = row = 0
    for stretch in stretches:
        for one, other in _pieces(cached.indexes(stretch.cached), stored.indexes(stretch.stored)):
            start, begin = one.start if one else at, other.start if other else row
            if at < start or row < begin:
                yield Stretch("reordered", range(at, start), range(row, begin))
            at, row = start + len(one), begin + len(other)
            yield Stretch(stretch.kind, range(start, at), range(begin, row))
    if at < cached.length or row < stored.length:
        yield Stretch("reordered", range(at, cached.length), range(row, stored.length))


def _pieces(cached: Sequence[int], stored: Sequence[int]) -> Iterator[tuple[range, range]]:
    """Yields the parts of a stretch that no moved message interrupts; paired messages stay paired."""
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
