"""The differences between the messages of two copies."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chatdata.domain.copies import CachedCopy, StoredCopy
from chatdata.domain.drift.classify import Assessment, GapClassifier
from chatdata.domain.drift.comparison import Stretch, StretchKind
from chatdata.domain.drift.kinds import MessageKind
from chatdata.domain.drift.matching.compaction import with_compactions
from chatdata.domain.drift.matching.gaps import Gap, gaps_of
from chatdata.domain.drift.matching.moves import Move, moves
from chatdata.domain.drift.matching.reinsert import Remainder, Removed, reinsert
from chatdata.domain.drift.matching.thoughts import Thoughts, lone_thoughts


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
    lone_thoughts: int = 0
    """The number of reasoning messages that only one copy has, which is no difference."""

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

    Moved messages, and reasoning messages that only one copy has, are taken out so that they don't hide other changes
    around them, and put back at the end.
    """
    in_cache, in_rows = [item.message for item in cached.messages], [item.message for item in stored.messages]
    set_aside, gaps = gaps_of(cached.messages, stored.messages)
    if not gaps:
        return MessageDiff(tuple(_covered([], set_aside, len(in_cache), len(in_rows))), (), set_aside)
    moved = moves(gaps, in_cache, in_rows)
    out = _taken_out(moved, lone_thoughts(gaps, in_cache, in_rows))
    left, right = Remainder(len(in_cache), out[0]), Remainder(len(in_rows), out[1])
    still = list(_still(gaps, left, right))
    judged = _windowed(still, left, right) if not set_aside else None
    if judged is None:
        classifier = GapClassifier(left.of(in_cache), right.of(in_rows))
        judged = [assessment for gap in still for assessment in classifier.judged(gap)]
    covered = _covered(
        [Stretch(kind, gap.cached, gap.stored) for kind, gap in judged], set_aside, *map(len, (left, right))
    )
    differences = with_compactions(judged, left.of(in_cache))
    found = [Difference(kind, left.indexes(gap.cached), right.indexes(gap.stored)) for kind, gap in differences]
    found += [Difference("reordered", move.cached, move.stored) for move in moved]
    stretches = reinsert(covered, left, right) if any(out) else covered
    thoughts = sum(kind == _THOUGHTS for removed in out for kind in removed.values())
    return MessageDiff(tuple(stretches), tuple(found), set_aside, _first(gaps, *out) if found else None, thoughts)


def _taken_out(moved: Sequence[Move], thoughts: Thoughts) -> tuple[Removed, Removed]:
    in_cache, in_rows = dict.fromkeys(thoughts.cached, _THOUGHTS), dict.fromkeys(thoughts.stored, _THOUGHTS)
    for move in moved:
        in_cache |= dict.fromkeys(move.cached, _MOVED)
        in_rows |= dict.fromkeys(move.stored, _MOVED)
    return in_cache, in_rows


def _first(gaps: Iterable[Gap], in_cache: Removed, in_rows: Removed) -> int | None:
    """Returns the stored index at which the first gap begins that has more than reasoning messages."""
    for gap in gaps:
        sides = (in_cache.get(index) for index in gap.cached), (in_rows.get(index) for index in gap.stored)
        if any(kind != _THOUGHTS for side in sides for kind in side):
            return gap.stored.start
    return None


_THOUGHTS: StretchKind = "reasoning_rows"
_MOVED: StretchKind = "reordered"


def _still(gaps: Iterable[Gap], left: Remainder, right: Remainder) -> Iterator[Gap]:
    """Returns the gaps that are left without the removed messages."""
    parts = (Gap(left.places(gap.cached), right.places(gap.stored)) for gap in gaps)
    return (gap for gap in parts if gap)


def _windowed(gaps: Sequence[Gap], left: Remainder, right: Remainder) -> list[Assessment] | None:
    """Returns the rows that are missing if the cache is exactly the last rows; otherwise None."""
    if len(gaps) != 1 or gaps[0].cached or gaps[0].stored.start or not len(left) or gaps[0].stored.stop == len(right):
        return None
    return [("windowed_cache", gaps[0])]


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
