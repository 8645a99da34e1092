"""The words a demo conversation is written in: what was asked, called and said, and which copy has it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from chatdata.domain.messages import ChatMessage
from chatdata.services.demo.draft import Draft
from chatdata.services.demo.people import Person

Where = Literal["both", "unsaved", "uncached", "aborted"]
"""unsaved: cache only. uncached: rows only. aborted: rows of an attempt that was taken back in memory."""


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call and its result."""

    name: str
    arguments: Mapping[str, Any] | str
    """A string is stored as it is, which damaged arguments need."""
    result: Mapping[str, Any] | str | None
    """What the tool answered, without the session's id; None: it never did."""
    id: str | None = None
    """Made up by the writer unless given."""


@dataclass(frozen=True, slots=True)
class Ask:
    """The user writes."""

    text: str


@dataclass(frozen=True, slots=True)
class Say:
    """The assistant answers."""

    text: str


@dataclass(frozen=True, slots=True)
class Use:
    """The assistant calls tools, all in one message, and gets their results."""

    calls: tuple[Call, ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A tool's result on its own: late, again, or for a call that isn't there."""

    call_id: str | None
    result: Mapping[str, Any] | str


@dataclass(frozen=True, slots=True)
class Raw:
    """A message as it is, for what no other step can say."""

    message: ChatMessage


@dataclass(frozen=True, slots=True)
class Later:
    """Time passes; without hours as much as the script's dates leave."""

    hours: float | None = None


@dataclass(frozen=True, slots=True)
class Only:
    """Steps that one copy has and the other hasn't."""

    where: Where
    steps: tuple["Step", ...]


Step = Ask | Say | Use | Result | Raw | Later | Only


def use(*calls: Call, text: str = "") -> Use:
    """The assistant calls these tools together."""
    return Use(calls, text)


def unanswered(call: Call) -> Call:
    """The call whose result is not the next message."""
    return replace(call, result=None)


def with_id(call: Call, call_id: str) -> Call:
    """The call with this id instead of one that the writer makes up."""
    return replace(call, id=call_id)


def raw(role: str, content: str | None = None, **fields: Any) -> Raw:
    """Any message."""
    return Raw(ChatMessage(role=role, content=content, **fields))


def unsaved(*steps: Step) -> Only:
    """Messages whose insert failed: the cache has them, the database hasn't."""
    return Only("unsaved", steps)


def uncached(*steps: Step) -> Only:
    """Messages that an older copy in the cache lacks."""
    return Only("uncached", steps)


def aborted(*steps: Step) -> Only:
    """Messages flushed in the middle of an attempt that was then rolled back in memory."""
    return Only("aborted", steps)


@dataclass(frozen=True, slots=True)
class When:
    """When a session took place, and until when its document is cached."""

    days: float
    """Days before now of the start; 0: it follows from `until`."""
    hour: float = 10.0
    """The user's local hour of the start."""
    until: float | None = None
    """Hours before now of the last save, whose document is still cached."""
    opened: float | None = None
    """Hours before now at which reading it filled the cache again."""


@dataclass(frozen=True, slots=True)
class Script:
    """A session as it is written down here."""

    slug: str
    """Names the session in this package and makes its ids."""
    person: Person
    title: str | None
    when: When
    steps: tuple[Step, ...]
    credentials: tuple[str, ...] = ()
    """Providers that the session has credentials of."""
    usage: bool = True
    """False: the session is of a version that didn't record tokens."""
    json_in_json: bool = False
    """Older rows hold their tool calls as a JSON string inside the JSON column."""
    fault: Callable[[Draft], None] | None = field(default=None)
    """What went wrong afterwards (chatdata.services.demo.faults)."""
    planted: tuple[str, ...] = ()
    lint: tuple[str, ...] = ()
