"""The session operations that write to both stores, in a safe order and under locks."""

from chatdata.services.sessions.chat_sessions import ChatSessions

__all__ = ["ChatSessions"]
