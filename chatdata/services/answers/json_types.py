"""Values of documents as JSON types, in the one form that all documents have."""

from typing import Any

from chatdata.domain.text import JsonLimits, json_value

_LIMITS = JsonLimits(precision="milliseconds", not_finite=str, deepest=100, too_deep="(nested too deeply to be shown)")


def plain(value: Any) -> Any:
    """Converts a value to JSON types: times to ISO 8601 in UTC with milliseconds, NaN and infinities to text."""
    return json_value(value, _LIMITS)
