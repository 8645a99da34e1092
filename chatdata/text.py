"""Text on its way into a store. Pure.

Rules from the reference system: PostgreSQL refuses NUL in text (22P05), so its writer strips the control
characters that no chat needs; UTF-8 has no lone surrogates, so they become U+FFFD.
"""

import re
from typing import Any

CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]")
LONE_SURROGATES = re.compile(r"[\ud800-\udfff]")
_UNSTORABLE = re.compile(r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F\ud800-\udfff]")


def storable(text: str) -> str:
    """`text` without the control characters [\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\x7F], lone surrogates as U+FFFD."""
    if not _UNSTORABLE.search(text):
        return text
    return LONE_SURROGATES.sub("\ufffd", CONTROL_CHARACTERS.sub("", text))


def storable_json(value: Any) -> Any:
    """`storable` for each string and key inside a JSON value; a new value, nothing is changed in place."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [storable_json(item) for item in value]
    if isinstance(value, dict):
        return {storable(str(key)): storable_json(item) for key, item in value.items()}
    return value
