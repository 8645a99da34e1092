"""The shape of a text: the class of each character, which tells cheaply whether and where a rule can match.

Searching a shape takes far less time than an expression that tries every position of the text, so rules use it to skip
texts without any match, or to visit only the places where one can begin. What matches is always decided by the rule's
own expression.
"""

import re
from collections.abc import Iterable, Iterator
from string import ascii_letters, digits
from typing import AnyStr

LETTERS, DIGITS = ascii_letters, digits
_OTHER, _DIGITS = b" ", digits.encode()
_RUN = re.compile(b"a+")


def classes(*named: tuple[str, str]) -> bytes:
    """Returns a table for `shape` from pairs of a class's letter and its ASCII characters; all others become spaces."""
    table = bytearray(_OTHER * 256)
    for name, characters in named:
        for character in characters.encode("ascii"):
            table[character] = ord(name)
    return bytes(table)


def shape(text: str, table: bytes, left_out: bytes = b"") -> bytes:
    """Returns the class of each character; beyond ASCII, a character has the class of a question mark.

    Positions are those of the text unless characters are left out.
    """
    return text.encode("ascii", "replace").translate(table, left_out)


def has_digit(text: str) -> bool:
    """Returns whether a text has an ASCII digit."""
    raw = text.encode("ascii", "replace")
    return len(raw.translate(None, _DIGITS)) < len(raw)


def places(within: AnyStr, wanted: AnyStr) -> Iterator[int]:
    """Yields all places where a shape has the wanted classes, or a text the wanted word."""
    at = within.find(wanted)
    while at >= 0:
        yield at
        at = within.find(wanted, at + 1)


def runs(shaped: bytes, least: bytes) -> Iterator[tuple[int, int]]:
    """Yields the runs of the class "a" that are not shorter than `least`."""
    at = shaped.find(least)
    while at >= 0:
        run = _RUN.match(shaped, at)
        assert run
        yield run.span()
        at = shaped.find(least, run.end())


def runs_with_digits(shaped: bytes, least: int) -> Iterator[tuple[int, int]]:
    """Yields the runs of the classes "a" and "0" that have a "0" and are not shorter than `least`."""
    at = shaped.find(b"0")
    while at >= 0:
        start, end = shaped.rfind(_OTHER, 0, at) + 1, shaped.find(_OTHER, at)
        end = len(shaped) if end < 0 else end
        if end - start >= least:
            yield start, end
        at = shaped.find(b"0", end)


def matches_at(pattern: re.Pattern[str], text: str, beginnings: Iterable[int]) -> Iterator[re.Match[str]]:
    """Yields what `pattern.finditer` yields, given all places in ascending order where a match can begin."""
    end = 0
    for place in beginnings:
        if place >= end and (found := pattern.match(text, place)):
            yield found
            end = found.end()
