"""Values that were parsed from JSON as JSON again, in a fraction of the time that Python's encoder takes."""

from types import NoneType

import msgspec

from chatdata.domain.text import compact_json

_ENCODE = msgspec.json.Encoder().encode
_SCALARS = frozenset({str, int, bool, NoneType})
_KEYS = frozenset({str})


def as_text(value: object) -> str:
    """Text unchanged, and any other value as compact JSON."""
    return value if isinstance(value, str) else as_json(value)


def as_json(value: object) -> str:
    """A value as JSON, character by character as `compact_json` writes it."""
    if _is_simple(value):
        try:
            return _ENCODE(value).decode()
        except (ValueError, RecursionError):  # a lone surrogate, or nested too deeply
            pass
    return compact_json(value)


def _is_simple(value: object) -> bool:
    """Whether a value has no numbers with a fraction, which the two encoders write differently."""
    pending = [value]
    while pending:
        item = pending.pop()
        if type(item) is dict:
            if not _KEYS.issuperset(map(type, item)):
                return False
            if not _SCALARS.issuperset(map(type, item.values())):
                pending += item.values()
        elif type(item) is list:
            if not _SCALARS.issuperset(map(type, item)):
                pending += item
        elif type(item) not in _SCALARS:
            return False
    return True
