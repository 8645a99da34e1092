"""Recognizes a tool result that one copy truncated, with or without a mark that says so."""

import re

_MARK = re.compile(
    r"\W{0,8}(?:…|\.\.\.|(?:output |result |content )?(?:truncated|cut|omitted|trimmed)\b.{0,60})\W{0,8}",
    re.IGNORECASE | re.DOTALL,
)
_SAYS_SO = re.compile(r"…|\.\.\.|\b(?:truncated|cut|omitted|trimmed)\b", re.IGNORECASE)
_NO_WORDS = re.compile(
    r"(?:[\W\d]|\b(?:truncated|cut|off|omitted|trimmed|output|result|response|content|text|rest|more|remaining|characters?"
    r"|chars?|lines?|bytes?|tokens?|[kmg]i?b|of|to|at|after|the|was|were)\b)*",
    re.IGNORECASE,
)
"""A mark that says at most how much was left out."""


def kept(one: str, other: str) -> int:
    """Returns the length of the common beginning if the shorter text is the longer one truncated; otherwise 0."""
    same, rest, shorter = _apart(one, other)
    return same if shorter and (not rest or _MARK.fullmatch(rest) or _is_plain(rest)) else 0


def is_beginning(text: str, whole: str) -> bool:
    """Returns whether a text is a truncated one with no words of its own, since its mark says nothing else."""
    same, rest, shorter = _apart(text, whole)
    return shorter and len(text) < len(whole) and same > 0 and (not rest or _is_plain(rest))


def _is_plain(rest: str) -> bool:
    return bool(_SAYS_SO.search(rest) and _NO_WORDS.fullmatch(rest))


def _apart(one: str, other: str) -> tuple[int, str, bool]:
    """Returns the length of the common beginning, the rest of the shorter text, and whether one text is shorter."""
    short, long = sorted((one, other), key=len)
    same = next((index for index, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    return same, short[same:], bool(short) and len(short) < len(long)
