"""The data of an assistant's chat sessions: a cached document and stored rows, read, kept and compared.

`connect(Settings.from_environment())` opens the stores; `ChatSessions` has the operations.
"""

from chatdata.cache import SessionCache
from chatdata.connect import Connected, connect
from chatdata.copies import (
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
from chatdata.database import Database, Direction, SessionFilter
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
from chatdata.models import ChatMessage, ChatSession, ChatSessionInfo, Usage
from chatdata.sessions import ChatSessions
from chatdata.settings import RedisSettings, Settings
from chatdata.status import Status, StoreStatus, look
from chatdata.summaries import Cursor, Page, SessionSummary, Totals, UserSummary

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
