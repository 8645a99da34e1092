"""The copies of a session as values to inspect, compare and show. Pure.

An unavailable store and unreadable contents are values too, so that a problem in one store never hides the other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from chatdata.domain.messages import ChatMessage, ChatSession, ChatSessionInfo, DamagedValue, TokenCount
from chatdata.domain.messages.damage import wrong_calls, wrong_object
from chatdata.domain.turns import TurnState

Source = Literal["database", "cache"]
PrivacyLevel = Literal["full", "masked", "structure"]
"""How much of a conversation may leave chatdata. full: everything; masked: personal data and secrets are replaced with
placeholders; structure: no text, only which messages there are, in which order, how long and when."""


@dataclass(frozen=True, slots=True)
class CopyMessage:
    """A message and its position in one copy."""

    position: int
    """The sequence number in the database, or the index in the cached document's list."""
    message: ChatMessage
    created_at: datetime | None = None
    """In UTC; always known in the database, in the cache only in documents of later versions."""
    id: str | None = None
    extras: Mapping[str, Any] = field(default_factory=dict)
    """Fields of later versions by the store's own name: columns such as durationMs, or keys of the document."""


@dataclass(frozen=True, slots=True)
class StoredCopy:
    """The database copy of a session."""

    info: ChatSessionInfo
    messages: tuple[CopyMessage, ...]
    """The messages, ordered by sequence number."""
    extras: Mapping[str, Any] = field(default_factory=dict)
    """Values of optional "ChatSession" columns by name."""
    damaged: tuple[DamagedValue, ...] = ()
    """Values that do not have their column's type. `info` and `messages` hold what can be shown of them: bytes as text,
    a token count as 0, and a message without a sequence number after all others."""
    unknown: tuple[TokenCount, ...] = ()
    """The token counts whose column is NULL; `info` holds 0 for them."""

    def session(self) -> ChatSession:
        """Returns the rows as a session that is marked as loaded."""
        return _session(self.info, self.messages)


@dataclass(frozen=True, slots=True)
class Expiry:
    """When a cached key expires, as read at one moment."""

    ttl_seconds: float | None
    """The remaining TTL; None for a key without a TTL."""
    expires_at: datetime | None
    """In UTC; None for a key without a TTL and for an expiry beyond the year 9999."""
    last_written_at: datetime | None
    """now - (configured TTL - remaining TTL): each write sets the full TTL and no read extends it."""

    @classmethod
    def read(cls, pttl_milliseconds: int, ttl_setting: int, now: datetime) -> "Expiry":
        """Returns the expiry from PTTL's reply in milliseconds (-1: no TTL) and the configured TTL in seconds."""
        if pttl_milliseconds < 0:
            return cls(None, None, None)
        left = pttl_milliseconds / 1000
        written = now - timedelta(seconds=ttl_setting - left) if left <= ttl_setting else None
        return cls(left, _after(now, left), written)


@dataclass(frozen=True, slots=True)
class CachedCopy:
    """The cached copy of a session."""

    info: ChatSessionInfo
    messages: tuple[CopyMessage, ...]
    document: Mapping[str, Any]
    """The parsed JSON unchanged, including keys of other versions."""
    size: int
    """The document's size in bytes."""
    expiry: Expiry

    @property
    def damaged(self) -> tuple[DamagedValue, ...]:
        """The tool and function calls of another form; a document with any other wrong kind is a CorruptDocument."""
        return tuple(_wrong_calls(self.messages))

    def session(self) -> ChatSession:
        """Returns the document as a session that is marked as loaded."""
        return _session(self.info, self.messages)


Damage = Literal["cut_off", "compressed", "json_encoded_twice", "wrong_type", "other"]
"""cut_off: JSON that ends too early. compressed: compressed data. json_encoded_twice: a document inside a JSON string.
wrong_type: a key whose value is a list, a hash or another type instead of a string. other: none of these."""


@dataclass(frozen=True, slots=True)
class CorruptDocument:
    """A cached value that can't be read as a session."""

    raw: bytes
    reason: str
    """What is wrong, for a person, without quoting the conversation."""
    offset: int | None
    """The byte at which parsing failed, where that is known."""
    field: str | None
    """The path of the first invalid value, such as messages[3].role."""
    expiry: Expiry
    damage: Damage = "other"
    """The kind of damage, as far as it is known."""


@dataclass(frozen=True, slots=True)
class Absent:
    """The store answered that it has nothing for this session."""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The store could not answer."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unconfigured:
    """No setting names this store."""

    hint: str
    """Which setting to add."""


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
    """The state of the session's turn in the cache; None if the cache was not read or is unavailable."""

    def side(self, source: Source) -> StoredSide | CachedSide:
        """Returns what was read from a store, readable or not."""
        return self.stored if source == "database" else self.cached

    @property
    def readable(self) -> "dict[Source, StoredCopy | CachedCopy]":
        """The copies whose messages can be read, the database's first."""
        sides: dict[Source, StoredSide | CachedSide] = {"database": self.stored, "cache": self.cached}
        return {source: side for source, side in sides.items() if isinstance(side, StoredCopy | CachedCopy)}

    def readable_from(self, source: Source) -> StoredCopy | CachedCopy:
        """Returns the copy from this source. Raises LookupError when there is no readable one."""
        copy = self.readable.get(source)
        if copy is None:
            raise LookupError(f"There is no readable copy of this conversation in the {source}.")
        return copy


def _wrong_calls(messages: tuple[CopyMessage, ...]) -> Iterator[DamagedValue]:
    for item in messages:
        if reason := wrong_calls(item.message.tool_calls):
            yield DamagedValue("messages.tool_calls", item.position, reason)
        if reason := wrong_object(item.message.function_call):
            yield DamagedValue("messages.function_call", item.position, reason)


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
