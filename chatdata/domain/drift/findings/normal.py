"""Expected differences inside messages that count as equal."""

from collections.abc import Iterator, Mapping
from typing import Any

from chatdata.domain.copies import CachedCopy, CopyMessage
from chatdata.domain.drift.comparison import Stretch
from chatdata.domain.drift.context import CopyPair
from chatdata.domain.drift.findings.expected import ExpectedDifference
from chatdata.domain.drift.kinds import ExpectedRule
from chatdata.domain.drift.matching.equality import calls_of, differ_by, identical
from chatdata.domain.messages import ChatMessage

_TEXTS = ("content", "name", "refusal", "tool_call_id", "role")
_PLAIN = len(ChatMessage.model_fields)
"""The number of keys of a message without those of later versions."""
_ONLY_ROWS = frozenset({"id", "sequence", "created_at", "session_id", "duration_ms"})
"""Keys that later versions write into a cached message as null before its row exists."""


def normal_differences(both: CopyPair) -> Iterator[ExpectedDifference]:
    """Yields the expected differences that were ignored when messages were matched."""
    for stretch in both.parting.equal:
        for one, other in _pairs(both, stretch):
            if not identical(one.message, other.message):
                yield from _between(one, other)
    yield from _unset(both.cached)
    if both.parting.lone_thoughts:
        yield ExpectedDifference("reasoning_rows", count=both.parting.lone_thoughts)
    if left_out := both.parting.set_aside:
        first = both.stored.messages[0]
        yield ExpectedDifference("windowed_cache", None, None, first.position, None, first.message.content, left_out)


def _pairs(both: CopyPair, stretch: Stretch) -> Iterator[tuple[CopyMessage, CopyMessage]]:
    for index, row in zip(stretch.cached, stretch.stored, strict=True):
        yield both.cached.messages[index], both.stored.messages[row]


def _between(one: CopyMessage, other: CopyMessage) -> Iterator[ExpectedDifference]:
    for rule, name, left, right in _parts(one.message, other.message):
        yield ExpectedDifference(rule, name, one.position, other.position, left, right)


def _parts(one: ChatMessage, other: ChatMessage) -> Iterator[tuple[ExpectedRule, str, Any, Any]]:
    for name in _TEXTS:
        left, right = getattr(one, name), getattr(other, name)
        if left != right:
            yield "control_characters", name, left, right
    calls = calls_of(one), calls_of(other)
    values = {
        "tool_calls": calls if calls[0] else (one.tool_calls, other.tool_calls),
        "function_call": (one.function_call, other.function_call),
    }
    for name, (left, right) in values.items():
        if rule := differ_by(left, right):
            yield rule, name, left, right


def _unset(cached: CachedCopy) -> Iterator[ExpectedDifference]:
    items = cached.document.get("messages")
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, Mapping) and len(item) > _PLAIN and _null_keys(item):
            yield ExpectedDifference("unset_row_fields", sorted(_null_keys(item))[0], cache_position=index)


def _null_keys(item: Mapping[str, Any]) -> list[str]:
    return [key for key in _ONLY_ROWS if key in item and item[key] is None]
