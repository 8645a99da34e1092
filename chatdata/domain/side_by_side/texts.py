"""Word differences of two texts, in bounded time for texts of any length.

The common prefix and suffix are found first and words are matched between them. Longer texts are first matched by the
parts between punctuation, then by words within the differing parts. Parts with too many words become one difference.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

from chatdata.domain.drift.matching.alignment import matches

Shown = tuple[Literal["same", "only"], str] | tuple[Literal["equal", "lacks", "cut"], int]
"""A stretch of text: "same" in both texts or "only" in this one. Or a number of characters that are not shown: "equal"
in both, in the other text only ("lacks"), or left out for their length ("cut")."""
Step = tuple[str, str]
"""A stretch of both texts, equal or different in each."""

_MOST_WORDS = 1_500
_ALL_WORDS = 15_000
"""The maximum number of words to match in one pair of texts."""
_MOST_PARTS = 200_000
_LONGEST_WORD = 200
_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
_WORD = re.compile(r"\w+")
_MARKS = ("\n.,;:{}[]", "\n.}", "\n")


def steps(one: str, other: str) -> list[Step]:
    """Splits both texts into stretches, alternately equal and different."""
    start, end = _common_ends(one, other)
    left, right = one[start : len(one) - end], other[start : len(other) - end]
    before, after = one[:start], one[len(one) - end :]
    return list(_joined([(before, before), *_between(left, right), (after, after)]))


def surroundings(found: Sequence[Step], around: int, most: int) -> tuple[list[Shown], list[Shown]]:
    """Returns both texts with `around` characters of equal text beside each difference, and about `most` in all."""
    left: list[Shown] = []
    right: list[Shown] = []
    room = most
    for number, step in enumerate(found):
        if room <= 0:
            for side, shown in ((0, left), (1, right)):
                rest = sum(len(item[side]) for item in found[number:])
                if shown and shown[-1][0] == "cut" and isinstance(cut := shown.pop()[1], int):
                    rest += cut
                shown += [("cut", rest)] if rest else []
            break
        if step[0] == step[1]:
            collapsed = list(_collapsed(step[0], around, first=number == 0, last=number == len(found) - 1))
            left += collapsed
            right += collapsed
            room -= sum(len(item[1]) for item in collapsed if isinstance(item[1], str))
        else:
            left += _only(step[0], step[1], room)
            right += _only(step[1], step[0], room)
            room -= max(len(step[0]), len(step[1]))
    return left, right


def _collapsed(text: str, around: int, *, first: bool, last: bool) -> Iterator[Shown]:
    """Yields the parts of an equal stretch that are next to a difference, and the number of characters between."""
    before, after = 0 if first else around, 0 if last else around
    if len(text) <= before + after + around // 2:
        yield "same", text
        return
    if before:
        yield "same", text[:before]
    yield "equal", len(text) - before - after
    if after:
        yield "same", text[-after:]


def _only(text: str, other: str, room: int) -> Iterator[Shown]:
    if not text:
        yield "lacks", len(other)
        return
    yield "only", text[:room]
    if len(text) > room:
        yield "cut", len(text) - room


def _common_ends(one: str, other: str) -> tuple[int, int]:
    """Returns the lengths of the common prefix and suffix, shortened so that no word is split."""
    start = _common_prefix(one, other)
    start -= _split_word_length(one[max(start - _LONGEST_WORD, 0) : start][::-1], one[start:], other[start:])
    end = _common_prefix(one[start:][::-1], other[start:][::-1])
    ours, theirs = one[start : len(one) - end], other[start : len(other) - end]
    end -= _split_word_length(one[len(one) - end :][:_LONGEST_WORD], ours[-1:], theirs[-1:])
    return start, end


def _split_word_length(equal: str, one: str, other: str) -> int:
    """Returns how many equal characters next to a difference belong to a differing word; 0 for an overlong word."""
    if not (_WORD.match(one) or _WORD.match(other)):
        return 0
    found = _WORD.match(equal)
    length = found.end() if found else 0
    return 0 if length == _LONGEST_WORD else length


def _common_prefix(one: str, other: str) -> int:
    """Returns the length of the common prefix by binary search, since comparing slices is fast."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _between(left: str, right: str) -> Iterator[Step]:
    if not left or not right:
        yield left, right
        return
    budget = _ALL_WORDS
    for one, other in _parts(left, right):
        if one == other or not one or not other:
            yield one, other
            continue
        first, second = _tokens(one), _tokens(other)
        if not first or not second or len(first) + len(second) > budget:
            yield one, other
            continue
        budget -= len(first) + len(second)
        yield from _matched_words(first, second)


def _parts(left: str, right: str) -> Iterator[Step]:
    """Yields the texts whole, or matched by the parts between punctuation if they have too many words."""
    if _tokens(left) and _tokens(right):
        yield left, right
        return
    one, other = _split_at_punctuation(left), _split_at_punctuation(right)
    at = there = 0
    for i, j in [*matches(one, other), (len(one), len(other))]:
        if at < i or there < j:
            yield "".join(one[at:i]), "".join(other[there:j])
        if i < len(one):
            yield one[i], other[j]
        at, there = i + 1, j + 1


def _split_at_punctuation(text: str) -> list[str]:
    """Splits a text after the finest punctuation that does not make too many parts."""
    for marks in _MARKS:
        if sum(map(text.count, marks)) <= _MOST_PARTS:
            named = re.escape(marks)
            return re.findall(rf"[^{named}]*[{named}]+|[^{named}]+$", text)
    return [text]


def _tokens(text: str) -> list[str]:
    """Returns the words and the characters between them, or nothing if they are too many."""
    if len(text) > _MOST_WORDS * _LONGEST_WORD:
        return []
    found = _TOKEN.findall(text)
    return found if len(found) <= _MOST_WORDS else []


def _matched_words(left: list[str], right: list[str]) -> Iterator[Step]:
    for _, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        yield "".join(left[a:b]), "".join(right[c:d])


def _joined(found: Sequence[Step]) -> Iterator[Step]:
    """Yields the stretches without empty ones, adjacent ones of a kind joined."""
    left: list[str] = []
    right: list[str] = []
    same = True
    for one, other in found:
        if not one and not other:
            continue
        if left and same != (one == other):
            yield "".join(left), "".join(right)
            left, right = [], []
        same = one == other
        left.append(one)
        right.append(other)
    if left:
        yield "".join(left), "".join(right)
