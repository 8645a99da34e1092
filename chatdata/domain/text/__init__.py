"""Text rules that every other package builds on: unsafe characters, and the formats of times, counts and JSON.

characters  classes of characters that must not reach a store, a terminal or a screen unchanged
storing     making text safe for a store or a CSV file, and reading long text in chunks
times       timestamps in ISO 8601 and for people
counts      a number with its noun, and a size
json_text   JSON, compact or readable, values that JSON does not have, and why text is not JSON
"""

from chatdata.domain.text.characters import CONTROL_CHARACTERS, LONE_SURROGATES
from chatdata.domain.text.counts import agreeing, count, readable_size
from chatdata.domain.text.json_text import (
    JsonLimits,
    compact_json,
    json_or_text,
    json_value,
    line_of,
    not_json,
    not_json_at_all,
    readable_json,
)
from chatdata.domain.text.storing import CHUNK, chunk, escape_formula, is_queryable, sanitize, sanitize_json
from chatdata.domain.text.times import UNKNOWN_TIME, iso, minute, second

__all__ = [
    "CHUNK",
    "CONTROL_CHARACTERS",
    "LONE_SURROGATES",
    "UNKNOWN_TIME",
    "JsonLimits",
    "agreeing",
    "chunk",
    "compact_json",
    "count",
    "escape_formula",
    "is_queryable",
    "iso",
    "json_or_text",
    "json_value",
    "line_of",
    "minute",
    "not_json",
    "not_json_at_all",
    "readable_json",
    "readable_size",
    "sanitize",
    "sanitize_json",
    "second",
]
