"""A plan: what an action writes, and the copies as they are then. Values only; the seen copies decide all of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from chatdata.domain.copies import Copies, Expiry
from chatdata.domain.messages import ChatMessage, ChatSession
from chatdata.services.repair.proposal import Change, Lost
from chatdata.services.repair.reading import RepairState


@dataclass(frozen=True, slots=True)
class DeleteKey:
    """The key is deleted."""


@dataclass(frozen=True, slots=True)
class PutDocument:
    """The key is written with the full time to live."""

    raw: bytes


@dataclass(frozen=True, slots=True)
class ExtendKey:
    """The key gets at least this time to live."""

    seconds: int


@dataclass(frozen=True, slots=True)
class AppendRows:
    """Rows of messages at the real end, after a session row where there is none; the key is left as it is."""

    messages: Sequence[ChatMessage]
    new_session: ChatSession | None = None


@dataclass(frozen=True, slots=True)
class TextChange:
    """The content of one row, before and after."""

    sequence: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class WriteTexts:
    """Rows get a longer text, each only if it still holds the beginning that was seen; the key is left as it is."""

    texts: Sequence[TextChange]


Write = DeleteKey | PutDocument | ExtendKey | AppendRows | WriteTexts
"""One write to one store: no repair can stop halfway between the two."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an action would do."""

    write: Write
    copies: Copies
    """As they are then."""
    changes: Sequence[Change]
    lost: Sequence[Lost] = field(default_factory=tuple)
    cautions: Sequence[str] = field(default_factory=tuple)


def renewed(seen: RepairState, seconds: int) -> Expiry:
    """The expiry of a key that gets this time to live now."""
    return Expiry.read(seconds * 1000, seen.session_ttl, seen.copies.read_at)


def ttl_of(seen: RepairState) -> float | None:
    """Seconds that the key has left; None without a key or a time to live."""
    return None if seen.cached is None else seen.cached.expiry.ttl_seconds


def size_of(raw: bytes | None) -> int | None:
    """The bytes of a document; None without one."""
    return None if raw is None else len(raw)
