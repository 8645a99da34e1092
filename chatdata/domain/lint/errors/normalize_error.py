"""A pasted error made plain: escapes of JSON, Python, HTML and terminals undone, so that texts can be found in it."""

import html
import re

_LONGEST = 200_000
"""Characters that are looked at."""
_DEEPEST = 8
"""JSON in JSON in a log line is three."""
_CODES = re.compile(r"\\u00(22|26|27|3c|3e|60)", re.IGNORECASE)
_SPACES = re.compile(r"\\[nrt](?![a-z])")
_ESCAPED = re.compile(r"\\([\"'\\/`])")
_FRAME = re.compile(r"[\s│┃]+")
_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": "'", "”": "'", '"': "'", "`": None})


def flatten(text: str) -> str:
    """Single spaces, plain quotes, no backticks."""
    plain = html.unescape(text[:_LONGEST])
    for _ in range(_DEEPEST):
        before = plain
        plain = _ESCAPED.sub(r"\1", _SPACES.sub(" ", _CODES.sub(_character, plain)))
        if plain == before:
            break
    return _FRAME.sub(" ", plain.translate(_QUOTES)).strip()


def _character(code: re.Match[str]) -> str:
    return chr(int(code[1], 16))
