"""The entries of a turn's stream: chunks of the AI SDK's UI stream as JSON, in the field `data` of each entry.

Nothing in a stream is an error here: a chunk of an unknown type keeps its type, and what is no chunk says why.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_FIELD = b"data"


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk of the UI stream."""

    type: str
    values: Mapping[str, Any]
    """The chunk's JSON object, its type included."""

    def text(self, name: str) -> str | None:
        """Returns a value that is a text; None if it is missing or something else."""
        value = self.values.get(name)
        return value if isinstance(value, str) else None

    def number(self, name: str) -> int | None:
        """Returns a value that is a whole number from 0 on; None if it is missing or something else."""
        value = self.values.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


@dataclass(frozen=True, slots=True)
class Damaged:
    """An entry that is no chunk."""

    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class StreamEntry:
    """An entry of a stream."""

    id: str
    """The id that Redis gave it, as in 1771581600123-0."""
    at: datetime | None
    """When it was added, by the id; None for an id without a time."""
    content: Chunk | Damaged


def entry_of(entry_id: bytes, fields: Mapping[bytes, bytes] | None) -> StreamEntry:
    """Returns an entry of the stream, readable or not."""
    name = entry_id.decode("ascii", "replace")
    return StreamEntry(name, _added_at(name), _content(fields or {}))


def _content(fields: Mapping[bytes, bytes]) -> Chunk | Damaged:
    raw = fields.get(_FIELD)
    if raw is None:
        return Damaged("an entry without the field data", "")
    text = raw.decode("utf-8", "replace")
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return Damaged("an entry that is not JSON", text)
    if not isinstance(value, dict) or not isinstance(value.get("type"), str) or not value["type"].strip():
        return Damaged("an entry without a type", text)
    return Chunk(value["type"], value)


def _added_at(entry_id: str) -> datetime | None:
    milliseconds = entry_id.partition("-")[0]
    try:
        return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
