"""Decides the kind of each gap between two copies (docs/drift.md).

A stretch gets one kind, the first that fits of reordered, duplicate_message, tool_calls_lost / tool_calls_stale,
tool_result_stale, content_changed, diverged_tail, unsaved_tail / stale_cache, missing_in_db / missing_in_cache.
In a gap of unequal sides, a message beside its twin (the same with other tool calls, or a placeholder beside its
result) is a stretch of its own, as are the messages before and after it. Unequal messages between equal ones are two
stretches: what the database lacks and what the cache lacks.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from chatdata.domain.drift.kinds import MessageKind
from chatdata.domain.drift.matching.counterparts import classify_change, counterparts
from chatdata.domain.drift.matching.equality import same_message
from chatdata.domain.drift.matching.gaps import Gap, Messages
from chatdata.domain.messages import ChatMessage

Assessment = tuple[MessageKind, Gap]
_CHANGED: frozenset[MessageKind] = frozenset(
    {"tool_calls_lost", "tool_calls_stale", "tool_result_stale", "content_changed"}
)


class GapClassifier:
    """Classifies gaps between the messages of two copies."""

    def __init__(self, cached: Messages, stored: Messages) -> None:
        self.cached = cached
        self.stored = stored

    def judged(self, gap: Gap) -> list[Assessment]:
        """Splits a gap without moved messages into stretches, each with its kind."""
        if self._only_repeats(gap):
            return [("duplicate_message", gap)]
        if self._same_roles(gap):
            return self._changes(gap)
        return _joined([judged for part in self._parted(gap) for judged in self._plainly(part)])

    def _plainly(self, gap: Gap) -> list[Assessment]:
        if self._same_roles(gap):
            return self._changes(gap)
        tail = gap.cached.stop == len(self.cached) and gap.stored.stop == len(self.stored)
        if gap.cached and gap.stored and tail:
            return [("diverged_tail", gap)]
        in_cache = Gap(gap.cached, range(gap.stored.start, gap.stored.start))
        in_rows = Gap(range(gap.cached.stop, gap.cached.stop), gap.stored)
        kinds: list[Assessment] = [
            ("unsaved_tail" if tail else "missing_in_db", in_cache),
            ("stale_cache" if tail else "missing_in_cache", in_rows),
        ]
        return [judged for judged in kinds if judged[1]]

    def _same_roles(self, gap: Gap) -> bool:
        pairs = zip(gap.cached, gap.stored, strict=False)
        return len(gap.cached) == len(gap.stored) and all(self.cached[i].role == self.stored[j].role for i, j in pairs)

    def _changes(self, gap: Gap) -> list[Assessment]:
        pairs = zip(gap.cached, gap.stored, strict=True)
        return _joined([(classify_change(self.cached[i], self.stored[j]), _one(i, j)) for i, j in pairs])

    def _parted(self, gap: Gap) -> Iterator[Gap]:
        """The gap cut before and after each twin."""
        at, row = gap.cached.start, gap.stored.start
        for i, j in counterparts(_slice(self.cached, gap.cached), _slice(self.stored, gap.stored)):
            twin = _one(gap.cached.start + i, gap.stored.start + j)
            yield Gap(range(at, twin.cached.start), range(row, twin.stored.start))
            yield twin
            at, row = twin.cached.stop, twin.stored.stop
        yield Gap(range(at, gap.cached.stop), range(row, gap.stored.stop))

    def _only_repeats(self, gap: Gap) -> bool:
        """Returns whether the sides of the gap are equal once consecutive equal messages count as one."""
        cached, stored = _widened(self.cached, gap.cached), _widened(self.stored, gap.stored)
        left, right = _without_repeats(cached), _without_repeats(stored)
        return len(left) == len(right) and all(map(same_message, left, right))


def _one(at: int, row: int) -> Gap:
    return Gap(range(at, at + 1), range(row, row + 1))


def _joined(judged: Sequence[Assessment]) -> list[Assessment]:
    """Returns the stretches with consecutive changes of one kind merged into one."""
    joined: list[Assessment] = []
    for kind, group in groupby(judged, key=lambda item: item[0]):
        gaps = [gap for _, gap in group]
        if kind in _CHANGED:
            gaps = [_hull(gaps)]
        joined += [(kind, gap) for gap in gaps]
    return joined


def _hull(gaps: Sequence[Gap]) -> Gap:
    first, last = gaps[0], gaps[-1]
    return Gap(range(first.cached.start, last.cached.stop), range(first.stored.start, last.stored.stop))


def _slice(messages: Messages, part: range) -> Messages:
    return messages[part.start : part.stop]


def _widened(messages: Messages, part: range) -> Messages:
    """Returns the messages of a part and the one on each side, which the other copy has too."""
    return messages[max(part.start - 1, 0) : part.stop + 1]


def _without_repeats(messages: Messages) -> list[ChatMessage]:
    later = [two for one, two in pairwise(messages) if not same_message(one, two)]
    return [*messages[:1], *later]
