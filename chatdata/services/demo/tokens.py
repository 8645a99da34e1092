"""Token counts as a model reports them: the prompt of each turn contains everything before it."""

from collections.abc import Sequence
from random import Random

from chatdata.domain.messages import ChatMessage, Usage

_INSTRUCTIONS = 6_300
"""Tokens of the platform's system prompt and tool definitions."""
_PER_MESSAGE = 6
_WINDOW = 180_000
"""Tokens of context above which the platform summarises the earlier messages."""
_SUMMARY = 9_000


def usage_of(messages: Sequence[ChatMessage], reported: Sequence[bool], source: Random) -> list[Usage]:
    """One `Usage` for each assistant message whose item in `reported` is true."""
    usage = []
    context = _INSTRUCTIONS + source.randrange(400)
    for message, known in zip(messages, reported, strict=True):
        size = message_tokens(message)
        if message.role == "assistant" and known:
            usage.append(Usage.of(context, max(1, round(size * source.uniform(1.0, 1.12)) + 3)))
        context += size + _PER_MESSAGE
        if context > _WINDOW:
            context = _INSTRUCTIONS + _SUMMARY + source.randrange(4_000)
    return usage


def message_tokens(message: ChatMessage) -> int:
    """An estimate of the tokens of a message's text and tool calls."""
    calls = sum(
        text_tokens(str(call.get("function", {}).get("arguments", ""))) + 12
        for call in message.tool_calls or ()
        if isinstance(call, dict)
    )
    return text_tokens(message.content or "") + calls


def text_tokens(text: str) -> int:
    """An estimate of a text's tokens: four characters per token in ASCII, 1.6 in other scripts."""
    other = len(text) if not text.isascii() else 0
    if other:
        other = sum(character > "\x7f" for character in text)
    return (len(text) - other) // 4 + int(other / 1.6)
