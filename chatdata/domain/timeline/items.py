"""The values of a timeline."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chatdata.domain.messages.context_blocks import ContextBlock
from chatdata.domain.messages.markers import TurnEnd

Kind = Literal["user", "assistant", "tool", "system", "function", "reasoning", "unknown"]

_KINDS: dict[str, Kind] = {
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "system": "system",
    "developer": "system",
    "function": "function",
    "reasoning": "reasoning",
}


def kind_of(role: str) -> Kind:
    """Returns the kind of a stored role; roles outside the known ones are "unknown"."""
    return _KINDS.get(role, "unknown")


@dataclass(frozen=True, slots=True)
class Under:
    """The call that a tool result answers."""

    ordinal: int
    """The ordinal of the item with the call."""
    call: int
    """The index of the call in that item's calls."""


@dataclass(frozen=True, slots=True)
class CallItem:
    """One entry of tool_calls."""

    id: str | None
    name: str | None
    arguments: str
    """The arguments as stored, or the whole entry if it is damaged."""
    more: str = ""
    """The entry's fields other than id, type, name and arguments, as JSON."""
    damaged: bool = False
    notes: tuple[str, ...] = ()
    answer: int | None = None
    """The ordinal of the item that answers the call in the block right after it."""


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One message of a copy."""

    ordinal: int
    """The index in the timeline."""
    position: int
    """The position as stored, never renumbered."""
    role: str
    kind: Kind
    created_at: datetime | None
    """The time of the message, in UTC; None where it is unknown."""
    gap: float | None
    """The seconds since the previous message, where both times are known."""
    content: str | None
    """The content; for a user, without the context blocks in front of the text."""
    name: str | None = None
    tool_call_id: str | None = None
    refusal: str | None = None
    function_call: str | None = None
    calls: tuple[CallItem, ...] = ()
    under: Under | None = None
    notes: tuple[str, ...] = ()
    """The rules that the message breaks, each as a sentence."""
    extras: tuple[tuple[str, str], ...] = ()
    """Fields of later versions as text, by the store's own name."""
    context: tuple[ContextBlock, ...] = ()
    """The blocks that the assistant's backend put in front of the user's text."""
    ended: TurnEnd | None = None
    """How the turn ended, if a marker in the content says so."""

    @property
    def length(self) -> int:
        """The length of the content in characters."""
        return len(self.content or "")
