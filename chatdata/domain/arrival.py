"""Finds out where the words of a streamed turn are by now: only in the stream, or in the cache or the database too.

Texts are compared without white space and control characters, which writers strip or convert. A tool result counts as
arrived if its message is there and is not a placeholder, whatever its text: backends truncate and rewrite results.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chatdata.domain.copies import Absent, CachedCopy, Copies, CopyMessage, StoredCopy
from chatdata.domain.messages import in_utc
from chatdata.domain.streams import Part, StreamedCall, StreamedTurn, TextPart

_SKEW = timedelta(seconds=10)
"""How much earlier than its task a message of the turn may seem to have been saved."""
_LEFT_OUT = re.compile(r"[\s\x00-\x1f\x7f]+")
_CERTAIN = 24
"""Characters: the beginning of a text counts as arrived if the copy's message ends there, or it is this long."""


@dataclass(frozen=True, slots=True)
class PartArrival:
    """How much of a part each copy has; None if that can't be known."""

    size: int
    """The characters of a text; for a call 1 for itself and 1 for its result; 0 for what no copy would have."""
    database: int | None = 0
    cache: int | None = 0

    @property
    def unsaved(self) -> int:
        """How much of it neither copy has; 0 while that is unknown."""
        if self.database is None or self.cache is None:
            return 0
        return self.size - max(self.database, self.cache)


def arrivals(turn: StreamedTurn, copies: Copies) -> tuple[PartArrival, ...]:
    """Returns where each part of the turn's output is by now."""
    began = turn.task.created_at or (None if turn.output is None else turn.output.began_at)
    stored, cached = _stored_since(copies, began), _cached_since(copies, began)
    parts = () if turn.output is None else turn.output.parts
    in_rows, in_cache = _found(parts, stored), _found(parts, cached)
    sizes = [_size(part) for part in parts]
    return tuple(map(PartArrival, sizes, in_rows, in_cache))


def _stored_since(copies: Copies, began: datetime | None) -> "_Arrived | None":
    if isinstance(copies.stored, Absent):
        return _Arrived((), ())
    if not isinstance(copies.stored, StoredCopy):
        return None
    messages = copies.stored.messages
    return _Arrived(messages, [item for item in messages if _is_since(item, began)])


def _cached_since(copies: Copies, began: datetime | None) -> "_Arrived | None":
    """The cached messages; of a document without times, those that come after the rows from before the turn."""
    if isinstance(copies.cached, Absent):
        return _Arrived((), ())
    if not isinstance(copies.cached, CachedCopy):
        return None
    messages, first = copies.cached.messages, 0
    if isinstance(copies.stored, StoredCopy):
        first = sum(not _is_since(item, began) for item in copies.stored.messages)
        if len(messages) < first:  # an older or a shortened document, whose positions tell nothing
            first = 0
    since = [
        item for item in messages if (_is_since(item, began) if item.created_at is not None else item.position >= first)
    ]
    return _Arrived(messages, since)


def _is_since(item: CopyMessage, began: datetime | None) -> bool:
    return began is None or item.created_at is None or in_utc(item.created_at) >= began - _SKEW


class _Arrived:
    """The messages of one copy that the turn may have produced."""

    def __init__(self, messages: Sequence[CopyMessage], since: Iterable[CopyMessage]) -> None:
        self.calls, self.results = _calls_and_results(messages)
        self.text = ""
        self.ends: set[int] = set()
        for item in since:
            if item.message.role == "assistant" and item.message.content:
                self.text += _dense(item.message.content)
                self.ends.add(len(self.text))

    def prefix(self, text: str) -> int:
        """The number of leading characters of a dense text that are there."""
        if text in self.text:
            return len(text)
        low, high = 0, len(text)
        while low < high:  # where a beginning is found, each shorter one is
            middle = (low + high + 1) // 2
            low, high = (middle, high) if text[:middle] in self.text else (low, middle - 1)
        return low if low >= _CERTAIN or self._stops(text, low) else self._longest_stop(text, low)

    def _stops(self, text: str, size: int) -> bool:
        at = self.text.find(text[:size]) if size else -1
        while at >= 0:
            if at + size in self.ends:
                return True
            at = self.text.find(text[:size], at + 1)
        return False

    def _longest_stop(self, text: str, most: int) -> int:
        return next((size for size in range(most - 1, 0, -1) if self._stops(text, size)), 0)


def _calls_and_results(messages: Sequence[CopyMessage]) -> tuple[frozenset[str], frozenset[str]]:
    calls, results = set(), set()
    for item in messages:
        for call in item.message.tool_calls or ():
            if isinstance(call, dict) and isinstance(call.get("id"), str):
                calls.add(call["id"])
        if item.message.role == "tool" and item.message.tool_call_id and not is_pending(item.message.content):
            results.add(item.message.tool_call_id)
    return frozenset(calls), frozenset(results)


def is_pending(content: object) -> bool:
    """Returns whether a tool's result says only that the real one comes later."""
    if isinstance(content, str):
        if '"operation_' not in content:
            return False
        try:
            content = json.loads(content, strict=False)
        except (ValueError, RecursionError):
            return False
    kind = content.get("type") if isinstance(content, dict) else None
    return kind in ("operation_pending", "operation_started", "operation_in_progress")


def _found(parts: Sequence[Part], arrived: _Arrived | None) -> list[int | None]:
    if arrived is None:
        return [None] * len(parts)
    return [_one(part, arrived) for part in parts]


def _one(part: Part, arrived: _Arrived) -> int:
    if isinstance(part, TextPart):
        return _sparse(part.text, arrived.prefix(_dense(part.text)))
    if isinstance(part, StreamedCall):
        answered = part.answered and (part.id in arrived.results or is_pending(part.output))
        return (part.called and part.id in arrived.calls) + answered
    return 0


def _size(part: Part) -> int:
    if isinstance(part, TextPart):
        return len(part.text) if _dense(part.text) else 0
    return part.called + part.answered if isinstance(part, StreamedCall) else 0


def _dense(text: str) -> str:
    return _LEFT_OUT.sub("", text)


def _sparse(text: str, dense: int) -> int:
    """The number of characters of a text up to so many of its dense form, white space after them included."""
    if not dense:
        return 0
    left = dense
    for at, character in enumerate(text):
        if _LEFT_OUT.match(character):
            continue
        if not left:
            return at
        left -= 1
    return len(text)
