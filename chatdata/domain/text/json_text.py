"""JSON in each of the ways that it is written, and values that JSON has."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chatdata.domain.text.times import Precision, iso


def compact_json(value: Any) -> str:
    """On one line without blanks, as the reference system writes documents."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def readable_json(value: Any, indent: int | None = None) -> str:
    """With its text as it is, for people."""
    return json.dumps(value, ensure_ascii=False, indent=indent)


def json_or_text(value: Any) -> str:
    """Text as it is, anything else as JSON, and as Python prints it where JSON has no word for it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


@dataclass(frozen=True, slots=True)
class Limits:
    """What becomes of values that JSON does not have."""

    precision: Precision
    """Of times."""
    not_finite: Callable[[float], str | None]
    """What stands for NaN and infinities."""
    deepest: int
    """Levels that are written."""
    too_deep: str
    """What stands for deeper ones."""


def json_value(value: Any, limits: Limits, depth: int = 0) -> Any:
    """The value with times in ISO 8601, mappings and sequences of any kind as objects and arrays."""
    if isinstance(value, datetime):
        return iso(value, limits.precision)
    if isinstance(value, float) and not math.isfinite(value):
        return limits.not_finite(value)
    if not isinstance(value, Mapping | list | tuple):
        return value
    if depth >= limits.deepest:
        return limits.too_deep
    if isinstance(value, Mapping):
        return {str(key): json_value(item, limits, depth + 1) for key, item in value.items()}
    return [json_value(item, limits, depth + 1) for item in value]
