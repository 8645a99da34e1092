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
    """The kind of a stored role; the set of roles is open."""
    return _KINDS.get(role, "unknown")


@dataclass(frozen=True, slots=True)
class Under:
    """The call that a tool result answers."""

    ordinal: int
    """Of the item with the call."""
    call: int
    """Index in that item's calls."""


@dataclass(frozen=True, slots=True)
class CallItem:
    """One entry of tool_calls."""

    id: str | None
    name: str | None
    arguments: str
    """As stored; of a damaged entry all of it."""
    more: str = ""
    """What else the entry holds beside id, type, name and arguments, as JSON."""
    damaged: bool = False
    notes: tuple[str, ...] = ()
    answer: int | None = None
    """Ordinal of the item that answers it in the block right after the call."""


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One message of a copy."""

    ordinal: int
    """Index in the timeline."""
    position: int
    """As stored, never renumbered."""
    role: str
    kind: Kind
    created_at: datetime | None
    """UTC."""
    gap: float | None
    """Seconds since the message before, where both times are known."""
    content: str | None
    """Of a user the words without the context that a backend put in front of them."""
    name: str | None = None
    tool_call_id: str | None = None
    refusal: str | None = None
    function_call: str | None = None
    calls: tuple[CallItem, ...] = ()
    under: Under | None = None
    notes: tuple[str, ...] = ()
    """What breaks a rule here, each a sentence."""
    extras: tuple[tuple[str, str], ...] = ()
    """What later versions add, by the store's own name."""
    context: tuple[ContextBlock, ...] = ()
    """Blocks that a backend put in front of the user's words."""
    ended: TurnEnd | None = None
    """How the turn ended, where a marker in the content says so."""

    @property
    def length(self) -> int:
        """Characters of the content."""
        return len(self.content or "")
