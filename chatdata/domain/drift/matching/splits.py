"""Finds answers that one copy has as several assistant messages and the other as one.

The model is sent the same, because neighbouring assistant messages are merged. But the numbers of messages differ, so a
save that counts messages starts at the wrong one.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from chatdata.domain.drift.matching.alignment import matches
from chatdata.domain.drift.matching.equality import Tokens, key_of, plain_calls, stripped, tokens
from chatdata.domain.drift.matching.gaps import Gap, Messages
from chatdata.domain.messages import ChatMessage

_Said = tuple[str, tuple[Tokens, ...]]
"""The text without white space, and the calls."""


def splits(gap: Gap, cached: Messages, stored: Messages) -> list[Gap]:
    """Returns the parts of a gap with equal text and calls in different numbers of messages."""
    left, right = list(_runs(cached, gap.cached)), list(_runs(stored, gap.stored))
    pairs = matches([_said(_slice(cached, run)) for run in left], [_said(_slice(stored, run)) for run in right])
    found = [split for i, j in pairs for split in _divided(cached, left[i], stored, right[j])]
    if found or not left or not right or not _begin_together(gap, left[0], right[0]):
        return found
    return list(_divided(cached, left[0], stored, right[0]))


def _begin_together(gap: Gap, one: range, other: range) -> bool:
    return one.start == gap.cached.start and other.start == gap.stored.start


def _divided(cached: Messages, left: range, stored: Messages, right: range) -> Iterator[Gap]:
    """Yields the shortest equal parts of two runs, except those with as many messages on both sides."""
    one, other = _said(_slice(cached, left)), _said(_slice(stored, right))
    same = _common(one[0], other[0]), _common(one[1], other[1])
    ends = {end: index for index, end in reversed(list(enumerate(_ends(_slice(stored, right)), right.start + 1)))}
    at, row = left.start, right.start
    for index, end in enumerate(_ends(_slice(cached, left)), left.start + 1):
        if end[0] > same[0] or end[1] > same[1]:
            return
        there = ends.get(end, row)
        if there > row:
            yield from _uneven(at, index, row, there)
            at, row = index, there


def _common(one: Sequence[object], other: Sequence[object]) -> int:
    """Returns the length of the common beginning of two sequences."""
    shorter = min(len(one), len(other))
    return next((index for index in range(shorter) if one[index] != other[index]), shorter)


def _ends(messages: Messages) -> Iterator[tuple[int, int]]:
    """Yields the number of characters and calls up to the end of each message."""
    words = calls = 0
    for message in messages:
        said = _said([message])
        words, calls = words + len(said[0]), calls + len(said[1])
        yield words, calls


def _uneven(at: int, one: int, row: int, other: int) -> Iterator[Gap]:
    if one - at != other - row:
        yield Gap(range(at, one), range(row, other))


def _runs(messages: Messages, part: range) -> Iterator[range]:
    for plain, group in groupby(part, key=lambda index: _is_plain(messages[index])):
        run = list(group)
        if plain:
            yield range(run[0], run[-1] + 1)


def _is_plain(message: ChatMessage) -> bool:
    """Returns whether an assistant message has only text and calls, so that merging keeps all of it."""
    key = key_of(message)
    return message.role == "assistant" and not key.refusal and not key.name and key.function_call == ()


def _said(messages: Sequence[ChatMessage]) -> _Said:
    words = "".join("".join((stripped(message.content) or "").split()) for message in messages)
    return words, tuple(tokens(call) for message in messages for call in plain_calls(message) or ())


def _slice(messages: Messages, part: range) -> Messages:
    return messages[part.start : part.stop]
