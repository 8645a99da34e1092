"""What could not be done, for people. Damaged data is never an exception: it is a value that can be shown.

ChatDataError
├── SettingsError            a setting is wrong, or two contradict each other
├── DatabaseError            the database did not do what was asked
│   ├── DatabaseUnavailable  it can't be reached, or this is not a chat database
│   │   └── DatabaseTimeout  it did not answer within a deadline of ours
│   ├── StatementTimeout     it was stopped after the statement timeout
│   ├── SessionDeletedError  the session was deleted since it was loaded
│   └── LockTimeout          another writer held the session for too long
├── RedisError               the cache did not do what was asked
│   └── RedisUnavailable     it can't be reached
│       └── RedisTimeout     it did not answer within a deadline of ours
├── NotConfigured            the store that this needs has no setting
├── ReadOnlyError            writing is not allowed here
├── NotAllowed               the reader may not see or do this
│   └── NotSignedIn          nobody is signed in
├── AppDatabaseError            the inspector's own file can't be used
├── FileExists               an export would replace a file, and nobody said that it may
└── SendError                a model's server did not give an answer, or not all of it
"""


class ChatDataError(Exception):
    """Base of all errors of chatdata; `str()` of each is a sentence for a person."""


class SettingsError(ChatDataError):
    """A setting is wrong; the message names it and says what to put there."""


class DatabaseError(ChatDataError):
    """The database did not do what was asked."""


class DatabaseUnavailable(DatabaseError):
    """The database can't be reached, or its tables aren't those of chat sessions."""


class DatabaseTimeout(DatabaseUnavailable):
    """The database did not answer within a deadline; the message says which setting changes it.

    Whether what was written last is in the database is unknown.
    """


class StatementTimeout(DatabaseError):
    """A statement was stopped after the statement timeout (INSPECTOR_STATEMENT_TIMEOUT, seconds)."""


class SessionDeletedError(DatabaseError):
    """The session was deleted since it was loaded; saving it would bring it back, so nothing was written."""


class LockTimeout(DatabaseError):
    """Another writer held the session's lock for too long; nothing was written."""


class RedisError(ChatDataError):
    """The cache did not do what was asked."""


class RedisUnavailable(RedisError):
    """The cache can't be reached."""


class RedisTimeout(RedisUnavailable):
    """The cache did not answer within a deadline; the message says which setting changes it."""


class NotConfigured(ChatDataError):
    """The store that this needs has no setting; the message names the setting."""


class ReadOnlyError(ChatDataError):
    """Writing is not allowed here; INSPECTOR_ACCESS=write allows it."""


class NotAllowed(ChatDataError):
    """The reader may not see or do this; the message says what would allow it."""


class NotSignedIn(NotAllowed):
    """Nobody is signed in, or the sign-in has ended."""


class AppDatabaseError(ChatDataError):
    """The inspector's own file can't be read or written; the message names it."""


class FileExists(ChatDataError):
    """There is a file of that name, and nobody said that it may be replaced; nothing was written."""


class SendError(ChatDataError):
    """A model's server gave no answer, or not all of it; the message says which server and what to try."""

    def __init__(self, message: str, provider_text: str | None = None) -> None:
        super().__init__(message)
        self.provider_text = provider_text
        """The server's own words about it, as they came but without the key; None where it had none."""
