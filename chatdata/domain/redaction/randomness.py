"""Whether a run of characters looks random, like a generated token, rather than made of words."""

import re

_PIECE = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_SEGMENT = re.compile(r"[A-Za-z0-9]+")
_LOWER = re.compile(r"[a-z]{3,}")
_HEX = re.compile(r"[0-9a-f]{32,}|[0-9A-F]{32,}")
_SHORTEST, _LONG_HEX, _FEWEST_DIGITS = 16, 32, 3
_CHANGES, _MANY_CHANGES, _IN_WORDS = 0.2, 0.3, 0.55
"""Thresholds measured on random base62 of 20 to 40 characters (0.40 on average) and on identifiers (below 0.2)."""


def looks_random(text: str) -> bool:
    """Returns whether the text changes between capitals, small letters and digits more than words and paths do."""
    if len(text) < _SHORTEST:
        return False
    if len(text) >= _LONG_HEX and _HEX.search(text) and not text.isdigit():
        return True
    one_case = text.lower() == text or text.upper() == text
    if one_case and sum(map(str.isdigit, text)) < _FEWEST_DIGITS:
        return False
    segments = _SEGMENT.findall(text)
    letters = sum(map(len, segments))
    if letters < _SHORTEST or len(segments) > letters / 4:
        return False
    changes = (len(_PIECE.findall(text)) - len(segments)) / letters
    if one_case or changes < _CHANGES or changes >= _MANY_CHANGES:
        return changes >= _CHANGES
    return sum(map(len, _LOWER.findall(text))) / letters <= _IN_WORDS
