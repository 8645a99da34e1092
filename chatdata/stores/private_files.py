"""Creates files and folders that only their owner can open, whatever the umask: they hold conversations and keys.

SQLite gives the files beside a database (-wal, -shm, -journal) the mode of the database, so only the database file
itself is created here. A server inherits the umask of the process that starts it.
"""

import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_DATABASES = ("chat.db", "inspector.db")
_FILES = ("demo.json",)
_FOLDERS = ("valkey", "exports", "usage-index")
_OTHERS = 0o077
_masking = threading.Lock()


class NotPrivate(OSError):
    """Raised when others can open a file and that can't be changed; the message is a sentence without a period."""


def make_folder(path: Path) -> None:
    """Creates a folder with its missing parents, and makes an existing one private. Raises OSError."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)
    close_to_others(path)


def make_file(path: Path, like: Path | None = None) -> None:
    """Creates an empty file if there is none, with the mode of the file `like` if given. Raises OSError."""
    mode = 0o600 if like is None else stat.S_IMODE(like.stat().st_mode) & 0o666
    with suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            if mode != 0o600:
                os.fchmod(descriptor, mode)
        finally:
            os.close(descriptor)


def write_text(path: Path, text: str) -> None:
    """Atomically replaces the file with a private one that holds this text. Raises OSError."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    make_file(fresh)
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def close_database(path: Path) -> None:
    """Makes a SQLite file and the files beside it private. Raises OSError."""
    for file in path.parent.glob(f"{path.name}*"):
        close_to_others(file)


def close_data_folder(folder: Path) -> None:
    """Makes the inspector's files in a data folder, and the folder itself, private; other files are left alone.

    A folder without files of the inspector may belong to anybody. Raises NotPrivate.
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
    """Removes all permissions of group and others from a file or folder. Raises NotPrivate if that is impossible."""
    if os.name != "posix":
        return
    with suppress(FileNotFoundError):  # a running server may delete its files at any time
        if not _open_to_others(path):
            return
        with suppress(PermissionError):
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OTHERS)
        if _open_to_others(path):
            raise NotPrivate(
                f"others can open {path}, and its permissions can't be changed: it belongs to another user, or its "
                "file system has no permissions; ask its owner to run chmod go= on it, or set INSPECTOR_DATA_DIR to "
                "another folder"
            )


@contextmanager
def private_umask() -> Iterator[None]:
    """Makes files private that this process, or a program started inside the block, creates."""
    with _masking:  # concurrent swaps of the mask could restore the wrong one
        before = os.umask(_OTHERS)
        try:
            yield
        finally:
            os.umask(before)


def _open_to_others(path: Path) -> bool:
    return bool(path.stat().st_mode & _OTHERS)
