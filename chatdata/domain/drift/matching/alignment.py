"""Aligns the equal entries of two sequences in order, with a bounded amount of work. Pure.

Equal ends are matched first. Entries that occur once on each side become anchors (their longest increasing run, as in
patience diff), in O(n log n). Between anchors, where nothing is unique, Myers' O(ND) algorithm finds the shortest edit.
Entries that the other side lacks are dropped before, so sequences with nothing in common cost O(n).

All of this together may take `WORK` steps beyond the first pass. The rest then stays unaligned, as one differing
stretch, which is coarser but never wrong.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence

WORK = 1_000_000
"""The maximum number of steps, about a second of one core; only hostile sequences come close."""

Match = tuple[int, int]
"""The index on the left and the index on the right."""
_Region = tuple[int, int, int, int]
"""The start and end on the left, then the start and end on the right."""


def matches(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[Match]:
    """Returns pairs of equal entries, increasing on both sides; swapping the sides only swaps the pairs' members."""
    if _in_order(left, right):
        return sorted(_Aligner(left, right).run())
    return sorted((i, j) for j, i in _Aligner(right, left).run())


def _in_order(left: Sequence[Hashable], right: Sequence[Hashable]) -> bool:
    """Returns whether the sides are in a fixed order, so that swapping them leads to the same alignment."""
    if len(left) != len(right):
        return len(left) < len(right)
    differing = next(((one, other) for one, other in zip(left, right, strict=True) if one != other), None)
    return differing is None or repr(differing[0]) < repr(differing[1])


class _Aligner:
    def __init__(self, left: Sequence[Hashable], right: Sequence[Hashable]) -> None:
        names: dict[Hashable, int] = {}
        self._left = [names.setdefault(entry, len(names)) for entry in left]
        self._right = [names.setdefault(entry, len(names)) for entry in right]
        self._work = WORK + 4 * (len(left) + len(right))
        self._found: list[Match] = []

    def run(self) -> list[Match]:
        regions: list[_Region] = [(0, len(self._left), 0, len(self._right))]
        while regions:
            a, b, c, d = self._trimmed(regions.pop())
            self._work -= b - a + d - c
            if a == b or c == d or self._work < 0:
                continue
            anchors = self._anchors((a, b, c, d))
            if anchors:
                self._found += anchors
                regions += _between((a, b, c, d), anchors)
            else:
                self._found += self._searched((a, b, c, d))
        return self._found

    def _trimmed(self, region: _Region) -> _Region:
        a, b, c, d = region
        left, right = self._left, self._right
        while a < b and c < d and left[a] == right[c]:
            self._found.append((a, c))
            a, c = a + 1, c + 1
        while a < b and c < d and left[b - 1] == right[d - 1]:
            b, d = b - 1, d - 1
            self._found.append((b, d))
        return a, b, c, d

    def _anchors(self, region: _Region) -> list[Match]:
        a, b, c, d = region
        on_left, on_right = Counter(self._left[a:b]), Counter(self._right[c:d])
        where = {self._right[j]: j for j in range(c, d)}
        unique = [
            (i, where[name])
            for i, name in enumerate(self._left[a:b], a)
            if on_left[name] == 1 and on_right.get(name) == 1
        ]
        return _increasing(unique)

    def _searched(self, region: _Region) -> Iterator[Match]:
        """Returns the matches of Myers' search over the entries that both sides have."""
        a, b, c, d = region
        known_right, known_left = set(self._right[c:d]), set(self._left[a:b])
        left = [i for i in range(a, b) if self._left[i] in known_right]
        right = [j for j in range(c, d) if self._right[j] in known_left]
        found, steps = _shortest([self._left[i] for i in left], [self._right[j] for j in right], self._work)
        self._work -= steps
        return ((left[i], right[j]) for i, j in found)


def _between(region: _Region, anchors: Sequence[Match]) -> Iterator[_Region]:
    a, b, c, d = region
    for i, j in anchors:
        if a < i and c < j:
            yield a, i, c, j
        a, c = i + 1, j + 1
    if a < b and c < d:
        yield a, b, c, d


def _increasing(pairs: Sequence[Match]) -> list[Match]:
    """Returns the longest subsequence of the pairs, increasing on the left, that also increases on the right."""
    ends: list[int] = []
    tails: list[int] = []
    before: list[int] = []
    for index, (_, right) in enumerate(pairs):
        at = bisect_left(ends, right)
        before.append(tails[at - 1] if at else -1)
        ends[at : at + 1] = [right]
        tails[at : at + 1] = [index]
    run = []
    index = tails[-1] if tails else -1
    while index >= 0:
        run.append(pairs[index])
        index = before[index]
    return run[::-1]


def _shortest(left: Sequence[int], right: Sequence[int], work: int) -> tuple[list[Match], int]:
    """Returns the matches on a shortest edit path and the steps taken; no matches if `work` is exceeded."""
    history: list[list[int]] = []
    steps = 0
    while steps <= work:
        edits = len(history)
        row: list[int] = []
        for place in range(edits + 1):  # the diagonal x - y = 2 * place - edits
            start = x = _entered(history[-1] if history else (), place)
            y = x - 2 * place + edits
            while x < len(left) and y < len(right) and left[x] == right[y]:
                x, y = x + 1, y + 1
            row.append(x)
            steps += 1 + x - start
            if x >= len(left) and y >= len(right):
                return _walked([*history, row], place), steps
        history.append(row)
    return [], steps


def _entered(row: Sequence[int], place: int) -> int:
    """Returns where on the left a diagonal is entered with one more edit than in the row, before its matches."""
    if not row:
        return 0
    return row[place] if _is_insertion(row, place) else row[place - 1] + 1


def _is_insertion(row: Sequence[int], place: int) -> bool:
    return place == 0 or (place < len(row) and row[place - 1] < row[place])


def _walked(history: Sequence[list[int]], place: int) -> list[Match]:
    """Returns the matches of a path, traced back from its end on a diagonal of the last row."""
    found = []
    for edits in range(len(history) - 1, -1, -1):
        before = history[edits - 1] if edits else ()
        entered = range(_entered(before, place), history[edits][place])
        found += [(x, x - 2 * place + edits) for x in entered]
        if before and not _is_insertion(before, place):
            place -= 1
    return found
