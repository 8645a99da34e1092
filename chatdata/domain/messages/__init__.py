"""The reference system's models of messages and sessions, and their conversion for a model provider."""

from chatdata.domain.messages.damage import DamagedValue
from chatdata.domain.messages.message import ChatMessage, Usage
from chatdata.domain.messages.openai_messages import NoteKind, Payload, PayloadMessage, PayloadRemark, build_payload
from chatdata.domain.messages.session import (
    UNREADABLE_TIME,
    ChatSession,
    ChatSessionInfo,
    LoadedFrom,
    in_utc,
    is_stand_in,
    is_unreadable,
)
from chatdata.domain.messages.unknown import ALL_KNOWN, TokenCount, UnknownCounts

__all__ = [
    "ALL_KNOWN",
    "UNREADABLE_TIME",
    "ChatMessage",
    "ChatSession",
    "ChatSessionInfo",
    "DamagedValue",
    "LoadedFrom",
    "NoteKind",
    "Payload",
    "PayloadMessage",
    "PayloadRemark",
    "TokenCount",
    "UnknownCounts",
    "Usage",
    "build_payload",
    "in_utc",
    "is_stand_in",
    "is_unreadable",
]
