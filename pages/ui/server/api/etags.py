"""ETags of answers: weak ones, which stay the same while nothing but the time of reading changes.

What differs at each reading is left out by its place, never by its name alone, since a conversation may have fields of
these names.
"""

import json
from hashlib import sha256
from typing import Any

Place = tuple[str, ...]
_ITEM = "*"
"""Any item of a list."""
_VOLATILE: frozenset[Place] = frozenset(
    {
        ("read_at",),
        ("as_of",),
        ("sessions", _ITEM, "ttl_seconds"),
        ("cache", "ttl_seconds"),
        ("copies", "cache", "ttl_seconds"),
    }
)
"""Fields that differ at each reading."""
_FROM_THE_TTL: frozenset[Place] = frozenset(
    {
        ("cache", "expires_at"),
        ("cache", "last_written_at"),
        ("copies", "cache", "expires_at"),
        ("copies", "cache", "last_written_at"),
        ("findings", _ITEM, "expires_at"),
        ("pending", _ITEM, "expires_at"),
    }
)
"""Times that are computed from the time to live, a little different at each reading."""
_DEEPEST = max(map(len, _VOLATILE | _FROM_THE_TTL))
_TO_THE_MINUTE = 16
"""Characters of a time in ISO 8601."""


def tag_of(document: dict[str, Any]) -> str:
    """The ETag of an answer. The rest of one value, which a pointer asked for, is tagged as it is."""
    steady = document if "pointer" in document else _steady(document, ())
    return f'W/"{sha256(json.dumps(steady).encode("ascii")).hexdigest()[:32]}"'


def is_known(tag: str, if_none_match: str) -> bool:
    """Whether a program that sends this header has the answer; tags are compared weakly (RFC 9110)."""
    listed = [one.strip() for one in if_none_match.split(",")]
    return "*" in listed or tag.removeprefix("W/") in {one.removeprefix("W/") for one in listed}


def _steady(value: Any, place: Place) -> Any:
    """The value without what differs at each reading; times from the TTL to the minute."""
    if len(place) >= _DEEPEST:
        return value
    if isinstance(value, list):
        return [_steady(item, (*place, _ITEM)) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: _field(item, (*place, name)) for name, item in value.items() if (*place, name) not in _VOLATILE}


def _field(value: Any, place: Place) -> Any:
    if place in _FROM_THE_TTL and isinstance(value, str):
        return value[:_TO_THE_MINUTE]
    return _steady(value, place)
