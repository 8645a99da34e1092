"""What a reader returns: conversations in this project's terms, and an account of what they do not hold."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, NamedTuple

from chatdata.domain.dialects.unheld import may_be_said
from chatdata.domain.messages import ChatMessage, Usage
from chatdata.domain.text import count

Dialect = Literal[
    "openai-chat",
    "openai-responses",
    "anthropic-messages",
    "gemini-contents",
    "bedrock-converse",
    "langchain",
    "ai-sdk-ui",
    "ai-sdk-model",
    "chatgpt",
    "claude-ai",
    "sharegpt",
    "litellm",
    "langfuse",
    "helicone",
    "claude-code",
    "codex",
    "pydantic-ai",
    "open-webui",
    "librechat",
    "otel-genai",
    "tau-bench",
    "swe-agent",
    "inspect",
]

Kind = Literal[
    "thinking",
    "signature",
    "image",
    "audio",
    "file",
    "unknown_block",
    "branch",
    "event",
    "count",
    "key",
    "changed_text",
    "repeated_key",
]
"""branch: a message outside the current branch; event: a line of a session log that is no message;
count: a value that is not a token count, which a remark names; changed_text: a text with characters that the stores
can't hold; repeated_key: a value that a later one of the same key in the same object replaced."""

_NOUNS: dict[Kind, tuple[str, str]] = {
    "thinking": ("thinking block", "thinking blocks"),
    "signature": ("signature", "signatures"),
    "image": ("image", "images"),
    "audio": ("audio recording", "audio recordings"),
    "file": ("file", "files"),
    "unknown_block": ("content block of unknown kind", "content blocks of unknown kind"),
    "branch": ("message of another branch", "messages of other branches"),
    "event": ("event that is no message", "events that are no messages"),
}
CountName = Literal["prompt", "completion", "total", "cached"]
"""A count of a turn: the tokens of its prompt and its completion, their total, and the cached part of the prompt."""
SPOKEN: frozenset[Kind] = frozenset(
    {"thinking", "image", "audio", "file", "unknown_block", "branch", "changed_text", "repeated_key"}
)
"""The kinds that were part of what was said; of a key, `ReadConversation.doubtful` tells it."""


class InvalidConversation(Exception):
    """Raised for a value that is not a conversation; the message says why and never quotes the conversation."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A part of the input that a conversation does not hold, or holds only as a note in its text."""

    kind: Kind
    place: str
    """Where it stands in the input, as in messages[3].content[0]."""
    value: object
    """The part as it was given."""
    name: str = ""
    """The key, as safe text, where the kind is key or repeated_key; what was changed, where it is changed_text."""


@dataclass(frozen=True, slots=True)
class UnknownCount:
    """A token count that the input has no valid value for, although it tells counts there."""

    count: CountName
    place: str
    """Where it should stand in the input, as in messages[3].usage.completion_tokens."""
    reason: str
    """Why it is unknown; it quotes nothing."""


class ReadMessage(NamedTuple):
    """A message with what its format tells about it beyond the words; a tuple, since files have millions of them."""

    message: ChatMessage
    id: str | None = None
    time: datetime | None = None
    model: str | None = None
    usage: Usage | None = None
    place: str = ""
    """Where it stands in the input, as in messages[3] or, for a result among blocks, messages[3].content[0].

    Empty where the format has no such place.
    """
    calls_at: tuple[str, ...] = ()
    """The place of each of its calls, for formats in which a call is a block or an item."""


@dataclass(frozen=True)
class ReadConversation:
    """A conversation as one format holds it, in this project's terms."""

    dialect: Dialect
    messages: tuple[ReadMessage, ...]
    id: str | None = None
    user: str | None = None
    title: str | None = None
    started: datetime | None = None
    updated: datetime | None = None
    model: str | None = None
    usage: tuple[Usage, ...] = ()
    """The counts of each turn; a count that is unknown is 0 here and named in `unknown` and `remarks`."""
    mappings: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    """The objects that a cached document has beside its messages: credentials, runs and schedules."""
    left_out: tuple[LeftOut, ...] = ()
    remarks: tuple[str, ...] = ()
    """Sentences about values that were made or are unknown; they quote nothing."""
    unknown: tuple[UnknownCount, ...] = ()
    """The counts that `usage` holds as 0, or does not hold, because they are unknown."""

    @cached_property
    def doubtful(self) -> frozenset[str]:
        """The places of keys that no reader knows and whose values may have been said; what messages repeat has not."""
        keys = [item for item in self.left_out if item.kind == "key"]
        if not keys:
            return frozenset()
        held = {(item.message.content or "").strip() for item in self.messages}
        return frozenset(item.place for item in keys if may_be_said(item.name, item.value, held))

    @property
    def spoken(self) -> tuple[LeftOut, ...]:
        """The parts that the messages do not hold and that were part of what was said, or may have been."""
        return tuple(item for item in self.left_out if item.kind in SPOKEN or _is_doubtful(item, self.doubtful))


def sentences(left_out: Iterable[LeftOut], doubtful: Container[str] = ()) -> list[str]:
    """One sentence per kind of part, and per key, with the count and the first place; they quote nothing.

    `doubtful` are the places of keys whose values may have been said, as `ReadConversation.doubtful` has them.
    """
    counted: Counter[tuple[Kind, str, bool, bool]] = Counter()
    first: dict[tuple[Kind, str, bool, bool], str] = {}
    for item in left_out:
        if item.kind != "count":
            group = (item.kind, item.name, _of_message(item), _is_doubtful(item, doubtful))
            counted[group] += 1
            first.setdefault(group, item.place)
    return [
        _sentence(kind, name, of_message, number, first[kind, name, of_message, maybe]) + (_MAYBE_SAID if maybe else "")
        for (kind, name, of_message, maybe), number in counted.items()
    ]


_MAYBE_SAID = ", and may have been part of what was said"


def _is_doubtful(item: LeftOut, doubtful: Container[str]) -> bool:
    return item.kind == "key" and item.place in doubtful


def _of_message(item: LeftOut) -> bool:
    return item.kind == "key" and "[" in item.place


def _sentence(kind: Kind, name: str, of_message: bool, number: int, place: str) -> str:
    if kind == "key":
        whose = f"the key {name} of {count(number, 'message')}"
        return f"{whose} has no place in the stores" if of_message else _key_sentence(place)
    if kind == "repeated_key":
        last = "the last value is stored" if number == 1 else "the last values are stored"
        objects = "in one object" if number == 1 else f"{number:,} times in the same object"
        return f"the key {name} is repeated {objects}: {last} ({'at' if number == 1 else 'first at'} {place})"
    if kind == "changed_text":
        return f"{name} in {count(number, 'text')} ({'at' if number == 1 else 'first at'} {place})"
    one, many = _NOUNS[kind]
    verb, where = ("has", "at") if number == 1 else ("have", "first at")
    return f"{count(number, one, many)} {verb} no place in the stores ({where} {place})"


def _key_sentence(place: str) -> str:
    what = place if "." in place else f"the key {place}"
    return f"{what} has no place in the stores"
