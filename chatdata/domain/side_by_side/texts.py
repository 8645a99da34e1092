"""Where two texts part, word by word, however long they are.

What is equal at both ends is found first. Between, words are matched; where there are many, first the pieces between
marks of punctuation, and words in what is left. The work is bounded: beyond it a stretch stands as one difference.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

from chatdata.domain.drift.matching.alignment import matches

Shown = tuple[Literal["same", "only"], str] | tuple[Literal["equal", "lacks", "cut"], int]
"""A stretch of a text that is also in the other one, or only here; or how many characters are not shown: equal ones,
those that only the other text has here, those left out."""
Step = tuple[str, str]
"""A stretch of both texts: the same if they are equal, else what stands in its place in each."""

_MOST_WORDS = 1_500
_ALL_WORDS = 15_000
"""Words that are matched in one pair of texts."""
_MOST_PARTS = 200_000
_LONGEST_WORD = 200
_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
_WORD = re.compile(r"\w+")
_MARKS = ("\n.,;:{}[]", "\n.}", "\n")


def steps(one: str, other: str) -> list[Step]:
    """Both texts in stretches that add up to them; equal and different ones alternate."""
    start, end = _ends(one, other)
    left, right = one[start : len(one) - end], other[start : len(other) - end]
    before, after = one[:start], one[len(one) - end :]
    return list(_joined([(before, before), *_between(left, right), (after, after)]))


def surroundings(found: Sequence[Step], around: int, most: int) -> tuple[list[Shown], list[Shown]]:
    """Each text as far as it tells a difference: `around` characters of what is equal beside each, `most` in all."""
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
            told = list(_folded(step[0], around, first=number == 0, last=number == len(found) - 1))
            left += told
            right += told
            room -= sum(len(item[1]) for item in told if isinstance(item[1], str))
        else:
            left += _only(step[0], step[1], room)
            right += _only(step[1], step[0], room)
            room -= max(len(step[0]), len(step[1]))
    return left, right


def _folded(text: str, around: int, *, first: bool, last: bool) -> Iterator[Shown]:
    """What stands before and after it of an equal stretch; at an end of the text only the one side."""
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


def _ends(one: str, other: str) -> tuple[int, int]:
    """How many characters are equal at the start and at the end, no word cut in two."""
    start = _common(one, other)
    start -= _within(one[max(start - _LONGEST_WORD, 0) : start][::-1], one[start:], other[start:])
    end = _common(one[start:][::-1], other[start:][::-1])
    ours, theirs = one[start : len(one) - end], other[start : len(other) - end]
    end -= _within(one[len(one) - end :][:_LONGEST_WORD], ours[-1:], theirs[-1:])
    return start, end


def _within(equal: str, one: str, other: str) -> int:
    """How much of what is equal, from the difference on, is of a word that differs; 0 for a word without an end."""
    if not (_WORD.match(one) or _WORD.match(other)):
        return 0
    found = _WORD.match(equal)
    length = found.end() if found else 0
    return 0 if length == _LONGEST_WORD else length


def _common(one: str, other: str) -> int:
    """The length of the common start, by halves: comparing slices is quick."""
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
        first, second = _words(one), _words(other)
        if not first or not second or len(first) + len(second) > budget:
            yield one, other
            continue
        budget -= len(first) + len(second)
        yield from _matched(first, second)


def _parts(left: str, right: str) -> Iterator[Step]:
    """The texts where punctuation parts them, if they are too long to match words at once."""
    if _words(left) and _words(right):
        yield left, right
        return
    one, other = _cut(left), _cut(right)
    at = there = 0
    for i, j in [*matches(one, other), (len(one), len(other))]:
        if at < i or there < j:
            yield "".join(one[at:i]), "".join(other[there:j])
        if i < len(one):
            yield one[i], other[j]
        at, there = i + 1, j + 1


def _cut(text: str) -> list[str]:
    """After the finest marks that don't make too many parts."""
    for marks in _MARKS:
        if sum(map(text.count, marks)) <= _MOST_PARTS:
            named = re.escape(marks)
            return re.findall(rf"[^{named}]*[{named}]+|[^{named}]+$", text)
    return [text]


def _words(text: str) -> list[str]:
    """Its words and what is between them; none if they are too many."""
    if len(text) > _MOST_WORDS * _LONGEST_WORD:
        return []
    found = _TOKEN.findall(text)
    return found if len(found) <= _MOST_WORDS else []


def _matched(left: list[str], right: list[str]) -> Iterator[Step]:
    for _, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        yield "".join(left[a:b]), "".join(right[c:d])


def _joined(found: Sequence[Step]) -> Iterator[Step]:
    """Without empty stretches, neighbours of one kind as one."""
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
