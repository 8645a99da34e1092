"""The inspector's own database as a SQLite file beside the embedded stores. Several processes may use it at once."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from chatdata.errors import AppDatabaseError
from chatdata.stores import full_disk, private_files
from chatdata.stores.app_db import migrations
from chatdata.stores.sqlite_locks import use_wal

FILE_NAME = "inspector.db"
_BUSY_SECONDS = 30


class SqliteFile:
    """A file that is created on first write."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE_NAME

    def exists(self) -> bool:
        """False before the first write."""
        return self._path.exists()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for reading, of a migrated copy in memory where the file is an older one and read-only."""
        with self._open(to_write=False) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction, which waits for the one of another process."""
        with self._open(to_write=True) as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection

    @contextmanager
    def _open(self, *, to_write: bool) -> Iterator[sqlite3.Connection]:
        try:
            private_files.make_folder(self._path.parent)
            private_files.make_file(self._path)
            private_files.close_to_others(self._path)
            with (
                closing(sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None)) as connection,
                closing(self._prepared(connection, to_write=to_write)) as prepared,
            ):
                yield prepared
        except (sqlite3.Error, OSError) as error:
            if full_disk.is_full(error, self._path.parent):
                raise AppDatabaseError(full_disk.sentence(f"the inspector's own file {self._path}")) from error
            raise AppDatabaseError(
                f"The inspector's own file {self._path} can't be used: {error}. "
                "INSPECTOR_DATA_DIR names the folder that it is in."
            ) from error

    def _prepared(self, connection: sqlite3.Connection, *, to_write: bool) -> sqlite3.Connection:
        """The connection after migration; for an older read-only file, a connection to a migrated copy in memory."""
        try:
            migrations.migrate(connection, self._path)
        except sqlite3.OperationalError as error:
            if to_write or not _is(error, sqlite3.SQLITE_READONLY):
                raise
            return migrations.migrated_copy(connection, self._path)
        use_wal(connection, _BUSY_SECONDS)
        connection.execute("PRAGMA foreign_keys = ON")
        return connection


def _is(error: sqlite3.Error, code: int) -> bool:
    """Whether an error has this primary result code, ignoring the extended code."""
    return bool(getattr(error, "sqlite_errorcode", 0) & 0xFF == code)
