"""Where two texts part, word by word."""

import re
from difflib import SequenceMatcher
from typing import Literal

Piece = tuple[Literal["same", "only"], str]
"""A stretch of a text: also in the other one, or only here."""

_MOST_WORDS = 1_500
_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")


def pieces(one: str, other: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces that add up to them.

    What is equal at both ends is found first; between, words are matched where there are at most 1,500 on each side,
    and stand as one piece beyond.
    """
    first, second = _TOKEN.findall(one), _TOKEN.findall(other)
    start = _common(first, second)
    end = _common(first[start:][::-1], second[start:][::-1])
    left, right = first[start : len(first) - end], second[start : len(second) - end]
    before, after = "".join(first[:start]), "".join(first[len(first) - end :])
    between = _matched(left, right)
    return _joined(before, between[0], after), _joined(before, between[1], after)


def _common(one: list[str], other: list[str]) -> int:
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length


def _matched(left: list[str], right: list[str]) -> tuple[list[Piece], list[Piece]]:
    if len(left) > _MOST_WORDS or len(right) > _MOST_WORDS:
        return [("only", "".join(left))], [("only", "".join(right))]
    ours: list[Piece] = []
    theirs: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        kind: Literal["same", "only"] = "same" if tag == "equal" else "only"
        ours.append((kind, "".join(left[a:b])))
        theirs.append((kind, "".join(right[c:d])))
    return ours, theirs


def _joined(before: str, between: list[Piece], after: str) -> list[Piece]:
    """Without empty pieces, neighbours of one kind as one."""
    found: list[Piece] = []
    for kind, text in (("same", before), *between, ("same", after)):
        if not text:
            continue
        if found and found[-1][0] == kind:
            found[-1] = (found[-1][0], found[-1][1] + text)
        else:
            found.append(("only" if kind == "only" else "same", text))
    return found
