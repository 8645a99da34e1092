"""The data of an assistant's chat sessions: a cached document and stored rows, read, kept and compared.

`connect(Settings.from_environment())` opens the stores; `ChatSessions` has the operations.
"""

from chatdata.domain.copies import (
    Absent,
    CachedCopy,
    Copies,
    CopyMessage,
    CorruptDocument,
    Expiry,
    Source,
    StoredCopy,
    Unavailable,
    Unconfigured,
    View,
)
from chatdata.domain.messages import ChatMessage, ChatSession, ChatSessionInfo, Usage
from chatdata.domain.summaries import Cursor, Page, SessionSummary, Totals, UserSummary
from chatdata.errors import (
    ChatDataError,
    DatabaseError,
    DatabaseUnavailable,
    FileExists,
    KeptFileError,
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
from chatdata.services.health import Status, StoreStatus, look
from chatdata.services.sessions import ChatSessions
from chatdata.settings.stores import RedisSettings, Settings
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database, Direction, SessionFilter

__all__ = [
    "Absent",
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
    "Cursor",
    "Database",
    "DatabaseError",
    "DatabaseUnavailable",
    "Direction",
    "Expiry",
    "FileExists",
    "KeptFileError",
    "LockTimeout",
    "NotAllowed",
    "NotConfigured",
    "NotSignedIn",
    "Page",
    "ReadOnlyError",
    "RedisError",
    "RedisSettings",
    "RedisUnavailable",
    "SendError",
    "SessionCache",
    "SessionDeletedError",
    "SessionFilter",
    "SessionSummary",
    "Settings",
    "SettingsError",
    "Source",
    "StatementTimeout",
    "Status",
    "StoreStatus",
    "StoredCopy",
    "Totals",
    "Unavailable",
    "Unconfigured",
    "Usage",
    "UserSummary",
    "View",
    "connect",
    "look",
]
