"""Token counts as a model reports them: the prompt of each turn contains everything before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from chatdata.domain.messages import ChatMessage, Usage

_PER_MESSAGE = 6


@dataclass(frozen=True, slots=True)
class PromptSizes:
    """What an assistant's prompts hold besides the messages, in tokens."""

    instructions: int
    """The system prompt and the definitions of the tools."""
    window: int
    """The context above which the earlier messages are summarised, once the model has answered."""
    summary: int
    """The least that a summary takes."""


PLATFORM = PromptSizes(instructions=28_000, window=100_000, summary=9_000)
"""The platform's own assistant, which is offered all tools."""

ONE_TASK = PromptSizes(instructions=6_000, window=30_000, summary=1_500)
"""An assistant made for one task, with few tools."""


def usage_of(
    messages: Sequence[ChatMessage], reported: Sequence[bool], sizes: PromptSizes, source: Random
) -> list[Usage]:
    """One `Usage` for each assistant message whose item in `reported` is true."""
    usage = []
    context = sizes.instructions + source.randrange(sizes.instructions // 16)
    for message, known in zip(messages, reported, strict=True):
        size = message_tokens(message)
        if message.role == "assistant" and known:
            usage.append(Usage.of(context, max(1, round(size * source.uniform(1.0, 1.12)) + 3)))
        context += size + _PER_MESSAGE
        if context > sizes.window and message.role == "assistant":
            context = sizes.instructions + sizes.summary + source.randrange(sizes.summary // 2)
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
