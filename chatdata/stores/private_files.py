"""Files and folders that only their owner can open, whatever the umask: they hold conversations and keys.

SQLite gives what it puts beside a database (-wal, -shm, -journal) the mode of the database, so that only that one is
made here. A server that is started takes over the mask that it is started with.
"""

import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_DATABASES = ("chat.db", "inspector.db")
_FILES = ("demo.json",)
_FOLDERS = ("valkey", "exports")
_OTHERS = 0o077
_masking = threading.Lock()


class NotPrivate(OSError):
    """Others can open a file, and that can't be changed; the text is a sentence without its end."""


def make_folder(path: Path) -> None:
    """Makes a folder, and the missing ones above it; closes one to others that is there already. OSError."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)
    close_to_others(path)


def make_file(path: Path, like: Path | None = None) -> None:
    """Makes an empty file where there is none, with the mode of another one if given. OSError."""
    mode = 0o600 if like is None else stat.S_IMODE(like.stat().st_mode) & 0o666
    with suppress(FileExistsError):
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            if mode != 0o600:
                os.fchmod(made, mode)
        finally:
            os.close(made)


def write_text(path: Path, text: str) -> None:
    """Replaces the file, in one step, by one with this text. OSError."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    make_file(fresh)
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def close_database(path: Path) -> None:
    """Closes a SQLite file, and all that belongs to it, to others. OSError."""
    for file in path.parent.glob(f"{path.name}*"):
        close_to_others(file)


def close_data_folder(folder: Path) -> None:
    """Closes all that the inspector keeps in a data folder to others, and the folder; nothing else in it. NotPrivate.

    The folder may be anybody's as long as nothing is in it.
    """
    ours = [file for name in _DATABASES for file in folder.glob(f"{name}*")]
    ours += [folder / name for name in (*_FILES, *_FOLDERS) if (folder / name).exists()]
    for inner in (folder / name for name in _FOLDERS):
        ours += inner.rglob("*")
    if ours:
        close_to_others(folder)
    for path in ours:
        close_to_others(path)


def close_to_others(path: Path) -> None:
    """Takes a file's or a folder's permissions away from group and others. NotPrivate where that is impossible."""
    if os.name != "posix":
        return
    with suppress(FileNotFoundError):  # it went meanwhile, as files of a running server do
        if not _open_to_others(path):
            return
        with suppress(PermissionError):
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OTHERS)
        if _open_to_others(path):
            raise NotPrivate(
                f"others can open {path}, and it can't be closed to them: it belongs to somebody else, or its file "
                "system knows no permissions; have its owner close it (chmod go=), or name another folder in "
                "INSPECTOR_DATA_DIR"
            )


@contextmanager
def private_umask() -> Iterator[None]:
    """What this process makes meanwhile, and a program that it starts from then on, is closed to others."""
    with _masking:  # two that exchange masks would leave the wrong one
        before = os.umask(_OTHERS)
        try:
            yield
        finally:
            os.umask(before)


def _open_to_others(path: Path) -> bool:
    return bool(path.stat().st_mode & _OTHERS)
