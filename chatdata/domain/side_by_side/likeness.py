"""Pairs messages of the same role that have at least half of their words in common."""

import re
from collections.abc import Sequence

from chatdata.domain.drift.matching.equality import calls_of
from chatdata.domain.messages import ChatMessage

MOST_PAIRS = 10_000
"""The number of pairs of messages that a comparison may look at altogether, which bounds its time."""
_CHARACTERS = 1_500
_LEAST = 0.5
_WORD = re.compile(r"\w+")


def alike(a: Sequence[ChatMessage], b: Sequence[ChatMessage]) -> list[tuple[int, int]]:
    """Returns as many pairs of similar messages as possible, increasing on both sides."""
    left, right = [_words(item) for item in a], [_words(item) for item in b]
    similar = [
        [one.role == other.role and _similar(left[i], right[j]) for j, other in enumerate(b)] for i, one in enumerate(a)
    ]
    most = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in reversed(range(len(a))):
        for j in reversed(range(len(b))):
            paired = most[i + 1][j + 1] + 1 if similar[i][j] else 0
            most[i][j] = max(paired, most[i + 1][j], most[i][j + 1])
    found = []
    i = j = 0
    while i < len(a) and j < len(b):
        if similar[i][j] and most[i][j] == most[i + 1][j + 1] + 1:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif most[i + 1][j] >= most[i][j + 1]:
            i += 1
        else:
            j += 1
    return found


def _words(message: ChatMessage) -> frozenset[str]:
    """Returns the words of the beginning of a message's text and of its tool calls."""
    calls = f" {calls_of(message)!r}"[:_CHARACTERS] if message.tool_calls else ""
    return frozenset(_WORD.findall((message.content or "")[:_CHARACTERS] + calls))


def _similar(one: frozenset[str], other: frozenset[str]) -> bool:
    short, long = sorted((len(one), len(other)))
    if not long or short < _LEAST * long:
        return False
    common = len(one & other)
    return common >= _LEAST * (short + long - common)
