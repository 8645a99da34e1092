"""Errors for what could not be done, written for people. Damaged data is never an exception but a value to show.

ChatDataError
├── SettingsError            a setting is wrong, or two contradict each other
├── DatabaseError            a database operation failed
│   ├── DatabaseUnavailable  the database can't be reached, or is not a chat database
│   │   └── DatabaseTimeout  the database did not answer within the inspector's deadline
│   ├── StatementTimeout     a statement was stopped after the statement timeout
│   ├── SessionDeletedError  the session was deleted after it was loaded
│   └── LockTimeout          another writer held the session's lock for too long
├── RedisError               a cache operation failed
│   └── RedisUnavailable     the cache can't be reached
│       └── RedisTimeout     the cache did not answer within the inspector's deadline
├── NotConfigured            a required store is not configured
├── NotFound                 the requested session or file does not exist
├── OutOfReach               none of the stores that are needed is available
├── ReadOnlyError            the inspector is in read-only mode, or reads views
├── NotAllowed               the user may not see or do this
│   └── NotSignedIn          nobody is signed in
├── AppDatabaseError         the inspector's own database file can't be used
├── UsageIndexError          the usage index can't be read or written
│   └── NotIndexable         the rows hold something that the usage index can't represent
├── FileExists               the output file exists, and overwriting was not requested
└── SendError                a model's server gave no answer or an incomplete one
"""

from collections.abc import Sequence


class ChatDataError(Exception):
    """Base class of all errors in chatdata; `str()` of each is a sentence for a person."""


class SettingsError(ChatDataError):
    """A setting is wrong; the message names it and says what to put there."""


class DatabaseError(ChatDataError):
    """A database operation failed."""


class DatabaseUnavailable(DatabaseError):
    """The database can't be reached, or it does not have the tables of chat sessions."""


class DatabaseTimeout(DatabaseUnavailable):
    """The database did not answer within a deadline; the message says which setting changes it.

    Whether what was written last is in the database is unknown.
    """


class StatementTimeout(DatabaseError):
    """A statement was stopped after the statement timeout (INSPECTOR_STATEMENT_TIMEOUT, in seconds)."""


class SessionDeletedError(DatabaseError):
    """The session was deleted after it was loaded; saving would recreate it, so nothing was written."""


class LockTimeout(DatabaseError):
    """Another writer held the session's lock for too long; nothing was written."""


class RedisError(ChatDataError):
    """A cache operation failed."""


class RedisUnavailable(RedisError):
    """The cache can't be reached."""


class RedisTimeout(RedisUnavailable):
    """The cache did not answer within a deadline; the message says which setting changes it."""


class NotConfigured(ChatDataError):
    """A required store is not configured; the message names the setting."""


class NotFound(ChatDataError):
    """The requested session or file does not exist."""


class OutOfReach(ChatDataError):
    """None of the stores that are needed is available."""

    def __init__(self, sentence: str, stores: Sequence[str]) -> None:
        """`stores` names them: database, cache."""
        super().__init__(sentence)
        self.stores = list(stores)


class ReadOnlyError(ChatDataError):
    """Writing is not allowed (INSPECTOR_ACCESS=write allows it), or the tables are views, which are never written."""


class NotAllowed(ChatDataError):
    """The user may not see or do this; the message says what would allow it."""


class NotSignedIn(NotAllowed):
    """Nobody is signed in, or the sign-in has expired."""


class AppDatabaseError(ChatDataError):
    """The inspector's own database file can't be read or written; the message names it."""


class UsageIndexError(ChatDataError):
    """The usage index can't be read or written; figures are then counted from the rows."""


class NotIndexable(UsageIndexError):
    """The rows hold something that the usage index can't represent; the message is the reason, without a period."""


class FileExists(ChatDataError):
    """The output file exists and overwriting was not requested; nothing was written."""


class SendError(ChatDataError):
    """A model's server gave no answer or an incomplete one; the message names the server and says what to try."""

    def __init__(self, message: str, provider_text: str | None = None) -> None:
        super().__init__(message)
        self.provider_text = provider_text
        """The server's own error text without the API key; None where it sent none."""
