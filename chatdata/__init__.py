"""An assistant's chat sessions, each with a cached document and database rows: reading, saving and comparing them.

`connect(Settings.from_environment())` opens the stores; `ChatSessions` has the operations on sessions.

A name's module is imported when the name is first used, so that programs load no more than they need.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
_HOMES = {
    "chatdata.domain.copies": (
        "Absent",
        "CachedCopy",
        "Copies",
        "CopyMessage",
        "CorruptDocument",
        "Expiry",
        "PrivacyLevel",
        "Source",
        "StoredCopy",
        "Unavailable",
        "Unconfigured",
    ),
    "chatdata.domain.messages": (
        "ChatMessage",
        "ChatSession",
        "ChatSessionInfo",
        "Usage",
    ),
    "chatdata.errors": (
        "AppDatabaseError",
        "ChatDataError",
        "DatabaseError",
        "DatabaseUnavailable",
        "FileExists",
        "LockTimeout",
        "NotAllowed",
        "NotConfigured",
        "NotSignedIn",
        "ReadOnlyError",
        "RedisError",
        "RedisUnavailable",
        "SendError",
        "SessionDeletedError",
        "SettingsError",
        "StatementTimeout",
    ),
    "chatdata.services.connect": (
        "Connected",
        "connect",
    ),
    "chatdata.services.sessions": ("ChatSessions",),
    "chatdata.settings.stores": ("Settings",),
}


def __getattr__(name: str) -> Any:
    for module, names in _HOMES.items():
        if name in names:
            found = globals()[name] = getattr(import_module(module), name)
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
