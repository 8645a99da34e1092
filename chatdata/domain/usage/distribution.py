"""Distributions over sessions: percentiles by nearest rank, and histograms with round bin edges."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

EDGES = (0, 1, 2, 3, 5, 7, *(step * 10**power for power in range(12) for step in (10, 15, 20, 30, 50, 70)), 10**13)
"""The edges of the bins, all whole numbers, six per factor of ten; the last edge ends the last bin."""
PERCENTILES = (50, 90, 99)


@dataclass(frozen=True, slots=True)
class Bin:
    """The number of sessions with a value between two edges."""

    low: int
    """The inclusive lower edge."""
    high: int
    """The exclusive upper edge."""
    sessions: int


@dataclass(frozen=True, slots=True)
class Spread:
    """The distribution of a number over sessions; by nearest rank, each percentile is the value of some session."""

    sessions: int
    """The number of sessions counted; for tokens only those with recorded tokens."""
    median: int | None
    """None without sessions, like the other percentiles and the maximum."""
    p90: int | None
    p99: int | None
    largest: int | None
    bins: tuple[Bin, ...]
    """The bins from the first to the last with sessions, empty ones between them included."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Sessions of about the same size, for a scatter chart with more sessions than can be drawn."""

    messages: Bin
    """A bin whose `sessions` is the number in this cell."""
    tokens: Bin
    """A bin whose `sessions` is the number in this cell."""

    @property
    def sessions(self) -> int:
        """The number of sessions in this cell."""
        return self.tokens.sessions


def bins(counts: Mapping[int, int]) -> tuple[Bin, ...]:
    """Returns the bins for the numbers of sessions by bin number (the index of the lower edge in `EDGES`)."""
    if not counts:
        return ()
    return tuple(bin_of(number, counts.get(number, 0)) for number in range(min(counts), max(counts) + 1))


def bin_of(number: int, sessions: int) -> Bin:
    """Returns the bin with this number, which is the index of its lower edge in `EDGES`."""
    return Bin(EDGES[number], EDGES[number + 1], sessions)


def number_of(value: int) -> int:
    """Returns the number of a value's bin; values beyond the edges belong to the first or last bin."""
    return next((at for at, (_, high) in enumerate(pairwise(EDGES)) if value < high), len(EDGES) - 2)


def nearest_rank(values: Iterable[int], percent: int) -> int | None:
    """Returns the smallest value that at least `percent` % of the values don't exceed, or None without values."""
    ordered = sorted(values)
    return ordered[max(-(-len(ordered) * percent // 100), 1) - 1] if ordered else None


_APART = 4
"""How many times the next smaller number an outlier is at least."""
_FEWEST = 4


def cap_of(values: Iterable[float]) -> float | None:
    """Returns where to cut the bars of a chart, so that a few outliers don't flatten all others; None without outliers.

    Outliers are the largest numbers, at most a tenth of all (but possibly one), if even the least of them is at least
    four times the next smaller number.
    """
    ordered = sorted((value for value in values if value > 0), reverse=True)
    if len(ordered) < _FEWEST:
        return None
    for outliers in range(max(1, len(ordered) // 10), 0, -1):
        if ordered[outliers - 1] >= _APART * ordered[outliers]:
            return 1.25 * ordered[outliers]
    return None
