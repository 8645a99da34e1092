"""Finds the messages with text or fields that only the cache has, which are lost when its key expires.

Findings, their sentences, the order of their repairs and the previews of repairs all use this, so that they agree.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from chatdata.domain.drift.comparison import StretchKind
from chatdata.domain.drift.findings.encodings import same_words
from chatdata.domain.drift.findings.truncated import is_beginning
from chatdata.domain.drift.matching.counterparts import is_injected, is_placeholder
from chatdata.domain.drift.matching.equality import key_of, plain_calls, same_json
from chatdata.domain.messages import ChatMessage

_CACHE_ALONE: frozenset[StretchKind] = frozenset({"unsaved_tail", "diverged_tail", "missing_in_db", "only_copy"})
_PAIRED: frozenset[StretchKind] = frozenset(
    {"content_changed", "partial_text", "tool_calls_lost", "tool_calls_stale", "tool_result_stale"}
)
_NOTHING: tuple[Any, ...] = (None, "", ())


def only_in_cache(
    kind: StretchKind, cached: Sequence[ChatMessage], stored: Sequence[ChatMessage]
) -> tuple[ChatMessage, ...]:
    """Returns the cached messages of a stretch that the rows lack in whole or in part."""
    if kind in _CACHE_ALONE:
        return tuple(cached)
    if kind not in _PAIRED:
        return ()
    pairs = zip(cached, stored, strict=False)
    return tuple(one for one, other in pairs if next(only_cached_fields(one, other), None) is not None)


def only_cached_fields(cached: ChatMessage, stored: ChatMessage) -> Iterator[str]:
    """Yields the fields in which a cached message has something that its row lacks."""
    one, other = key_of(cached), key_of(stored)
    if one.content != other.content and _has_more_words(cached, stored):
        yield "content"
    if _has_more_calls(cached, stored):
        yield "tool_calls"
    for field in ("name", "refusal", "function_call", "tool_call_id"):
        value = getattr(one, field)
        if value not in _NOTHING and value != getattr(other, field):
            yield field


def _has_more_words(cached: ChatMessage, stored: ChatMessage) -> bool:
    words, others = key_of(cached).content or "", key_of(stored).content or ""
    if not words.strip() or others.startswith(words) or (is_placeholder(cached) and not is_placeholder(stored)):
        return False
    if cached.role == stored.role == "tool" and is_beginning(words, others):
        return False
    return not same_words(cached, stored) and not is_injected(cached, stored)


def _has_more_calls(cached: ChatMessage, stored: ChatMessage) -> bool:
    """Returns whether a cached call, or a part of one, is missing in the row."""
    rows = list(plain_calls(stored) or ())
    for call in plain_calls(cached) or ():
        same = next((row for row in rows if same_json(call, row) or _is_in(call, row)), None)
        if same is None:
            return True
        rows.remove(same)
    return False


def _is_in(call: Any, row: Any) -> bool:
    """Returns whether the row's call has all keys and values of the cached one."""
    if not isinstance(call, dict) or not isinstance(row, dict):
        return False
    return all(name in row and same_json(value, row[name]) for name, value in call.items() if value is not None)
