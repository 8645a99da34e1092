"""Text on its way into a store, and out of it in pieces. Pure.

Rules from the reference system: PostgreSQL refuses NUL in text (22P05), so its writer strips the control
characters that no chat needs; UTF-8 has no lone surrogates, so they become U+FFFD.
"""

import math
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from chatdata.domain.text.characters import CONTROL_CHARACTERS, LONE_SURROGATES, UNSTORABLE

CHUNK = 100_000
"""Characters of one answer of `chunk`."""
_LONE_RETURN = re.compile(r"\r(?!\n)")


def sanitize(text: str) -> str:
    """`text` without the control characters [\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\x7F], lone surrogates as U+FFFD."""
    if not UNSTORABLE.search(text):
        return text
    return LONE_SURROGATES.sub("\ufffd", CONTROL_CHARACTERS.sub("", text))


def chunk(text: str, offset: int) -> dict[str, Any]:
    """`CHUNK` characters from `offset` on: text, offset, length, next (where to go on, None at the end)."""
    start = min(max(offset, 0), len(text))
    end = min(start + CHUNK, len(text))
    return {
        "text": text[start:end],
        "offset": start,
        "length": len(text),
        "next": end if end < len(text) else None,
    }


def escape_formula(text: str) -> str:
    """The text for a cell of a CSV file: spreadsheets run what begins like a formula, so that gets an apostrophe.

    A lone carriage return, which writers of CSV do not quote, would begin a new row with what follows: it becomes \\n.
    """
    inert = f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
    return _LONE_RETURN.sub("\n", inert)


def is_queryable(text: str) -> bool:
    """False for text that no driver can ask for: NUL (PostgreSQL) and lone surrogates (no UTF-8)."""
    return "\0" not in text and not LONE_SURROGATES.search(text)


def sanitize_json(value: Any) -> Any:
    """`sanitize` for each string and key inside a JSON value; a new value, nothing is changed in place.

    NaN and infinities become null, as in the cached document: JSONB has no word for them. Without recursion,
    since a store can hold what is nested as deeply as Python calls.
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
