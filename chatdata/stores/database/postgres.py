"""PostgreSQL: transactions declared read-only one by one, advisory locks, and schema-qualified names."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from psycopg import Connection as Driver
from psycopg import DataError, IsolationLevel
from psycopg.abc import Buffer
from psycopg.types.datetime import TimestampLoader
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chatdata.errors import LockTimeout
from chatdata.stores.database.backend import Backend, Columns
from chatdata.stores.database.columns import dump_json, load_json
from chatdata.stores.database.failures import database_failures
from chatdata.stores.database.url import Target

log = logging.getLogger(__name__)

_CONNECT_TIMEOUT_SECONDS = 5


class Postgres(Backend):
    """A PostgreSQL database."""

    def __init__(self, target: Target, *, write: bool, statement_timeout: float) -> None:
        super().__init__(
            target.shown,
            _engine(target, read_only=True),
            _engine(target, read_only=False) if write else None,
        )
        self.schema = target.schema or "public"
        self._timeout_ms = max(1, int(statement_timeout * 1000))
        # Locks use connections of their own: a writer that holds a lock must never wait for the pool
        # behind writers that wait for the same lock.
        self._locks = _engine(target, read_only=False) if write else None

    def close(self) -> None:
        super().close()
        if self._locks is not None:
            self._locks.dispose()

    @contextmanager
    def _deadline(self, connection: Connection) -> Iterator[None]:
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {self._timeout_ms}")
        yield

    @contextmanager
    def session_lock(self, session_id: str, wait: float) -> Iterator[None]:
        self._writing_engine()
        assert self._locks is not None
        with database_failures(self.where):
            lock = self._connect_for_lock(self._locks)
        try:
            with database_failures(self.where):
                _take_lock(lock, session_id, wait)
            yield
        finally:
            _let_go(lock)

    def _connect_for_lock(self, locks: Engine) -> Connection:
        try:
            return locks.connect()
        except PoolTimeout as error:
            raise LockTimeout(f"Too many writers wait for sessions of {self.where}; try again.") from error

    def lock_tables(self, connection: Connection) -> None:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtextextended('chat:tables', 0))")

    def columns(self, connection: Connection) -> Columns:
        rows = connection.execute(
            text(
                "SELECT table_name, column_name FROM information_schema.columns "
                "WHERE table_schema = :schema AND table_name IN ('ChatSession', 'ChatMessage')"
            ),
            {"schema": self.schema},
        ).all()
        return {
            table: frozenset(column for name, column in rows if name == table)
            for table in ("ChatSession", "ChatMessage")
        }

    def holds_tables(self, connection: Connection) -> bool:
        # pg_class, because information_schema omits tables that this role may not access.
        query = (
            "SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' "
            "AND n.nspname NOT LIKE 'pg\\_%')"
        )
        return bool(connection.execute(text(query)).scalar())

    def version(self, connection: Connection) -> str:
        return f"PostgreSQL {connection.exec_driver_sql('SHOW server_version').scalar()}"


def _take_lock(connection: Connection, session_id: str, wait: float) -> None:
    connection.exec_driver_sql(
        f"SET LOCAL lock_timeout = {max(1, int(wait * 1000))}; "
        "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
    )
    connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"chat:session:{session_id}"}
    )


def _let_go(connection: Connection) -> None:
    """Ends the lock's transaction; a lost connection is only logged, since changes under the lock are committed."""
    try:
        connection.close()
    except SQLAlchemyError:
        log.warning("the connection that held a session's lock was lost")


class _ClampedTimestamps(TimestampLoader):
    """Loads 'infinity' and years that Python can't represent as Python's last or first moment."""

    def load(self, data: Buffer) -> datetime:
        try:
            return super().load(data)
        except DataError:
            return datetime.min if bytes(data).startswith(b"-") or bytes(data).endswith(b"BC") else datetime.max


def _engine(target: Target, *, read_only: bool) -> Engine:
    engine = create_engine(
        target.url,
        pool_size=4,
        max_overflow=4,
        pool_timeout=10,
        pool_pre_ping=True,
        hide_parameters=True,
        json_serializer=dump_json,
        json_deserializer=load_json,
        connect_args=_connect_arguments(target),
        execution_options={"schema_translate_map": {None: target.schema}},
    )

    @event.listens_for(engine, "connect")
    def prepare(driver: Driver[Any], _record: object) -> None:
        driver.adapters.register_loader("timestamp", _ClampedTimestamps)
        if read_only:  # psycopg then says BEGIN … READ ONLY itself, whatever a pooler made of the options
            driver.read_only = True
            driver.isolation_level = IsolationLevel.REPEATABLE_READ

    return engine


def _connect_arguments(target: Target) -> dict[str, Any]:
    # Prepared statements break behind a transaction pooler.
    arguments: dict[str, Any] = {"prepare_threshold": None, "application_name": "conversation-inspector"}
    if "connect_timeout" not in target.url.query:
        arguments["connect_timeout"] = _CONNECT_TIMEOUT_SECONDS
    return arguments
