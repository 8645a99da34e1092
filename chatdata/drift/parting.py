"""Where two copies of a conversation part."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chatdata.copies import CachedCopy, StoredCopy
from chatdata.drift.comparison import Stretch
from chatdata.drift.gaps import Gap, gaps_of
from chatdata.drift.judging import Judge
from chatdata.drift.kinds import MessageKind
from chatdata.drift.moves import moves


@dataclass(frozen=True, slots=True)
class Difference:
    """What one finding is about."""

    kind: MessageKind
    stretches: tuple[Stretch, ...]
    """Several only where messages moved past equal ones."""

    @property
    def cached(self) -> list[int]:
        """Indexes of its cached messages."""
        return [index for stretch in self.stretches for index in stretch.cached]

    @property
    def stored(self) -> list[int]:
        """Indexes of its stored messages."""
        return [index for stretch in self.stretches for index in stretch.stored]


@dataclass(frozen=True, slots=True)
class Parting:
    """How the messages of two copies stand to each other."""

    stretches: tuple[Stretch, ...]
    """Both copies completely, in order."""
    differences: tuple[Difference, ...]
    set_aside: int
    """Rows that a windowed cache leaves out."""

    @property
    def first_difference(self) -> int | None:
        """Index of the stored message where the copies part for the first time."""
        return self.differences[0].stretches[0].stored.start if self.differences else None

    @property
    def whole(self) -> bool:
        """Whether both copies have all the same messages."""
        return [stretch.kind for stretch in self.stretches] == ["equal"]

    @property
    def equal(self) -> Iterator[Stretch]:
        """What both copies have."""
        return (stretch for stretch in self.stretches if stretch.kind == "equal")


def part(cached: CachedCopy, stored: StoredCopy) -> Parting:
    """How the messages of two copies stand to each other."""
    set_aside, gaps = gaps_of(cached.messages, stored.messages)
    judge = Judge([item.message for item in cached.messages], [item.message for item in stored.messages])
    differences = _differences(gaps, judge)
    parts = sorted((stretch for difference in differences for stretch in difference.stretches), key=_place)
    stretches = _covered(parts, set_aside, len(cached.messages), len(stored.messages))
    return Parting(tuple(stretches), tuple(differences), set_aside)


def _differences(gaps: Sequence[Gap], judge: Judge) -> list[Difference]:
    groups = moves(gaps, judge.cached, judge.stored)
    moved = {gap for group in groups for gap in group}
    found = [Difference("reordered", tuple(_stretch("reordered", gap) for gap in group)) for group in groups]
    for gap in gaps:
        if gap not in moved:
            found += [Difference(kind, (_stretch(kind, part),)) for kind, part in judge.judged(gap)]
    return sorted(found, key=lambda difference: _place(difference.stretches[0]))


def _stretch(kind: MessageKind, gap: Gap) -> Stretch:
    return Stretch(kind, gap.cached, gap.stored)


def _place(stretch: Stretch) -> tuple[int, int, int, int]:
    """Stretches follow each other in both copies; one of two that begin together is empty on one side."""
    return stretch.cached.start, stretch.stored.start, stretch.cached.stop, stretch.stored.stop


def _covered(parts: Sequence[Stretch], set_aside: int, cached: int, stored: int) -> Iterator[Stretch]:
    """The stretches with what is equal between them."""
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
