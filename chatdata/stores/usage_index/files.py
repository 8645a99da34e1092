"""The files of the usage index, which only their owner can open.

A builder works in a file of its own (`.building`) and keeps it if it is interrupted, so that the next one goes on from
there. What is finished is written to a new file that replaces the one that is read: readers never wait, and one that
has the old file open reads it to the end. DuckDB never gets at extensions, and so not at the network.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from chatdata.errors import UsageIndexError
from chatdata.stores import full_disk, private_files
from chatdata.stores.sqlite_locks import is_busy

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FOLDER = "usage-index"
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": "2",
    "memory_limit": "512MB",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


class UsageIndex:
    """The index of one deployment in a data folder. Nothing is created before it is built."""

    def __init__(self, data_dir: Path, deployment: str) -> None:
        name = hashlib.sha256(deployment.encode()).hexdigest()[:16]
        self.deployment = deployment
        self.folder = data_dir / FOLDER
        self.path = self.folder / f"{name}.duckdb"
        """The finished index."""
        self.building = self.folder / f"{name}.building"
        """The index that is being built or renewed."""
        self._lock = self.folder / f"{name}.lock"

    @property
    def exists(self) -> bool:
        """Whether there is a finished index, which may be damaged."""
        return self.path.exists()

    @contextmanager
    def locked(self) -> Iterator[bool]:
        """Makes this process the one that builds, until it ends or dies; False if another one builds.

        Raises UsageIndexError if the folder can't be written.
        """
        with reported(self.folder):
            private_files.make_folder(self.folder)
            private_files.make_file(self._lock)
            lock = sqlite3.connect(self._lock, timeout=0, isolation_level=None)
        with closing(lock):
            yield self._is_taken(lock)

    def _is_taken(self, lock: sqlite3.Connection) -> bool:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if is_busy(error):
                return False
            raise UsageIndexError(f"The usage index in {self.folder} can't be written: {error}.") from error
        return True


@contextmanager
def opened(path: Path, *, read_only: bool) -> Iterator["DuckDBPyConnection"]:
    """A connection to an index file; raises UsageIndexError, also for what fails while it is used."""
    import duckdb  # 25 MB that only those load who have an index

    with reported(path):
        try:
            with private_files.private_umask():
                connection = duckdb.connect(str(path), read_only=read_only, config=_CONFIG)
            with closing(connection):
                yield connection
        except duckdb.Error as error:
            if full_disk.has_no_space(path.parent):
                raise UsageIndexError(full_disk.sentence(path)) from error
            raise UsageIndexError(f"The usage index {path} can't be used: {_first_line(error)}.") from error


def failures() -> type[Exception]:
    """What DuckDB raises for a file that is damaged."""
    import duckdb

    return duckdb.Error


def remove(path: Path) -> None:
    """Removes an index file and what DuckDB keeps beside it. Raises UsageIndexError."""
    with reported(path):
        for file in (path, path.with_name(f"{path.name}.wal")):
            file.unlink(missing_ok=True)


@contextmanager
def reported(path: Path) -> Iterator[None]:
    """Turns a failure of the file system into a UsageIndexError."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        if full_disk.is_full(error, path.parent):
            raise UsageIndexError(full_disk.sentence(path)) from error
        reason = getattr(error, "strerror", None) or error
        raise UsageIndexError(f"The usage index in {path} can't be written: {reason}.") from error


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
