"""SQLite: the embedded database, or the file in DATABASE_URL."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from operator import methodcaller
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.pool import QueuePool

from chatdata.errors import DatabaseUnavailable, LockTimeout
from chatdata.stores import full_disk, private_files
from chatdata.stores.database.backend import OTHER_STORES, Backend, Columns
from chatdata.stores.database.columns import dump_json, load_json
from chatdata.stores.database.url import Target
from chatdata.stores.database.usage import columns as usage_columns
from chatdata.stores.database.usage import title_words
from chatdata.stores.sqlite_locks import is_busy, use_wal
from chatdata.stores.waiting import CircuitBreaker

_BUSY_SECONDS = 10
_OPCODES_BETWEEN_LOOKS = 1_000


class Sqlite(Backend):
    """A SQLite file, which is created if it is missing and writing is allowed."""

    def __init__(self, target: Target, *, write: bool, statement_timeout: float) -> None:
        self._path = Path(target.url.database or "")
        super().__init__(
            target.shown,
            _engine(self._path, read_only=True, create=write),
            _engine(self._path, read_only=False, create=True) if write else None,
            CircuitBreaker(lambda: None),  # a file is always there to answer
        )
        self._timeout = statement_timeout

    @contextmanager
    def _deadline(self, connection: Connection) -> Iterator[None]:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        end = time.monotonic() + self._timeout
        driver.set_progress_handler(lambda: time.monotonic() > end, _OPCODES_BETWEEN_LOOKS)
        try:
            yield
        finally:
            driver.set_progress_handler(None, 0)

    @contextmanager
    def session_lock(self, session_id: str, wait: float) -> Iterator[None]:
        # SQLite has one writer at a time anyway, so one lock serves all sessions: an SQLite file beside
        # the database, whose lock the system releases when its holder dies.
        self._writing_engine()
        with closing(self._take_lock(wait)):
            yield

    def _take_lock(self, wait: float) -> sqlite3.Connection:
        lock_file = self._path.with_name(self._path.name + "-lock")
        _make_folder(self._path)
        try:
            if self._path.exists():
                private_files.make_file(lock_file, like=self._path)
            lock = sqlite3.connect(lock_file, timeout=wait, isolation_level=None)
        except (sqlite3.Error, OSError) as error:
            raise self._unusable(lock_file, error) from error
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            lock.close()
            if not is_busy(error):
                raise self._unusable(lock_file, error) from error
            raise LockTimeout(f"Another writer held {self.where} for too long; try again.") from error
        return lock

    def _unusable(self, lock_file: Path, error: sqlite3.Error | OSError) -> DatabaseUnavailable:
        if full_disk.is_full(error, lock_file.parent):
            return DatabaseUnavailable(full_disk.sentence(self.where))
        return DatabaseUnavailable(f"The file {lock_file} can't be opened for writing: {error}.")

    def lock_tables(self, connection: Connection) -> None:
        """Does nothing, since BEGIN IMMEDIATE already excludes other writers."""

    def columns(self, connection: Connection) -> Columns:
        query = text("SELECT name FROM pragma_table_info(:table)")
        return {
            table: frozenset(connection.execute(query, {"table": table}).scalars())
            for table in ("ChatSession", "ChatMessage")
        }

    def views(self, connection: Connection) -> frozenset[str]:
        query = text("SELECT name FROM sqlite_schema WHERE type = 'view' AND name IN ('ChatSession', 'ChatMessage')")
        return frozenset(connection.execute(query).scalars())

    def other_stores(self, connection: Connection) -> tuple[str, ...]:
        query = text(f"SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN {OTHER_STORES} ORDER BY name")
        return tuple(connection.execute(query).scalars())

    def holds_tables(self, connection: Connection) -> bool:
        return bool(connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema").scalar())

    def version(self, connection: Connection) -> str:
        return f"SQLite {sqlite3.sqlite_version}"


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        if full_disk.is_full(error, path.parent):
            raise DatabaseUnavailable(full_disk.sentence(path)) from error
        raise DatabaseUnavailable(f"The folder of {path} can't be made: {error}.") from error


def _create(path: Path) -> None:
    _make_folder(path)
    with suppress(OSError):  # SQLite then reports what is wrong
        private_files.make_file(path)
    with closing(sqlite3.connect(path, timeout=_BUSY_SECONDS)) as connection:
        use_wal(connection, _BUSY_SECONDS)


def _engine(path: Path, *, read_only: bool, create: bool) -> Engine:
    engine = create_engine(
        "sqlite+pysqlite://",
        creator=lambda: _connect(path, read_only=read_only, create=create),
        pool_size=4,
        max_overflow=4,
        pool_timeout=10,
        hide_parameters=True,
        json_serializer=dump_json,
        json_deserializer=load_json,
        poolclass=QueuePool,
    )
    begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _connect(path: Path, *, read_only: bool, create: bool) -> sqlite3.Connection:
    if create:
        _create(path)
    uri = f"{path.absolute().as_uri()}?mode=rw"  # a missing file is an error, not an empty database
    connection = sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.text_factory = _text
    connection.create_function("contains_casefold", 2, _contains_casefold, deterministic=True)
    usage_columns.register_functions(connection)
    title_words.register_functions(connection)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    if read_only:
        connection.execute("PRAGMA query_only = ON")
    return connection


_text = methodcaller("decode", "utf-8", "replace")  # a function in C, since every text of every row goes through it
"""SQLite text decoded as UTF-8, with U+FFFD for invalid bytes, which SQLite does not reject."""


def _contains_casefold(text: Any, folded: str) -> bool:
    """Whether a text contains `folded` ignoring case, which SQLite's LIKE does for ASCII only.

    `text` arrives as bytes, because SQLite can't pass text that isn't UTF-8 to a function, and one such value would end
    the search.
    """
    return isinstance(text, bytes) and folded in _text(text).casefold()
