"""The gaps between the equal messages of two copies."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chatdata.domain.copies import CopyMessage
from chatdata.domain.drift.matching.alignment import matches
from chatdata.domain.drift.matching.equality import MessageKey, key_of, same_message
from chatdata.domain.messages import ChatMessage

Messages = Sequence[ChatMessage]
_WINDOW = 1000
"""The number of latest messages that later versions cache, approximately (docs/drift.md)."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Consecutive messages of each copy without an equal one in the other copy; one side may be empty."""

    cached: range
    stored: range

    def __bool__(self) -> bool:
        return bool(self.cached or self.stored)


def gaps_of(cached: Sequence[CopyMessage], stored: Sequence[CopyMessage]) -> tuple[int, list[Gap]]:
    """Returns the number of oldest rows that a windowed cache leaves out (else 0), and the gaps in the rest.

    A cache is windowed if its first message has a sequence number above 0, or if it has 1,000 messages or more and
    equal tails. It is not windowed if it has all rows that it seems to leave out at other places, and a sequence number
    says nothing if the cache begins with the rows before it.
    """
    in_cache, in_rows = [item.message for item in cached], [item.message for item in stored]
    start = _outside(cached, stored)
    gaps = gaps_between(in_cache, in_rows, start)
    if start == 0 and len(cached) >= _WINDOW and gaps and gaps[-1].cached.stop < len(cached):
        first = gaps[0]
        if first.cached == range(0) and first.stored.start == 0 and not _elsewhere(first, gaps[1:], in_cache, in_rows):
            return first.stored.stop, gaps[1:]
    return start, gaps


def _outside(cached: Sequence[CopyMessage], stored: Sequence[CopyMessage]) -> int:
    named = [number for item in cached if type(number := item.extras.get("sequence")) is int]
    first = cached[0].extras.get("sequence") if cached else None
    if type(first) is int and first > 0 and first == min(named):
        return _fitting(cached, stored, bisect_left(stored, first, key=lambda item: item.position))
    rest = len(stored) - len(cached)
    if len(cached) < _WINDOW or rest <= 0:
        return 0
    tail = zip(reversed(cached), reversed(stored), strict=False)
    return rest if all(same_message(one.message, other.message) for one, other in tail) else 0


def _fitting(cached: Sequence[CopyMessage], stored: Sequence[CopyMessage], start: int) -> int:
    """Returns the row with which the cache begins, if that is before `start` and the rows up to there follow, else it.

    One of them alone shows nothing: a short message such as "yes" occurs again. Rows further back than a window has
    messages are not looked at.
    """

    def alike(index: int, row: int) -> bool:
        return same_message(cached[index].message, stored[row].message)

    if start < len(stored) and alike(0, start):
        return start
    for row in range(start - 1, max(start - _WINDOW, 0) - 1, -1):
        if alike(0, row):
            until = min(start + 1, row + len(cached), len(stored))
            several = until - row > 1 or len(cached) == len(stored)
            if several and all(alike(other - row, other) for other in range(row + 1, until)):
                return row
    return start


def _elsewhere(left_out: Gap, gaps: Sequence[Gap], cached: Messages, stored: Messages) -> bool:
    """Returns whether the cache has all these rows in other gaps, which means that they moved."""
    there = {key for gap in gaps for key in keys_of(cached[gap.cached.start : gap.cached.stop])}
    return bool(there) and there.issuperset(keys_of(stored[: left_out.stored.stop]))


def gaps_between(cached: Messages, stored: Messages, start: int) -> list[Gap]:
    """Returns the gaps in order, from row `start` on."""
    a, b, c, d = 0, len(cached), start, len(stored)
    while a < b and c < d and same_message(cached[a], stored[c]):
        a, c = a + 1, c + 1
    while a < b and c < d and same_message(cached[b - 1], stored[d - 1]):
        b, d = b - 1, d - 1
    found = []
    pairs = matches(keys_of(cached[a:b]), keys_of(stored[c:d])) if a < b and c < d else []
    for i, j in [*((a + i, c + j) for i, j in pairs), (b, d)]:
        found.append(Gap(range(a, i), range(c, j)))
        a, c = i + 1, j + 1
    return [gap for gap in found if gap]


def keys_of(messages: Iterable[ChatMessage]) -> list[MessageKey]:
    """Returns the key of each message."""
    return [key_of(message) for message in messages]
