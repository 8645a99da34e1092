"""What a writer returns: the body that an API takes, and an account of each payload message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from chatdata.domain.dialects.values import Dialect
from chatdata.domain.text import count

ApiFormat = Literal["openai", "responses", "anthropic", "gemini", "bedrock"]
API_FORMATS: tuple[ApiFormat, ...] = get_args(ApiFormat)
DIALECT_OF: Mapping[ApiFormat, Dialect] = {
    "openai": "openai-chat",
    "responses": "openai-responses",
    "anthropic": "anthropic-messages",
    "gemini": "gemini-contents",
    "bedrock": "bedrock-converse",
}
"""The reader of each format."""

ChangeKind = Literal[
    "system_moved",
    "system_moved_up",
    "developer_as_system",
    "turns_joined",
    "results_grouped",
    "name_dropped",
    "id_dropped",
    "function_as_tool",
    "refusal_as_text",
    "arguments_no_object",
    "arguments_filled_in",
    "arguments_altered",
    "result_as_object",
    "result_wrapped",
    "result_without_name",
    "empty_dropped",
]
"""system_moved_up: it stood after other messages, and is now read before them; arguments_no_object: the API wants an
object, and the text is written unchanged; arguments_altered: a repeated key or a number was lost by parsing."""

SERIOUS: frozenset[ChangeKind] = frozenset(
    {
        *("system_moved_up", "developer_as_system", "name_dropped", "id_dropped", "arguments_altered", "empty_dropped"),
        *("arguments_no_object", "result_without_name"),
    }
)
"""The changes after which the body can no longer tell what the payload said, or the API rejects it."""

_NOUNS: dict[ChangeKind, tuple[str, str]] = {
    "system_moved": ("system message is moved out of the messages", "system messages are moved out of the messages"),
    "system_moved_up": (
        "system message is moved in front of messages that it followed",
        "system messages are moved in front of messages that they followed",
    ),
    "developer_as_system": (
        "developer message becomes a system prompt",
        "developer messages become system prompts",
    ),
    "turns_joined": ("message is joined to the turn before it", "messages are joined to the turn before them"),
    "results_grouped": (
        "tool result is grouped with the results before it",
        "tool results are grouped with the results before them",
    ),
    "name_dropped": ("name is dropped", "names are dropped"),
    "id_dropped": ("empty ID is dropped", "empty IDs are dropped"),
    "function_as_tool": (
        "function call or result is written as a tool call or result",
        "function calls and results are written as tool calls and results",
    ),
    "refusal_as_text": ("refusal is written as text", "refusals are written as text"),
    "arguments_no_object": (
        "call has arguments that are not a JSON object, which the API rejects",
        "calls have arguments that are not a JSON object, which the API rejects",
    ),
    "arguments_filled_in": (
        "call has empty arguments, written as {}",
        "calls have empty arguments, written as {}",
    ),
    "arguments_altered": ("call has arguments that parsing alters", "calls have arguments that parsing alters"),
    "result_as_object": ("tool result is written as an object", "tool results are written as objects"),
    "result_wrapped": (
        "tool result is wrapped in an object, under result",
        "tool results are wrapped in objects, under result",
    ),
    "result_without_name": (
        "tool result has no function name, because no call has its ID",
        "tool results have no function name, because no call has their ID",
    ),
    "empty_dropped": ("empty message is dropped", "empty messages are dropped"),
}


@dataclass(frozen=True, slots=True)
class TranslationChange:
    """A difference between a payload message and what an API gets for it."""

    kind: ChangeKind
    field: str
    """The field of the payload message, such as tool_calls[1].function.arguments; empty for the whole message."""
    detail: str
    """An explanation for a person that quotes nothing from the conversation."""

    @property
    def is_serious(self) -> bool:
        """Whether something is lost, or the API rejects what is written."""
        return self.kind in SERIOUS


@dataclass(frozen=True, slots=True)
class Written:
    """Where one payload message is in the body, and what was changed."""

    index: int
    """The position in the payload."""
    role: str | None
    """The role in the body; None for an item without one, and for a message that the body does not hold."""
    places: tuple[str, ...]
    """Paths in the body, such as messages[3].content[0]; none for a message that the body does not hold."""
    parts: tuple[Any, ...]
    """The values at these places."""
    changes: tuple[TranslationChange, ...]


@dataclass(frozen=True, slots=True)
class Translation:
    """A payload as another API gets it."""

    form: ApiFormat
    body: dict[str, Any]
    """The conversation of the request; model, tools and settings are not part of it."""
    messages: tuple[Written, ...]
    """One entry per payload message, in the order of the payload."""


def summary(messages: Sequence[Written]) -> list[str]:
    """Returns one sentence per kind of change, with its count and the first payload message."""
    counts: dict[ChangeKind, int] = {}
    first: dict[ChangeKind, str] = {}
    for message in messages:
        for change in message.changes:
            counts[change.kind] = counts.get(change.kind, 0) + 1
            field = f".{change.field}" if change.field else ""
            first.setdefault(change.kind, f"messages[{message.index}]{field}")
    return [_sentence(kind, number, first[kind]) for kind, number in counts.items()]


def _sentence(kind: ChangeKind, number: int, place: str) -> str:
    where = "payload" if number == 1 else "first in the payload:"
    return f"{count(number, *_NOUNS[kind])} ({where} {place})"
