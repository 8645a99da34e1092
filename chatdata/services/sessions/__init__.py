"""The only package that knows both stores."""

from chatdata.services.sessions.chat_sessions import ChatSessions

__all__ = ["ChatSessions"]
