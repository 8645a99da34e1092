"""JSON as text, compact or readable, and the conversion of values that JSON does not have."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chatdata.domain.text.times import UNKNOWN_TIME, Precision, iso

_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
"""One for all, because json.dumps makes one for each value, which costs more than a short value does."""


def compact_json(value: Any) -> str:
    """Returns JSON on one line without spaces, as the reference system writes documents."""
    return _COMPACT.encode(value)


def readable_json(value: Any, indent: int | None = None) -> str:
    """Returns JSON for people: spaces after separators and non-ASCII text unescaped."""
    return json.dumps(value, ensure_ascii=False, indent=indent)


def json_or_text(value: Any) -> str:
    """Returns text unchanged and any other value as JSON; values that JSON does not have are written with `str`."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def not_json(error: Exception) -> str:
    """Says why text is not JSON, with the column in its line; the line is named by whoever knows where it stands."""
    match error:
        case json.JSONDecodeError(doc=text, pos=at):
            at = min(at, len(text.rstrip()))  # what is cut off ends before the line break behind it
            before = text.rfind("\n", 0, at)
            return f"{not_json_at_all(error)} at column {at - before:,}"
        case UnicodeDecodeError(start=start, encoding=encoding):
            return f"not {encoding.upper()} text: byte {start:,} is wrong"
        case RecursionError():
            return "JSON nested too deeply to be read"
        case _:
            return "JSON with a number too long to be read"


def not_json_at_all(error: json.JSONDecodeError) -> str:
    """Says why text is not JSON without the place, where that is not known."""
    return f"not JSON: {error.msg[:1].lower()}{error.msg[1:].removesuffix(' at').rstrip(': ')}"


def line_of(error: json.JSONDecodeError) -> int:
    """Returns the line in which text stops being JSON, counted from 1."""
    return error.doc.count("\n", 0, min(error.pos, len(error.doc.rstrip()))) + 1


@dataclass(frozen=True, slots=True)
class JsonLimits:
    """How `json_value` converts values that JSON does not have."""

    precision: Precision
    """The precision of timestamps."""
    not_finite: Callable[[float], str | None]
    """Returns the replacement for NaN or an infinity."""
    deepest: int
    """The number of nested levels to convert."""
    too_deep: str
    """The replacement for objects and arrays below the deepest level."""


def json_value(value: Any, limits: JsonLimits, depth: int = 0) -> Any:
    """Returns the value with timestamps in ISO 8601 or null, any mapping as a dict, and lists and tuples as lists."""
    if isinstance(value, datetime):
        return None if value == UNKNOWN_TIME else iso(value, limits.precision)
    if isinstance(value, float) and not math.isfinite(value):
        return limits.not_finite(value)
    if not isinstance(value, Mapping | list | tuple):
        return value
    if depth >= limits.deepest:
        return limits.too_deep
    if isinstance(value, Mapping):
        return {str(key): json_value(item, limits, depth + 1) for key, item in value.items()}
    return [json_value(item, limits, depth + 1) for item in value]
