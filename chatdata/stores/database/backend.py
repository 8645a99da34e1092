"""The interface of a dialect: engines, transactions with a deadline, session locks, and the tables' columns."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import cast

from sqlalchemy import Connection, Engine, RootTransaction
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from chatdata.errors import ReadOnlyError
from chatdata.stores.database.failures import database_failures
from chatdata.stores.waiting import CircuitBreaker, NoAnswer

OTHER_STORES = "('n8n_chat_histories', 'agent_messages')"
"""The tables of other products, as SQL."""
Begin = Callable[[Connection], RootTransaction]
Columns = Mapping[str, frozenset[str]]
"""Table name → names of the columns found there."""


class Backend(ABC):
    """A database with one engine for reading only and, if writing is allowed, one for writing."""

    _pool_setting = ""
    """What changes how long a free connection is waited for, in brackets."""

    def __init__(self, where: str, reading: Engine, writing: Engine | None, breaker: CircuitBreaker) -> None:
        self.where = where
        self._breaker = breaker
        self._reading = reading
        self._writing = writing

    @property
    def writable(self) -> bool:
        """Whether writing is allowed."""
        return self._writing is not None

    @property
    def dialect(self) -> str:
        """The dialect's name: postgresql or sqlite."""
        return self._reading.dialect.name

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read-only transaction on one snapshot, which is stopped after the statement timeout."""
        with database_failures(self.where), self._transaction(self._reading) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that commits at its end. Raises ReadOnlyError when writing is not allowed."""
        with database_failures(self.where), self._transaction(self._writing_engine()) as connection:
            yield connection

    @contextmanager
    def _transaction(self, engine: Engine) -> Iterator[Connection]:
        connection, transaction = self._begun(engine, self._begin)
        with connection, transaction, self._deadline(connection):
            yield connection

    def _begun(self, engine: Engine, begin: Begin) -> tuple[Connection, RootTransaction]:
        """A connection and the transaction that `begin` has started on it.

        Nobody asks first whether a pooled connection still works, which would be a round trip of its own: if it does
        not, SQLAlchemy drops all that are as old, and the transaction begins on a new one.
        """
        try:
            return _start(self._connect(engine), begin)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        return _start(self._connect(engine), begin)

    def _begin(self, connection: Connection) -> RootTransaction:
        """Begins a transaction."""
        return connection.begin()

    def _connect(self, engine: Engine) -> Connection:
        """A connection of the pool, which gets it back when it is closed."""
        try:
            with self._breaker.attempt():
                return engine.connect()
        except PoolTimeout as error:
            waited = f"{cast(QueuePool, engine.pool).timeout():g} s{self._pool_setting}"
            raise NoAnswer(f"had no free connection for {waited}; try again") from error

    def _writing_engine(self) -> Engine:
        if self._writing is None:
            raise ReadOnlyError(f"{self.where} is opened read-only; INSPECTOR_ACCESS=write allows writing.")
        return self._writing

    def close(self) -> None:
        """Closes all connections."""
        self._breaker.close()
        self._reading.dispose()
        if self._writing is not None:
            self._writing.dispose()

    @abstractmethod
    def _deadline(self, connection: Connection) -> AbstractContextManager[None]:
        """Stops statements of this transaction after the statement timeout."""

    @abstractmethod
    def session_lock(self, session_id: str, wait: float) -> AbstractContextManager[None]:
        """Locks a session across processes; the lock ends with its holder. Raises LockTimeout after `wait` seconds."""

    @abstractmethod
    def lock_tables(self, connection: Connection) -> None:
        """Prevents other processes from creating tables until this transaction ends."""

    @abstractmethod
    def columns(self, connection: Connection) -> Columns:
        """The columns of both tables; a missing table has none."""

    @abstractmethod
    def views(self, connection: Connection) -> frozenset[str]:
        """Which of both tables are views."""

    @abstractmethod
    def other_stores(self, connection: Connection) -> tuple[str, ...]:
        """The tables of other products that docs/other-stores.md has views for, in any schema."""

    @abstractmethod
    def holds_tables(self, connection: Connection) -> bool:
        """Whether the database has any table, in any schema and visible to this role or not."""

    @abstractmethod
    def version(self, connection: Connection) -> str:
        """The server's name and version."""


def _start(connection: Connection, begin: Begin) -> tuple[Connection, RootTransaction]:
    try:
        return connection, begin(connection)
    except BaseException:
        connection.close()
        raise
