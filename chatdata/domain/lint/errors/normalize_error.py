"""Removes the escapes of JSON, Python, HTML and terminals from a pasted error, so that known texts can be found."""

import html
import re

_LONGEST = 200_000
"""The maximum number of characters to search."""
_DEEPEST = 8
"""The maximum number of escape levels; JSON in JSON in a log line has three."""
_CODES = re.compile(r"\\u00(22|26|27|3c|3e|60)", re.IGNORECASE)
_SPACES = re.compile(r"(?<!\\)\\+[nrt](?![a-z])")
_ESCAPED = re.compile(r"\\([\"'\\/`])")
_FRAME = re.compile(r"[\s│┃]+")
_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": "'", "”": "'", '"': "'", "`": None})


def flatten(text: str) -> str:
    """Returns the text on one line with single spaces, plain quotes and no backticks."""
    plain = html.unescape(text[:_LONGEST])
    for _ in range(_DEEPEST):
        before = plain
        plain = _ESCAPED.sub(r"\1", _SPACES.sub(" ", _CODES.sub(_character, plain)))
        if plain == before:
            break
    return _FRAME.sub(" ", plain.translate(_QUOTES)).strip()


def _character(code: re.Match[str]) -> str:
    return chr(int(code[1], 16))
