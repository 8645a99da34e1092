"""Locks of SQLite files: which errors are another connection's lock, and waiting for it where SQLite does not."""

import sqlite3
import time

_POLL_SECONDS = 0.01
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL)


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another connection holds a lock, so that it may work later; False for errors that stay."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY


def use_wal(connection: sqlite3.Connection, patience: float) -> None:
    """Switches a file to WAL mode, waiting up to `patience` seconds for locks: SQLite's busy timeout does not cover it.

    Raises sqlite3.OperationalError: at once for anything but a lock, such as a full disk.
    """
    end = time.monotonic() + patience
    while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > end:
                raise
            time.sleep(_POLL_SECONDS)
