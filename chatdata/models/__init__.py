"""The vocabulary: the reference system's models and what they become for a model provider."""

from chatdata.models.message import ChatMessage, Usage
from chatdata.models.session import ChatSession, ChatSessionInfo, LoadedFrom, in_utc

__all__ = ["ChatMessage", "ChatSession", "ChatSessionInfo", "LoadedFrom", "Usage", "in_utc"]
