"""The inspector's own database in PostgreSQL, for several machines that share notes, scans and the audit log.

Its tables are in a schema of their own. Writes take one lock, so that there is one at a time, like in a SQLite file.
Every transaction says what it needs (search path, timeout), so that it also works behind a transaction pooler.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from psycopg import ClientCursor
from psycopg.errors import InsufficientPrivilege, InvalidSchemaName, UndefinedTable
from sqlalchemy import Engine, PoolProxiedConnection, create_engine
from sqlalchemy.exc import SQLAlchemyError

from chatdata.errors import AppDatabaseError
from chatdata.stores.app_db.postgres_schema import MIGRATIONS, SCHEMA
from chatdata.stores.postgres_deadlines import Connecting, DeadlineConnection
from chatdata.stores.waiting import Deadline

_SETTING = "INSPECTOR_APP_DATABASE_URL"
_GRACE_SECONDS = 2.0
"""How long after its own timeout the server may take to say that it kept it."""
_WRITERS = 0x636F6E76_696E7370
"""The advisory lock that a writer holds until its transaction ends."""
_PREPARED = "inspector_schema"
_VERSION = f"SELECT version FROM {SCHEMA}.schema_version"


class PostgresDatabase:
    """A PostgreSQL database whose tables are created and migrated on first use, where the role may do so."""

    def __init__(self, url: str, shown: str, *, statement_timeout: float, connect_timeout: float) -> None:
        """`shown` is the URL without its password; timeouts are in seconds. It connects on first use."""
        self._shown = shown
        self._timeout_ms = max(1, int(statement_timeout * 1000))
        self._statement = Deadline(statement_timeout + _GRACE_SECONDS, "INSPECTOR_STATEMENT_TIMEOUT and 2 s more")
        connecting = Connecting(Deadline(connect_timeout, "INSPECTOR_CONNECT_TIMEOUT"))
        self._engine = _engine(url, connecting)

    def exists(self) -> bool:
        """True: only the server knows."""
        return True

    def close(self) -> None:
        """Closes the connections; the next use opens new ones."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator["_Connection"]:
        """A connection whose statements all see one moment."""
        with self._transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator["_Connection"]:
        """A connection in a transaction, which waits for the one of another process."""
        with self._transaction("BEGIN", f"SELECT pg_advisory_xact_lock({_WRITERS})") as connection:
            yield connection

    @contextmanager
    def _transaction(self, begin: str, *first: str) -> Iterator["_Connection"]:
        with self._failures(), self._checked_out() as driver:
            path = f"SET LOCAL search_path = {SCHEMA}"
            with _committed(driver, "; ".join((begin, self._limit, path, *first))):
                yield _Connection(driver)

    @property
    def _limit(self) -> str:
        return f"SET LOCAL statement_timeout = {self._timeout_ms}"

    @contextmanager
    def _checked_out(self) -> Iterator[DeadlineConnection]:
        """A connection from the pool, by which the tables have been found to be those of this version."""
        pooled = self._engine.raw_connection()
        try:
            driver = cast(DeadlineConnection, pooled.driver_connection)
            driver.deadline, driver.cancels = self._statement, True
            self._prepare(pooled, driver)
            yield driver
        finally:
            pooled.close()

    def _prepare(self, pooled: PoolProxiedConnection, driver: DeadlineConnection) -> None:
        if not pooled.info.get(_PREPARED):
            if self._version(driver) < len(MIGRATIONS):
                self._migrate(driver)
            pooled.info[_PREPARED] = True

    def _migrate(self, driver: DeadlineConnection) -> None:
        lock = f"SELECT pg_advisory_xact_lock({_WRITERS})"
        try:
            with _committed(driver, "; ".join(("BEGIN", self._limit, lock))):
                self._create(driver)
        except InsufficientPrivilege as error:
            raise AppDatabaseError(
                f"The inspector's own database {self._shown} lacks tables of this version, and its role may not create "
                f"them. Run `python -m chatdata audit` once with the URL of its owner in {_SETTING}."
            ) from error

    def _create(self, driver: DeadlineConnection) -> None:
        execute = ClientCursor(driver).execute
        execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}; SET LOCAL search_path = {SCHEMA}")
        execute(f"CREATE TABLE IF NOT EXISTS {SCHEMA}.schema_version (version INTEGER NOT NULL)")
        version = self._known(execute(_VERSION).fetchone())
        for statements in MIGRATIONS[version:]:  # none if another process was faster
            execute(statements.encode())
        execute(f"DELETE FROM {SCHEMA}.schema_version; INSERT INTO {SCHEMA}.schema_version VALUES ({len(MIGRATIONS)})")

    def _version(self, driver: DeadlineConnection) -> int:
        try:
            with _committed(driver, f"BEGIN READ ONLY; {self._limit}"):
                return self._known(ClientCursor(driver).execute(_VERSION).fetchone())
        except (UndefinedTable, InvalidSchemaName):
            return 0

    def _known(self, row: tuple[int] | None) -> int:
        version = 0 if row is None else row[0]
        if not 0 <= version <= len(MIGRATIONS):
            raise AppDatabaseError(
                f"The inspector's own database {self._shown} has schema version {version}, but this version of the "
                f"inspector knows none above {len(MIGRATIONS)}. Start the newer inspector that wrote it, or set "
                f"{_SETTING} to another database."
            )
        return version

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except (psycopg.Error, SQLAlchemyError) as error:
            raise AppDatabaseError(
                f"The inspector's own database {self._shown} can't be used: {_reason(error)}. {_SETTING} names it."
            ) from error


class _Connection:
    """Runs statements with `?` for parameters, which psycopg writes as %s."""

    def __init__(self, driver: DeadlineConnection) -> None:
        self._driver = driver

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> "ClientCursor[Any]":
        return ClientCursor(self._driver).execute(_statement(sql), parameters)

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> None:
        ClientCursor(self._driver).executemany(_statement(sql), parameters)


def _statement(sql: str) -> bytes:
    return sql.replace("%", "%%").replace("?", "%s").encode()


@contextmanager
def _committed(driver: DeadlineConnection, begin: str) -> Iterator[None]:
    ClientCursor(driver).execute(begin.encode())
    try:
        yield
    except BaseException:
        if not driver.closed:
            driver.execute("ROLLBACK")
        raise
    driver.execute("COMMIT")


def _reason(error: BaseException) -> str:
    """The first line, since further ones may quote values."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def _engine(url: str, connecting: Connecting) -> Engine:
    def connect() -> DeadlineConnection:
        return connecting.connect(
            lambda seconds: DeadlineConnection.connect(
                url,
                autocommit=True,
                connect_timeout=seconds,
                prepare_threshold=None,  # prepared statements break behind a transaction pooler
                application_name="conversation-inspector",
            )
        )

    return create_engine(
        "postgresql+psycopg://",
        creator=connect,
        pool_size=4,
        max_overflow=4,
        pool_timeout=connecting.deadline.seconds,
        pool_pre_ping=True,
        hide_parameters=True,
    )
