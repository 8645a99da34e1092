"""Making text safe for a store or a CSV file, and reading long text in chunks. Pure.

Rules from the reference system: PostgreSQL rejects NUL in text (22P05), so the reference system strips the control
characters that no chat needs; UTF-8 cannot encode lone surrogates, so they become U+FFFD.
"""

import math
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from chatdata.domain.text.characters import CONTROL_CHARACTERS, LONE_SURROGATES, UNSTORABLE

CHUNK = 100_000
"""The maximum number of characters that `chunk` returns."""
_LONE_RETURN = re.compile(r"\r(?!\n)")


def sanitize(text: str) -> str:
    """Removes the control characters [\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\x7F] and turns lone surrogates into U+FFFD."""
    if not UNSTORABLE.search(text):
        return text
    return LONE_SURROGATES.sub("\ufffd", CONTROL_CHARACTERS.sub("", text))


def chunk(text: str, offset: int) -> dict[str, Any]:
    """Returns up to `CHUNK` characters from `offset`, with the full length and the next offset (None at the end)."""
    start = min(max(offset, 0), len(text))
    end = min(start + CHUNK, len(text))
    return {
        "text": text[start:end],
        "offset": start,
        "length": len(text),
        "next": end if end < len(text) else None,
    }


def escape_formula(text: str) -> str:
    """Returns the text for a CSV cell; a leading apostrophe keeps spreadsheets from running it as a formula.

    A lone carriage return becomes \\n: CSV writers do not quote it, so it would start a new row.
    """
    inert = f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
    return _LONE_RETURN.sub("\n", inert)


def is_queryable(text: str) -> bool:
    """Returns False for text that no driver can send: NUL (PostgreSQL rejects it) and lone surrogates (not UTF-8)."""
    return "\0" not in text and not LONE_SURROGATES.search(text)


def sanitize_json(value: Any) -> Any:
    """Returns a new JSON value with each string and key passed through `sanitize`.

    NaN and infinities become null, as in the cached document: JSONB cannot hold them. The walk is not recursive,
    since a stored value can be nested more deeply than Python's recursion limit.
    """
    root: list[Any] = []
    pending: list[tuple[Any, Callable[[Any], object]]] = [(value, root.append)]
    while pending:
        item, put = pending.pop()
        if isinstance(item, list | tuple):
            items: list[Any] = [None] * len(item)
            put(items)
            pending += [(inner, partial(items.__setitem__, index)) for index, inner in enumerate(item)]
        elif isinstance(item, dict):
            named = {sanitize(str(key)): inner for key, inner in item.items()}
            put(named)
            pending += [(inner, partial(named.__setitem__, key)) for key, inner in named.items()]
        else:
            put(_storable_leaf(item))
    return root[0]


def _storable_leaf(value: Any) -> Any:
    if isinstance(value, str):
        return sanitize(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value
