"""The only package that knows both stores."""

from chatdata.sessions.chat_sessions import ChatSessions

__all__ = ["ChatSessions"]
