"""Plans: what a repair writes, and what both copies are afterwards. Values only, determined by the copies read."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from chatdata.domain.copies import Copies, Expiry
from chatdata.domain.messages import ChatMessage, ChatSession
from chatdata.services.repair.proposal import Change, Lost
from chatdata.services.repair.reading import RepairState


@dataclass(frozen=True, slots=True)
class DeleteKey:
    """Deletes the key."""


@dataclass(frozen=True, slots=True)
class PutDocument:
    """Writes a document with the full time to live."""

    raw: bytes


@dataclass(frozen=True, slots=True)
class ExtendKey:
    """Extends the key's time to live to at least this many seconds."""

    seconds: int


@dataclass(frozen=True, slots=True)
class AppendRows:
    """Appends message rows, after inserting the session row if there is none; the key is left unchanged."""

    messages: Sequence[ChatMessage]
    new_session: ChatSession | None = None


@dataclass(frozen=True, slots=True)
class TextChange:
    """The content of one message row before and after a repair."""

    sequence: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class WriteTexts:
    """Writes longer texts to rows, each only if it still holds the text that was read; the key is left unchanged."""

    texts: Sequence[TextChange]


Write = DeleteKey | PutDocument | ExtendKey | AppendRows | WriteTexts
"""One write to one store, so that no repair can stop halfway between two writes."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a repair would write, change and lose."""

    write: Write
    copies: Copies
    """Both copies after the write."""
    changes: Sequence[Change]
    lost: Sequence[Lost] = field(default_factory=tuple)
    cautions: Sequence[str] = field(default_factory=tuple)


def renewed(state: RepairState, seconds: int) -> Expiry:
    """The expiry of a key whose time to live is set to this many seconds now."""
    return Expiry.read(seconds * 1000, state.session_ttl, state.copies.read_at)


def ttl_of(state: RepairState) -> float | None:
    """Seconds until the key expires; None without a key, or if it never expires."""
    return None if state.cached is None else state.cached.expiry.ttl_seconds


def size_of(raw: bytes | None) -> int | None:
    """The size of a document in bytes; None without one."""
    return None if raw is None else len(raw)
