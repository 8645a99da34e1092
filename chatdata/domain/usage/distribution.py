"""How much a session has: percentiles by nearest rank, and counts between round numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

EDGES = (0, 1, 2, 3, 5, 7, *(step * 10**power for power in range(12) for step in (10, 15, 20, 30, 50, 70)), 10**13)
"""The lower edges of bins, six to a factor of ten, all whole numbers; the last one ends the last bin."""
PERCENTILES = (50, 90, 99)


@dataclass(frozen=True, slots=True)
class Bin:
    """Sessions between two numbers."""

    low: int
    """Inclusive."""
    high: int
    """Exclusive."""
    sessions: int


@dataclass(frozen=True, slots=True)
class Spread:
    """How a number is spread over sessions. By nearest rank each figure is the number of some session."""

    sessions: int
    """Those counted: for tokens only sessions with tokens recorded."""
    median: int | None
    """None, as the others, without sessions."""
    p90: int | None
    p99: int | None
    largest: int | None
    bins: tuple[Bin, ...]
    """From the first to the last with sessions, empty ones between them too."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Sessions of about the same size, for a scatter of more of them than can be drawn."""

    messages: Bin
    """Its `sessions` are the cell's."""
    tokens: Bin
    """Its `sessions` are the cell's."""

    @property
    def sessions(self) -> int:
        """How many there are."""
        return self.tokens.sessions


def bins(counts: Mapping[int, int]) -> tuple[Bin, ...]:
    """From how many sessions each bin has, by its number in EDGES."""
    if not counts:
        return ()
    return tuple(bin_of(number, counts.get(number, 0)) for number in range(min(counts), max(counts) + 1))


def bin_of(number: int, sessions: int) -> Bin:
    """The bin of a number in EDGES."""
    return Bin(EDGES[number], EDGES[number + 1], sessions)


def number_of(value: int) -> int:
    """The bin that a value lies in; the first and the last take what is beyond them."""
    return next((at for at, (_, high) in enumerate(pairwise(EDGES)) if value < high), len(EDGES) - 2)


def nearest_rank(values: Iterable[int], percent: int) -> int | None:
    """The least value that `percent` of 100 of the values don't exceed; None without values."""
    ordered = sorted(values)
    return ordered[max(-(-len(ordered) * percent // 100), 1) - 1] if ordered else None
