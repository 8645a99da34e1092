"""Twins: two versions of one message. Classifies their change and finds them in a stretch."""

import json
from collections import Counter
from collections.abc import Hashable, Sequence

from chatdata.domain.drift.kinds import MessageKind
from chatdata.domain.drift.matching.alignment import Match, matches
from chatdata.domain.drift.matching.equality import MessageKey, key_of, plain_calls, stripped, tokens
from chatdata.domain.messages import ChatMessage
from chatdata.domain.messages.context_blocks import own_words, split_context

_PLACEHOLDERS = frozenset({"operation_pending", "operation_started", "operation_in_progress"})
"""The types of tool results that are placeholders for a pending result."""


def classify_change(cached: ChatMessage, stored: ChatMessage) -> MessageKind:
    """What happened to a message; content_changed for whatever has no kind of its own."""
    if cached.role == stored.role == "user":
        return "context_injected" if is_injected(cached, stored) else "content_changed"
    if cached.role == stored.role == "assistant":
        return "partial_text" if is_partial(cached, stored) else _calls_changed(cached, stored)
    if cached.role == stored.role == "tool" and _id(cached) and _id(cached) == _id(stored):
        return "tool_result_stale" if is_placeholder(cached) != is_placeholder(stored) else "content_changed"
    return "content_changed"


def _calls_changed(cached: ChatMessage, stored: ChatMessage) -> MessageKind:
    in_cache, in_row = _calls(cached), _calls(stored)
    if in_cache == in_row or _uncalling(cached) != _uncalling(stored):
        return "content_changed"
    if in_row <= in_cache:
        return "tool_calls_lost"
    return "tool_calls_stale" if in_cache <= in_row else "content_changed"


def is_injected(cached: ChatMessage, stored: ChatMessage) -> bool:
    """Returns whether the stored user message is context blocks followed by exactly the cached message."""
    blocks, words = split_context(stored.content or "")
    return bool(blocks) and _same_but_content(cached, stored) and stripped(words) == stripped(cached.content)


def is_partial(cached: ChatMessage, stored: ChatMessage) -> bool:
    """Returns whether one assistant message is the beginning of the other, with no calls that the other lacks."""
    one, other = stripped(cached.content) or "", stripped(stored.content) or ""
    (short, shorter), (long, longer) = sorted(((one, cached), (other, stored)), key=lambda side: len(side[0]))
    begins = bool(short.strip()) and long.startswith(short) and bool(long[len(short) :].strip())
    return begins and _same_but_content(cached, stored) and _calls(shorter) <= _calls(longer)


def _same_but_content(cached: ChatMessage, stored: ChatMessage) -> bool:
    """Returns whether the messages are equal except for the content and an assistant's calls."""
    return _uncalling(cached)._replace(content=None) == _uncalling(stored)._replace(content=None)


def counterparts(cached: Sequence[ChatMessage], stored: Sequence[ChatMessage]) -> list[Match]:
    """Returns pairs, in order, that are one message with other tool calls or with added context, or a placeholder and
    its result."""
    left, right = _keys(cached), _keys(stored)
    places = list(left), list(right)
    pairs = matches(list(left.values()), list(right.values()))
    named = [(places[0][i], places[1][j]) for i, j in pairs]
    return [(i, j) for i, j in named if classify_change(cached[i], stored[j]) != "content_changed"]


def is_placeholder(message: ChatMessage) -> bool:
    """Returns whether a tool message is only a placeholder for a pending result."""
    content = message.content or ""
    if '"operation_' not in content:
        return False
    try:
        result = json.loads(content, strict=False)
    except (ValueError, RecursionError):
        return False
    kind = result.get("type") if isinstance(result, dict) else None
    return isinstance(kind, str) and kind in _PLACEHOLDERS


def _keys(messages: Sequence[ChatMessage]) -> dict[int, Hashable]:
    """Returns, by index, what a message has in common with its twin, for the messages that can have a twin."""
    keys: dict[int, Hashable] = {}
    for index, message in enumerate(messages):
        if message.role == "assistant":
            keys[index] = _uncalling(message)
        elif message.role == "user":
            keys[index] = own_words(stripped(message.content) or "")
        elif message.role == "tool" and _id(message):
            keys[index] = _id(message)
    return keys


def _uncalling(message: ChatMessage) -> MessageKey:
    return key_of(message)._replace(tool_calls=())


def _calls(message: ChatMessage) -> Counter[Hashable]:
    return Counter(tokens(call) for call in plain_calls(message) or ())


def _id(message: ChatMessage) -> str | None:
    return stripped(message.tool_call_id) or None
