"""Text at the bottom of everything: which characters are dangerous, and the one spelling of times, counts and JSON.

characters  the kinds of characters that a store, a terminal or a reader must not get as they are
storing     text on its way into a store, and out of it in pieces
times       moments in ISO 8601 and for people
counts      a number with its noun
json_text   JSON in each of the ways that it is written
"""

from chatdata.domain.text.characters import CONTROL_CHARACTERS, LONE_SURROGATES
from chatdata.domain.text.counts import agreeing, count
from chatdata.domain.text.json_text import Limits, compact_json, json_or_text, json_value, readable_json
from chatdata.domain.text.storing import CHUNK, chunk, escape_formula, is_queryable, sanitize, sanitize_json
from chatdata.domain.text.times import iso, minute, second

__all__ = [
    "CHUNK",
    "CONTROL_CHARACTERS",
    "LONE_SURROGATES",
    "Limits",
    "agreeing",
    "chunk",
    "compact_json",
    "count",
    "escape_formula",
    "is_queryable",
    "iso",
    "json_or_text",
    "json_value",
    "minute",
    "readable_json",
    "sanitize",
    "sanitize_json",
    "second",
]
