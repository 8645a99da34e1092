"""The differences between the messages of two copies."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chatdata.domain.copies import CachedCopy, StoredCopy
from chatdata.domain.drift.classify import Assessment, GapClassifier
from chatdata.domain.drift.comparison import Stretch
from chatdata.domain.drift.kinds import MessageKind
from chatdata.domain.drift.matching.gaps import Gap, gaps_of
from chatdata.domain.drift.matching.moves import moves
from chatdata.domain.drift.matching.reinsert import Remainder, reinsert_moves


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference behind one finding: the indices of its messages in each copy, in order."""

    kind: MessageKind
    cached: tuple[int, ...]
    stored: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MessageDiff:
    """The stretches and differences between the messages of two copies."""

    stretches: tuple[Stretch, ...] = ()
    """The stretches, which cover both copies completely and in order."""
    differences: tuple[Difference, ...] = ()
    set_aside: int = 0
    """The number of rows that a windowed cache leaves out."""
    first_difference: int | None = None
    """Index of the stored message (or the end) where the copies part for the first time."""

    @property
    def whole(self) -> bool:
        """Whether both copies have equal messages throughout."""
        return [stretch.kind for stretch in self.stretches] == ["equal"]

    @property
    def equal(self) -> Iterator[Stretch]:
        """The stretches of equal messages."""
        return (stretch for stretch in self.stretches if stretch.kind == "equal")


def part(cached: CachedCopy, stored: StoredCopy) -> MessageDiff:
    """How the messages of two copies stand to each other.

    What moved is taken out, so that it doesn't hide what else happened around it, and put back at the end.
    """
    in_cache, in_rows = [item.message for item in cached.messages], [item.message for item in stored.messages]
    set_aside, gaps = gaps_of(cached.messages, stored.messages)
    if not gaps:
        return MessageDiff(tuple(_covered([], set_aside, len(in_cache), len(in_rows))), (), set_aside)
    moved = moves(gaps, in_cache, in_rows)
    left = Remainder(len(in_cache), {index for move in moved for index in move.cached})
    right = Remainder(len(in_rows), {index for move in moved for index in move.stored})
    judged = list(_judged(gaps, left, right, GapClassifier(left.of(in_cache), right.of(in_rows))))
    covered = _covered(
        [Stretch(kind, gap.cached, gap.stored) for kind, gap in judged], set_aside, *map(len, (left, right))
    )
    found = [Difference(kind, left.indexes(gap.cached), right.indexes(gap.stored)) for kind, gap in judged]
    found += [Difference("reordered", move.cached, move.stored) for move in moved]
    stretches = reinsert_moves(covered, left, right) if moved else covered
    return MessageDiff(tuple(stretches), tuple(found), set_aside, gaps[0].stored.start)


def _judged(gaps: Iterable[Gap], left: Remainder, right: Remainder, judge: GapClassifier) -> Iterator[Assessment]:
    for gap in gaps:
        still = Gap(left.places(gap.cached), right.places(gap.stored))
        if still:
            yield from judge.judged(still)


def _covered(parts: Sequence[Stretch], set_aside: int, cached: int, stored: int) -> Iterator[Stretch]:
    """Yields the stretches with equal stretches between them."""
    if set_aside:
        yield Stretch("windowed_cache", range(0), range(set_aside))
    at, row = 0, set_aside
    end = Stretch("equal", range(cached, cached), range(stored, stored))
    for stretch in [*parts, end]:
        if at < stretch.cached.start:
            yield Stretch("equal", range(at, stretch.cached.start), range(row, stretch.stored.start))
        if stretch is not end:
            yield stretch
        at, row = stretch.cached.stop, stretch.stored.stop
