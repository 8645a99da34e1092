"""The formats, in the order in which they are tried: the one with the most special keys first."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

from chatdata.domain.dialects import anthropic, openai_chat
from chatdata.domain.dialects.bodies import Body, read_body
from chatdata.domain.dialects.fields import shown_key
from chatdata.domain.dialects.shape import Shape, shape_of
from chatdata.domain.dialects.values import Conversation, Dialect, InvalidConversation

_SHOWN_KEYS = 8


@dataclass(frozen=True, slots=True)
class Format:
    """One format: by what it is recognised, and how it is read."""

    name: Dialect
    title: str
    keys: tuple[str, ...]
    """The keys by which people know it, for the sentence about an unknown format."""
    recognises: Callable[[Shape], bool]
    read: Callable[[object], list[Conversation | InvalidConversation]]


def _body(body: Body) -> Callable[[object], list[Conversation | InvalidConversation]]:
    return lambda value: [read_body(value, body)]


FORMATS: tuple[Format, ...] = (
    Format(
        "anthropic-messages",
        "Anthropic Messages",
        ("system", "messages", "role", "content", "max_tokens"),
        anthropic.recognises,
        _body(Body("anthropic-messages", anthropic.messages, system_keys=("system",))),
    ),
    Format(
        "openai-chat",
        "OpenAI chat",
        ("messages", "role", "content", "tool_calls", "model", "choices"),
        openai_chat.recognises,
        _body(Body("openai-chat", openai_chat.messages)),
    ),
)
_BY_NAME = {item.name: item for item in FORMATS}
DIALECTS: tuple[Dialect, ...] = get_args(Dialect)


def recognise(value: object) -> Dialect | None:
    """The format of a parsed JSON value; None if no reader recognises it."""
    shape = shape_of(value)
    return next((item.name for item in FORMATS if item.recognises(shape)), None)


def read(value: object, dialect: Dialect | None = None) -> list[Conversation | InvalidConversation]:
    """The conversations in a value, in the format that is given or recognised.

    Most values hold one; a file of an evaluation holds several, of which an unreadable one is an InvalidConversation
    that says why. Raises InvalidConversation when the value as a whole can't be read.
    """
    found = dialect or recognise(value)
    if found is None:
        raise InvalidConversation(unknown_format(value))
    return _BY_NAME[found].read(value)


def unknown_format(value: object) -> str:
    """Says which keys were found in a value that no reader recognises, and the nearest format."""
    if not isinstance(value, dict | list):
        return "not a conversation: an object with messages, or a list of messages, is expected"
    shape = shape_of(value)
    keys = sorted(shape.keys or shape.item_keys)
    if not keys:
        return "there is no list of messages"
    shown = ", ".join(shown_key(key) for key in keys[:_SHOWN_KEYS]) + (", …" if len(keys) > _SHOWN_KEYS else "")
    return f"there is no list of messages in a known format; its keys are {shown}; {_nearest(frozenset(keys))}"


def _nearest(keys: frozenset[str]) -> str:
    best = max(FORMATS, key=lambda item: len(keys & set(item.keys)) / len(item.keys))
    if not keys & set(best.keys):
        return "none of them is a key of a known format"
    missing = ", ".join(key for key in best.keys if key not in keys)
    return f"the nearest format is {best.title}, which has {missing} too"
