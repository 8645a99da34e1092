"""The copies of a session as they were read: values to look at, compare and show. Pure.

A store that could not answer, or holds something unreadable, is a value here too, so that one store never
hides the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from chatdata.domain.messages import ChatMessage, ChatSession, ChatSessionInfo
from chatdata.domain.turns import TurnState

Source = Literal["database", "cache"]
PrivacyLevel = Literal["full", "masked", "structure"]
"""What may leave chatdata of a conversation. full: everything; masked: what names a person or lets somebody in is
replaced by stand-ins; structure: no words at all, only what there is, in which order, how long and when."""


@dataclass(frozen=True, slots=True)
class CopyMessage:
    """A message where a copy has it."""

    position: int
    """Database: the stored sequence number. Cache: the index in the document's list."""
    message: ChatMessage
    created_at: datetime | None = None
    """UTC; known in the database, in the cache only from later versions."""
    id: str | None = None
    extras: Mapping[str, Any] = field(default_factory=dict)
    """What later versions add, by the store's own name: columns such as durationMs, or keys of the document."""


@dataclass(frozen=True, slots=True)
class StoredCopy:
    """The rows of a session."""

    info: ChatSessionInfo
    messages: tuple[CopyMessage, ...]
    """In order of sequence."""
    extras: Mapping[str, Any] = field(default_factory=dict)
    """Optional columns of "ChatSession" by name."""

    def session(self) -> ChatSession:
        """The rows as a session that remembers what it was loaded with."""
        return _session(self.info, self.messages)


@dataclass(frozen=True, slots=True)
class Expiry:
    """When a cached key ends, as read at a moment."""

    ttl_seconds: float | None
    """Time left; None for a key without a time to live."""
    expires_at: datetime | None
    """None for a key without a time to live, and for one that outlives the calendar."""
    last_written_at: datetime | None
    """now - (time to live - time left): each write sets the full time to live and no read extends it."""

    @classmethod
    def read(cls, pttl_milliseconds: int, ttl_setting: int, now: datetime) -> "Expiry":
        """From PTTL's answer (-1: no time to live) and the configured time to live in seconds."""
        if pttl_milliseconds < 0:
            return cls(None, None, None)
        left = pttl_milliseconds / 1000
        written = now - timedelta(seconds=ttl_setting - left) if left <= ttl_setting else None
        return cls(left, _after(now, left), written)


@dataclass(frozen=True, slots=True)
class CachedCopy:
    """The cached document of a session."""

    info: ChatSessionInfo
    messages: tuple[CopyMessage, ...]
    document: Mapping[str, Any]
    """The parsed JSON as it is, with keys of other versions."""
    size: int
    """Bytes in the cache."""
    expiry: Expiry

    def session(self) -> ChatSession:
        """The document as a session that remembers what it was loaded with."""
        return _session(self.info, self.messages)


Damage = Literal["cut_off", "compressed", "json_encoded_twice", "wrong_type", "other"]
"""cut_off: JSON that ends too early. compressed: bytes of a compression. json_encoded_twice: a document inside a JSON
string. wrong_type: a key that holds no string, but a list, a hash or the like. other: none of these."""


@dataclass(frozen=True, slots=True)
class CorruptDocument:
    """Cached bytes that can't be read as a session."""

    raw: bytes
    reason: str
    """What is wrong, for a person, without words of the conversation."""
    offset: int | None
    """Byte where reading broke off, where that can be told."""
    field: str | None
    """Path of the first wrong value, as in messages[3].role."""
    expiry: Expiry
    damage: Damage = "other"
    """What kind of value it is, as far as that can be told."""


@dataclass(frozen=True, slots=True)
class Absent:
    """The store answered: it has nothing for this session."""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The store could not answer."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unconfigured:
    """No setting names this store."""

    hint: str
    """The setting to make."""


StoredSide = StoredCopy | Absent | Unavailable | Unconfigured
CachedSide = CachedCopy | CorruptDocument | Absent | Unavailable | Unconfigured


@dataclass(frozen=True, slots=True)
class Copies:
    """Both copies of one session, read one after the other at about `read_at` (UTC)."""

    session_id: str
    stored: StoredSide
    cached: CachedSide
    read_at: datetime
    turn: TurnState | None = None
    """What the cache says of the session's turn; None where it was not asked or could not answer."""

    def side(self, source: Source) -> StoredSide | CachedSide:
        """What was read of a store, whatever it is."""
        return self.stored if source == "database" else self.cached

    @property
    def readable(self) -> "dict[Source, StoredCopy | CachedCopy]":
        """The copies whose messages can be read, the database's first."""
        sides: dict[Source, StoredSide | CachedSide] = {"database": self.stored, "cache": self.cached}
        return {source: side for source, side in sides.items() if isinstance(side, StoredCopy | CachedCopy)}

    def readable_from(self, source: Source) -> StoredCopy | CachedCopy:
        """The copy of this source. LookupError, its text a sentence, where it has none that can be read."""
        copy = self.readable.get(source)
        if copy is None:
            raise LookupError(f"There is no readable copy of this conversation in the {source}.")
        return copy


def _after(now: datetime, seconds: float) -> datetime | None:
    try:
        return now + timedelta(seconds=seconds)
    except OverflowError:
        return None


def _session(info: ChatSessionInfo, messages: tuple[CopyMessage, ...]) -> ChatSession:
    fields = {name: getattr(info, name) for name in ChatSessionInfo.model_fields}
    session = ChatSession(**fields, messages=[item.message for item in messages])
    session.mark_loaded()
    return session
