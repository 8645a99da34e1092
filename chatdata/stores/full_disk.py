"""Whether a failure is that of a full disk, which the system, SQLite and Valkey each tell in their own words."""

import errno
import shutil
import sqlite3
from pathlib import Path

_FULL = (errno.ENOSPC, errno.EDQUOT)
_SIDE_EFFECTS = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
"""What SQLite says where its log or its shared memory finds no place."""
_LEAST = 64 * 1024
"""Bytes below which a disk counts as full."""


def is_full(error: BaseException | None, folder: Path) -> bool:
    """Whether `error` came of a full disk, on which the folder is."""
    if isinstance(error, OSError):
        return error.errno in _FULL
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code == sqlite3.SQLITE_FULL or (code in _SIDE_EFFECTS and has_no_space(folder))


def has_no_space(folder: Path) -> bool:
    """Whether hardly anything can be written in the folder; False where that can't be told."""
    try:
        return shutil.disk_usage(folder).free < _LEAST
    except OSError:
        return False


def sentence(where: object) -> str:
    """What is wrong, and what to do about it."""
    return f"The disk of {where} is full. Free some space on it, then try again."
