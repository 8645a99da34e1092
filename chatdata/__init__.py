"""An assistant's chat sessions, each with a cached document and database rows: reading, saving and comparing them.

`connect(Settings.from_environment())` opens the stores; `ChatSessions` has the operations on sessions.
"""

from chatdata.domain.copies import (
    Absent,
    CachedCopy,
    Copies,
    CopyMessage,
    CorruptDocument,
    Expiry,
    PrivacyLevel,
    Source,
    StoredCopy,
    Unavailable,
    Unconfigured,
)
from chatdata.domain.messages import ChatMessage, ChatSession, ChatSessionInfo, Usage
from chatdata.errors import (
    AppDatabaseError,
    ChatDataError,
    DatabaseError,
    DatabaseUnavailable,
    FileExists,
    LockTimeout,
    NotAllowed,
    NotConfigured,
    NotSignedIn,
    ReadOnlyError,
    RedisError,
    RedisUnavailable,
    SendError,
    SessionDeletedError,
    SettingsError,
    StatementTimeout,
)
from chatdata.services.connect import Connected, connect
from chatdata.services.sessions import ChatSessions
from chatdata.settings.stores import Settings

__all__ = [
    "Absent",
    "AppDatabaseError",
    "CachedCopy",
    "ChatDataError",
    "ChatMessage",
    "ChatSession",
    "ChatSessionInfo",
    "ChatSessions",
    "Connected",
    "Copies",
    "CopyMessage",
    "CorruptDocument",
    "DatabaseError",
    "DatabaseUnavailable",
    "Expiry",
    "FileExists",
    "LockTimeout",
    "NotAllowed",
    "NotConfigured",
    "NotSignedIn",
    "PrivacyLevel",
    "ReadOnlyError",
    "RedisError",
    "RedisUnavailable",
    "SendError",
    "SessionDeletedError",
    "Settings",
    "SettingsError",
    "Source",
    "StatementTimeout",
    "StoredCopy",
    "Unavailable",
    "Unconfigured",
    "Usage",
    "connect",
]
