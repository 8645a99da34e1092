"""Removes escapes and what logs, terminals and mails add from a pasted error, so that known texts can be found."""

import html
import re
from urllib.parse import unquote

_LONGEST = 200_000
"""The maximum number of characters to search."""
_DEEPEST = 8
"""The maximum number of escape levels; JSON in JSON in a log line has three."""
_CODES = re.compile(
    r"\\u(00(?:22|26|27|3c|3e|60))|(?<!\\)\\+u(20(?:18|19|1c|1d)|[3-9][0-9a-f]{3}|ff[0-9a-f]{2})", re.IGNORECASE
)
"""Escaped quotes and brackets of ASCII; curly quotes, and Chinese, in which GLM writes its errors."""
_SPACES = re.compile(r"(?<!\\)\\+[nrt](?![a-z])")
_ESCAPED = re.compile(r"\\([\"'\\/`])")
_FRAME = re.compile(r"[\s│┃]+")
_COLORS = re.compile(r"(?:\x1b|(?<!\\)\\+(?:u001b|x1b|033|e))\[[0-9;]{0,20}[A-Za-z]", re.IGNORECASE)
_LINE_STARTS = re.compile(
    r"\n[ \t]*(?:(?:>[ \t]?)+|\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]?)"
)
"""What quoting or a log puts before each line of a text that it wraps."""
_PERCENT = re.compile(r"%(?:20|22|27)", re.IGNORECASE)
_QUOTES = str.maketrans(
    {"‘": "'", "’": "'", "“": "'", "”": "'", '"': "'", "`": None, **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff")}
)


def flatten(text: str) -> str:
    """Returns the text on one line with single spaces, plain quotes and no backticks."""
    plain = text[:_LONGEST]
    if _PERCENT.search(plain):
        plain = unquote(plain)
    plain = _LINE_STARTS.sub(" ", _COLORS.sub("", html.unescape(html.unescape(plain))))
    for _ in range(_DEEPEST):
        before = plain
        plain = _ESCAPED.sub(r"\1", _SPACES.sub(" ", _CODES.sub(_character, plain)))
        if plain == before:
            break
    return _FRAME.sub(" ", plain.translate(_QUOTES)).strip()


def _character(code: re.Match[str]) -> str:
    return chr(int(code[1] or code[2], 16))
