"""PostgreSQL: transactions declared read-only one by one, advisory locks, and schema-qualified names.

Every wait has a deadline: for a free connection of the pool, for the server's answer to a new or a pooled connection,
for each statement (the server's own statement timeout comes first, where the server is able to keep it), for a lock.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from psycopg import DataError, IsolationLevel, adapters
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format
from sqlalchemy import Connection, Engine, RootTransaction, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chatdata.errors import LockTimeout
from chatdata.stores.database.backend import OTHER_STORES, Backend, Columns
from chatdata.stores.database.columns import dump_json, load_json
from chatdata.stores.database.failures import database_failures
from chatdata.stores.database.url import Target
from chatdata.stores.postgres_deadlines import Connecting, DeadlineConnection
from chatdata.stores.waiting import Deadline, NoAnswer

log = logging.getLogger(__name__)

_GRACE_SECONDS = 2.0
"""How long after its own timeout the server may take to say that it kept it."""
_SECONDS_FOR_A_LOCKS_CONNECTION = 10.0


class Postgres(Backend):
    """A PostgreSQL database."""

    _pool_setting = " (INSPECTOR_CONNECT_TIMEOUT)"

    def __init__(self, target: Target, *, write: bool, statement_timeout: float, connect_timeout: float) -> None:
        connecting = Connecting(_connect_deadline(target, connect_timeout))
        super().__init__(
            target.shown,
            _engine(target, connecting, read_only=True),
            _engine(target, connecting, read_only=False) if write else None,
            connecting.breaker,
        )
        self.schema = target.schema or "public"
        self._timeout_ms = max(1, int(statement_timeout * 1000))
        self._statement = Deadline(statement_timeout + _GRACE_SECONDS, "INSPECTOR_STATEMENT_TIMEOUT and 2 s more")
        # Locks use connections of their own: a writer that holds a lock must never wait for the pool
        # behind writers that wait for the same lock.
        self._locks = (
            _engine(target, connecting, read_only=False, pool_timeout=_SECONDS_FOR_A_LOCKS_CONNECTION)
            if write
            else None
        )

    def close(self) -> None:
        super().close()
        if self._locks is not None:
            self._locks.dispose()

    def _begin(self, connection: Connection) -> RootTransaction:
        return _begin(connection, f"SET LOCAL statement_timeout = {self._timeout_ms}")

    @contextmanager
    def _deadline(self, connection: Connection) -> Iterator[None]:
        driver = _driver(connection)
        driver.deadline, driver.cancels = self._statement, True  # until it goes back to its pool
        yield

    @contextmanager
    def session_lock(self, session_id: str, wait: float) -> Iterator[None]:
        self._writing_engine()
        assert self._locks is not None
        with database_failures(self.where):
            lock = self._begin_for_lock(self._locks, wait)
        try:
            with database_failures(self.where):
                _take_lock(lock, session_id, wait)
            yield
        finally:
            _let_go(lock)

    def _begin_for_lock(self, locks: Engine, wait: float) -> Connection:
        settings = (
            f"SET LOCAL lock_timeout = {max(1, int(wait * 1000))}; "
            "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
        )
        try:
            return self._begun(locks, lambda connection: _begin(connection, settings))[0]
        except NoAnswer as error:
            if isinstance(error.__cause__, PoolTimeout):
                raise LockTimeout(f"Too many writers wait for sessions of {self.where}; try again.") from error
            raise

    def lock_tables(self, connection: Connection) -> None:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtextextended('chat:tables', 0))")

    def columns(self, connection: Connection) -> Columns:
        rows = connection.execute(
            text(
                "SELECT table_name, column_name FROM information_schema.columns "
                "WHERE table_schema = :schema AND table_name IN ('ChatSession', 'ChatMessage') "
                # which omits materialized views
                "UNION ALL SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
                "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = :schema AND c.relkind = 'm' "
                "AND c.relname IN ('ChatSession', 'ChatMessage') AND a.attnum > 0 AND NOT a.attisdropped "
                "AND has_column_privilege(c.oid, a.attnum, 'SELECT')"
            ),
            {"schema": self.schema},
        ).all()
        return {
            table: frozenset(column for name, column in rows if name == table)
            for table in ("ChatSession", "ChatMessage")
        }

    def views(self, connection: Connection) -> frozenset[str]:
        query = (
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = :schema AND c.relkind IN ('v', 'm') AND c.relname IN ('ChatSession', 'ChatMessage')"
        )
        return frozenset(connection.execute(text(query), {"schema": self.schema}).scalars())

    def other_stores(self, connection: Connection) -> tuple[str, ...]:
        query = f"SELECT DISTINCT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relname IN {OTHER_STORES}"
        return tuple(sorted(connection.execute(text(query)).scalars()))

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


def _begin(connection: Connection, settings: str) -> RootTransaction:
    """Begins a transaction with settings of its own, in one round trip."""
    transaction = connection.begin()
    driver = _driver(connection)
    if not driver.autocommit:
        driver.autocommit = True  # psycopg would send a BEGIN of its own before the first statement
    begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if driver.read_only else "BEGIN"
    connection.exec_driver_sql(f"{begin}; {settings}")
    return transaction


def _take_lock(connection: Connection, session_id: str, wait: float) -> None:
    driver = _driver(connection)
    usual, driver.deadline = driver.deadline, Deadline(wait + _GRACE_SECONDS, "the wait for a lock and 2 s more")
    connection.exec_driver_sql(
        "SELECT pg_advisory_xact_lock(hashtextextended(%(key)s, 0))", {"key": f"chat:session:{session_id}"}
    )
    driver.deadline = usual


def _driver(connection: Connection) -> DeadlineConnection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, DeadlineConnection)
    return driver


def _let_go(connection: Connection) -> None:
    """Ends the lock's transaction; a lost connection is only logged, since changes under the lock are committed."""
    try:
        connection.close()
    except SQLAlchemyError:
        log.warning("the connection that held a session's lock was lost")


class _ClampedTimestamps(Loader):
    """Loads 'infinity' and years that Python can't represent as Python's last or first moment."""

    def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
        super().__init__(oid, context)
        usual = adapters.get_loader(oid, Format.TEXT)  # in C where psycopg has it
        assert usual is not None
        self._load = usual(oid, context).load

    def load(self, data: Buffer) -> datetime:
        try:
            return self._load(data)  # type: ignore[no-any-return]
        except DataError:
            return datetime.min if bytes(data).startswith(b"-") or bytes(data).endswith(b"BC") else datetime.max


def _connect_deadline(target: Target, seconds: float) -> Deadline:
    """Returns the connect deadline; connect_timeout in DATABASE_URL takes precedence."""
    given = target.url.query.get("connect_timeout")
    if isinstance(given, str) and given.isdecimal() and int(given) > 0:
        return Deadline(float(given), "connect_timeout in DATABASE_URL")
    return Deadline(seconds, "INSPECTOR_CONNECT_TIMEOUT")


def _engine(target: Target, connecting: Connecting, *, read_only: bool, pool_timeout: float | None = None) -> Engine:
    engine = create_engine(
        target.url,
        pool_size=4,
        max_overflow=4,
        pool_timeout=pool_timeout or connecting.deadline.seconds,
        hide_parameters=True,
        json_serializer=dump_json,
        json_deserializer=load_json,
        # Prepared statements break behind a transaction pooler.
        connect_args={"prepare_threshold": None, "application_name": "conversation-inspector"},
        execution_options={"schema_translate_map": {None: target.schema}},
    )

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: object, _record: object, _arguments: object, given: dict[str, Any]) -> DeadlineConnection:
        driver = connecting.connect(lambda seconds: DeadlineConnection.connect(**{**given, "connect_timeout": seconds}))
        driver.adapters.register_loader("timestamp", _ClampedTimestamps)
        if read_only:  # psycopg then says BEGIN … READ ONLY itself, whatever a pooler made of the options,
            # for what SQLAlchemy asks about versions and types before the first transaction of ours.
            driver.read_only = True
            driver.isolation_level = IsolationLevel.REPEATABLE_READ
        return driver

    @event.listens_for(engine, "reset")
    def wait_shortly(driver: DeadlineConnection, _record: object, _state: object) -> None:
        """For the end of the transaction and the beginning of the next one."""
        driver.deadline, driver.cancels = connecting.deadline, False

    return engine
