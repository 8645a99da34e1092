"""The steps that demo conversations are scripted in: messages, tool calls, and which copy has them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from chatdata.domain.messages import ChatMessage
from chatdata.services.demo.draft import Draft
from chatdata.services.demo.people import Person
from chatdata.services.demo.tokens import PLATFORM, PromptSizes

Where = Literal["both", "unsaved", "uncached", "aborted"]
"""unsaved: cache only. uncached: database only. aborted: database rows of an attempt rolled back in memory."""


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call and its result."""

    name: str
    arguments: Mapping[str, Any] | str
    """A string is stored verbatim, which allows damaged arguments."""
    result: Mapping[str, Any] | str | None
    """The tool's result without the session's id, or None if the result is not the next message."""
    id: str | None = None
    """The tool call id, or None to have one generated."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A user message."""

    text: str


@dataclass(frozen=True, slots=True)
class Say:
    """An assistant message without tool calls."""

    text: str


@dataclass(frozen=True, slots=True)
class Use:
    """One assistant message with all these tool calls, followed by their results."""

    calls: tuple[Call, ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A tool result apart from its call: late, repeated, or for a call that does not exist."""

    call_id: str | None
    result: Mapping[str, Any] | str


@dataclass(frozen=True, slots=True)
class Raw:
    """A verbatim message, for cases that no other step covers."""

    message: ChatMessage


@dataclass(frozen=True, slots=True)
class Later:
    """A pause; without hours, it is as long as the script's dates require."""

    hours: float | None = None


@dataclass(frozen=True, slots=True)
class Only:
    """Steps that only one of the two copies has."""

    where: Where
    steps: tuple["Step", ...]


Step = Ask | Say | Use | Result | Raw | Later | Only


def use(*calls: Call, text: str = "") -> Use:
    """A step in which the assistant calls these tools in one message."""
    return Use(calls, text)


def unanswered(call: Call) -> Call:
    """The call without a result message following it."""
    return replace(call, result=None)


def with_id(call: Call, call_id: str) -> Call:
    """The call with this id instead of a generated one."""
    return replace(call, id=call_id)


def raw(role: str, content: str | None = None, **fields: Any) -> Raw:
    """A step that is one message with this role, content and other fields."""
    return Raw(ChatMessage(role=role, content=content, **fields))


def unsaved(*steps: Step) -> Only:
    """Steps whose messages are only in the cache, because their insert failed."""
    return Only("unsaved", steps)


def uncached(*steps: Step) -> Only:
    """Steps whose messages are only in the database, because the cached copy is older."""
    return Only("uncached", steps)


def aborted(*steps: Step) -> Only:
    """Steps whose rows were flushed during an attempt that was then rolled back in memory."""
    return Only("aborted", steps)


@dataclass(frozen=True, slots=True)
class When:
    """When a session took place, and when its document was last cached."""

    days: float
    """Days from the session's start to now; with 0, the start follows from `until`."""
    hour: float = 10.0
    """The start's hour of the day in the user's local time."""
    until: float | None = None
    """Hours from the last save to now, if that save's document is still cached."""
    opened: float | None = None
    """Hours from a later read, which filled the cache again from the rows, to now."""


@dataclass(frozen=True, slots=True)
class Script:
    """The script that a demo session is generated from."""

    slug: str
    """Identifies the session within this package; its ids are derived from it."""
    person: Person
    title: str | None
    when: When
    steps: tuple[Step, ...]
    credentials: tuple[str, ...] = ()
    """Providers that the session has credentials for."""
    usage: bool = True
    """False for a session of a version that did not record tokens."""
    prompts: PromptSizes = PLATFORM
    """What the prompts of the session's assistant hold besides its messages."""
    json_in_json: bool = False
    """True to store tool calls as a JSON string inside the JSON column, as older rows do."""
    fault: Callable[[Draft], None] | None = field(default=None)
    """Damages the finished copies (see chatdata.services.demo.faults)."""
    planted: tuple[str, ...] = ()
    lint: tuple[str, ...] = ()
