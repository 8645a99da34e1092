"""Whether a run of characters looks random, like a generated token, rather than made of words."""

import re

_PIECE = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_SEGMENT = re.compile(r"[A-Za-z0-9]+")
_LOWER = re.compile(r"[a-z]{3,}")
_HEX = re.compile(r"[0-9a-f]{32,}|[0-9A-F]{32,}")
_SHORTEST = 16
_CHANGES, _MANY_CHANGES, _IN_WORDS = 0.2, 0.3, 0.55
"""Thresholds measured on random base62 of 20 to 40 characters (0.40 on average) and on identifiers (below 0.2)."""


def looks_random(text: str) -> bool:
    """Returns whether the text changes between capitals, small letters and digits more than words and paths do."""
    if len(text) < _SHORTEST:
        return False
    if _HEX.search(text) and not text.isdigit():
        return True
    segments = _SEGMENT.findall(text)
    letters = sum(map(len, segments))
    if letters < _SHORTEST or len(segments) > letters / 4:
        return False
    digits = sum(map(str.isdigit, text))
    changes = sum(max(len(_PIECE.findall(segment)) - 1, 0) for segment in segments) / letters
    in_words = sum(map(len, _LOWER.findall(text))) / letters
    if text.lower() == text or text.upper() == text:
        return digits >= 3 and changes >= _CHANGES
    return changes >= _MANY_CHANGES or (changes >= _CHANGES and in_words <= _IN_WORDS)
