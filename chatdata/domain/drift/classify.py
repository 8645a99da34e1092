"""Decides the kind of each gap between two copies (docs/drift.md).

A stretch gets one kind, the first that fits of reordered, duplicate_message, split_message, context_injected,
partial_text, tool_calls_lost / tool_calls_stale, tool_result_stale, content_changed, windowed_cache, diverged_tail,
unsaved_tail / stale_cache, missing_in_db / missing_in_cache.
Messages that the copies split differently are a stretch of their own. In a gap whose sides have unequal lengths, so is
a message beside its twin (the same with other tool calls or with context in front of it, a placeholder beside its
result, the beginning of a text beside the full text), as are the messages before and after it. Unequal messages between
equal ones are two stretches: what the database lacks and what the cache lacks.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from chatdata.domain.drift.kinds import MessageKind
from chatdata.domain.drift.matching.counterparts import classify_change, counterparts, is_partial
from chatdata.domain.drift.matching.equality import same_message
from chatdata.domain.drift.matching.gaps import Gap, Messages
from chatdata.domain.drift.matching.splits import splits
from chatdata.domain.messages import ChatMessage

Assessment = tuple[MessageKind, Gap]
_CHANGED: frozenset[MessageKind] = frozenset(
    {"context_injected", "partial_text", "tool_calls_lost", "tool_calls_stale", "tool_result_stale", "content_changed"}
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
        divided = splits(gap, self.cached, self.stored)
        if not divided and self._same_roles(gap):
            return self._changes(gap)
        return _joined([judged for part in self._undivided(gap, divided) for judged in part])

    def _undivided(self, gap: Gap, divided: Sequence[Gap]) -> Iterator[list[Assessment]]:
        """Yields the verdicts on the differently split messages and on what is between them, in order."""
        for part, whole in _cut(gap, divided):
            if whole:
                yield [("split_message", part)]
            else:
                yield [judged for piece in self._parted(part) for judged in self._plainly(piece)]

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
        pairs = counterparts(_slice(self.cached, gap.cached), _slice(self.stored, gap.stored))
        twins = [_one(gap.cached.start + i, gap.stored.start + j) for i, j in pairs]
        for part, whole in _cut(gap, twins):
            yield from [part] if whole else self._begun(part)

    def _begun(self, gap: Gap) -> Iterator[Gap]:
        """Yields the gap cut after its first or before its last pair, if that is a partial text beside the full one."""
        if len(gap.cached) == len(gap.stored) or not gap.cached or not gap.stored:
            yield gap
            return
        ends = [_one(gap.cached.start, gap.stored.start), _one(gap.cached[-1], gap.stored[-1])]
        begun = [end for end in ends if is_partial(self.cached[end.cached.start], self.stored[end.stored.start])]
        yield from (part for part, _ in _cut(gap, begun[:1]))

    def _only_repeats(self, gap: Gap) -> bool:
        """Returns whether the sides of the gap are equal once consecutive equal messages count as one."""
        cached, stored = _widened(self.cached, gap.cached), _widened(self.stored, gap.stored)
        left, right = _without_repeats(cached), _without_repeats(stored)
        return len(left) == len(right) and all(map(same_message, left, right))


def _cut(gap: Gap, pieces: Sequence[Gap]) -> Iterator[tuple[Gap, bool]]:
    """Yields the pieces of a gap (True) and what is between them (False), in order."""
    at, row = gap.cached.start, gap.stored.start
    for piece in pieces:
        yield Gap(range(at, piece.cached.start), range(row, piece.stored.start)), False
        yield piece, True
        at, row = piece.cached.stop, piece.stored.stop
    yield Gap(range(at, gap.cached.stop), range(row, gap.stored.stop)), False


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
