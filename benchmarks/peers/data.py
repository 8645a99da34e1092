"""Generates the conversations of the comparison, the same for both viewers, from one seed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.content import Speaker
from chatdata import ChatMessage

SEED = 14
ORDINARY = 1_000
LONG = (40, 2_000, 10_000)
"""The numbers of messages of the three conversations that are opened."""
MEAN_BYTES = 600
MEAN_MESSAGES = 27
NEEDLE_AT = 9_900
"""The message, counted from 1, of the longest conversation that has the word to find."""
NEEDLE = "quetzalcoatlus"
"""A word that occurs once in all conversations."""
_START = datetime(2026, 1, 5, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Conversation:
    """A conversation, with the number in its order of time."""

    number: int
    name: str
    messages: tuple[ChatMessage, ...]

    @property
    def started_at(self) -> datetime:
        """When it began: one conversation every ten minutes."""
        return _START + timedelta(minutes=10 * self.number)

    def line(self) -> dict[str, Any]:
        """The conversation as `python -m chatdata import` takes it."""
        return {
            "id": self.name,
            "user_id": f"user-{self.number % 50:03}",
            "title": f"Title of {self.name}",
            "started_at": self.started_at.isoformat(),
            "messages": [message.model_dump(mode="json", exclude_none=True) for message in self.messages],
        }


def long_name(messages: int) -> str:
    """The name of one of the three conversations that are opened."""
    return f"long-{messages}"


def first_words(name: str) -> str:
    """What the first message of a conversation begins with, and nothing else says."""
    return f"opening-of-{name}"


def last_words(name: str) -> str:
    """What the last message of a conversation says, and nothing else does."""
    return f"closing-of-{name}"


def conversations(ordinary: int = ORDINARY, long: tuple[int, ...] = LONG, seed: int = SEED) -> Iterator[Conversation]:
    """Yields the ordinary conversations, then the long ones."""
    speaker = Speaker(seed)
    for number in range(ordinary):
        yield _conversation(speaker, number, f"ordinary-{number:04}", _ordinary_length(speaker))
    for number, length in enumerate(long, start=ordinary):
        yield _conversation(speaker, number, long_name(length), length)


def write(path: Path) -> tuple[int, int]:
    """Writes all conversations as JSON Lines, and returns their number and that of their messages."""
    count = messages = 0
    with path.open("w", encoding="utf-8") as file:
        for conversation in conversations():
            file.write(json.dumps(conversation.line(), ensure_ascii=False) + "\n")
            count, messages = count + 1, messages + len(conversation.messages)
    return count, messages


def _ordinary_length(speaker: Speaker) -> int:
    return min(max(4, int(speaker.rng.lognormvariate(-0.18, 0.6) * MEAN_MESSAGES)), 200)


def _conversation(speaker: Speaker, number: int, name: str, length: int) -> Conversation:
    messages = speaker.talk(length, MEAN_BYTES)
    messages[0] = _begins_with(messages[0], first_words(name))
    messages[-1] = messages[-1].model_copy(update={"content": f"{last_words(name)}: it is done."})
    if length >= NEEDLE_AT:
        messages[NEEDLE_AT - 1] = _begins_with(messages[NEEDLE_AT - 1], NEEDLE)
    return Conversation(number, name, tuple(messages))


def _begins_with(message: ChatMessage, words: str) -> ChatMessage:
    return message.model_copy(update={"content": f"{words}: {message.content}"})
