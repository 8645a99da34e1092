"""Matches the messages of any two conversations, with the rules by which the two copies of one session are matched."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from chatdata.domain.drift.classify import GapClassifier
from chatdata.domain.drift.kinds import MessageKind
from chatdata.domain.drift.matching.equality import MessageKey, key_of, same_message
from chatdata.domain.drift.matching.gaps import Gap, Messages, gaps_between
from chatdata.domain.drift.matching.moves import moves
from chatdata.domain.drift.matching.reinsert import Remainder
from chatdata.domain.drift.matching.thoughts import lone_thoughts
from chatdata.domain.side_by_side.likeness import MOST_PAIRS, alike

RowKind = Literal["equal", "changed", "only_a", "only_b", "moved"]
"""changed: two versions of one message. moved: a message that both have, at different places."""

_VERSIONS: frozenset[MessageKind] = frozenset(
    {
        "content_changed",
        "context_injected",
        "partial_text",
        "split_message",
        "tool_calls_lost",
        "tool_calls_stale",
        "tool_result_stale",
    }
)
"""The kinds of gaps in which messages stand beside other versions of themselves."""


@dataclass(frozen=True, slots=True)
class Matched:
    """A message of A, of B, or a pair; the numbers are indices into the messages."""

    kind: RowKind
    a: int | None
    b: int | None
    elsewhere: int | None = None
    """For a moved message, its index in the other conversation."""


def match(a: Messages, b: Messages) -> list[Matched]:
    """Returns every message of both in exactly one entry, in the order of both conversations."""
    gaps = gaps_between(a, b, 0)
    there = dict(_moved(gaps, a, b))
    here = {other: one for one, other in there.items()}
    changed = _changed(gaps, a, b, there)
    pairs = sorted([*_equal(gaps, len(a), len(b)), *changed])
    return list(_rows(pairs, a, b, there, here))


def _moved(gaps: Sequence[Gap], a: Messages, b: Messages) -> Iterator[tuple[int, int]]:
    """Yields the index in A and the index in B of each moved message."""
    for move in moves(gaps, a, b):
        places: dict[MessageKey, list[int]] = {}
        for other in move.stored:
            places.setdefault(key_of(b[other]), []).append(other)
        for one in move.cached:
            if found := places.get(key_of(a[one])):
                yield one, found.pop(0)


def _equal(gaps: Sequence[Gap], a: int, b: int) -> Iterator[tuple[int, int]]:
    """Yields the pairs between the gaps."""
    at = other = 0
    for gap in [*gaps, Gap(range(a, a), range(b, b))]:
        yield from zip(range(at, gap.cached.start), range(other, gap.stored.start), strict=True)
        at, other = gap.cached.stop, gap.stored.stop


def _changed(gaps: Sequence[Gap], a: Messages, b: Messages, there: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """Yields the pairs in the gaps; moved and lone reasoning messages don't hide the changes around them."""
    thoughts = lone_thoughts(gaps, a, b)
    left = Remainder(len(a), dict.fromkeys((*there, *thoughts.cached), "reordered"))
    right = Remainder(len(b), dict.fromkeys((*there.values(), *thoughts.stored), "reordered"))
    classifier = GapClassifier(left.of(a), right.of(b))
    room = MOST_PAIRS
    for gap in gaps:
        rest = Gap(left.places(gap.cached), right.places(gap.stored))
        for versions, part in _parts(classifier.judged(rest) if rest else ()):
            one, other = left.indexes(part.cached), right.indexes(part.stored)
            looked_at = len(one) * len(other)
            if versions:
                yield from zip(one, other, strict=False)
            elif looked_at <= room:
                room -= looked_at
                yield from ((one[i], other[j]) for i, j in alike([a[i] for i in one], [b[j] for j in other]))


def _parts(judged: Iterable[tuple[MessageKind, Gap]]) -> Iterator[tuple[bool, Gap]]:
    """Yields the stretches of a gap in order, neighbours without pairs as one; True where the messages are pairs."""
    for versions, run in groupby(judged, key=lambda item: item[0] in _VERSIONS):
        gaps = [gap for _, gap in run]
        if versions:
            yield from ((True, gap) for gap in gaps)
        else:
            first, last = gaps[0], gaps[-1]
            yield (
                False,
                Gap(range(first.cached.start, last.cached.stop), range(first.stored.start, last.stored.stop)),
            )


def _rows(
    pairs: Iterable[tuple[int, int]], a: Messages, b: Messages, there: Mapping[int, int], here: Mapping[int, int]
) -> Iterator[Matched]:
    at = other = 0
    for i, j in [*pairs, (len(a), len(b))]:
        for index in range(at, i):
            yield Matched("moved" if index in there else "only_a", index, None, there.get(index))
        for index in range(other, j):
            yield Matched("moved" if index in here else "only_b", None, index, here.get(index))
        if i < len(a):
            yield Matched("equal" if same_message(a[i], b[j]) else "changed", i, j)
        at, other = i + 1, j + 1
