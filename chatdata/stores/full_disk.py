"""Recognizes a full disk, which the operating system, SQLite and Valkey report differently."""

import errno
import shutil
import sqlite3
from pathlib import Path

_FULL = (errno.ENOSPC, errno.EDQUOT)
_SIDE_EFFECTS = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
"""The errors of SQLite when there is no space for its log or its shared memory."""
_LEAST = 64 * 1024
"""The number of free bytes below which a disk counts as full."""


def is_full(error: BaseException | None, folder: Path) -> bool:
    """Whether `error` was caused by the folder's disk being full."""
    if isinstance(error, OSError):
        return error.errno in _FULL
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code == sqlite3.SQLITE_FULL or (code in _SIDE_EFFECTS and has_no_space(folder))


def has_no_space(folder: Path) -> bool:
    """Whether the folder's disk is practically full; False if that is unknown."""
    try:
        return shutil.disk_usage(folder).free < _LEAST
    except OSError:
        return False


def sentence(where: object) -> str:
    """An error message that says which disk is full and what to do."""
    return f"The disk of {where} is full. Free some space on it, then try again."
