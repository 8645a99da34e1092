"""The vocabulary: the reference system's models and what they become for a model provider."""

from chatdata.models.message import ChatMessage, Usage
from chatdata.models.openai_messages import Note, NoteKind, Payload, PayloadMessage, build_payload
from chatdata.models.session import UNREADABLE_TIME, ChatSession, ChatSessionInfo, LoadedFrom, in_utc

__all__ = [
    "UNREADABLE_TIME",
    "ChatMessage",
    "ChatSession",
    "ChatSessionInfo",
    "LoadedFrom",
    "Note",
    "NoteKind",
    "Payload",
    "PayloadMessage",
    "Usage",
    "build_payload",
    "in_utc",
]
