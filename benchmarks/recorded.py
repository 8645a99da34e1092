"""What an operation sends to both stores, recorded and sent again on bare connections, with nothing decoded.

This is the floor of its guarantees: the same locks, statements and commands in the same order, without our code.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, Protocol
from unittest.mock import patch

import psycopg
import redis
from redis.connection import AbstractConnection
from sqlalchemy import Connection, Engine, event

_ALL_ENGINES = Engine


@dataclass(frozen=True, slots=True)
class Sent:
    """One round trip: a statement on one of the operation's connections, or a command to the cache."""

    engine: int | None
    """Which connection, by the engine that it came from; None for the cache."""
    statement: str
    parameters: Any = ()
    many: bool = False


@contextmanager
def recording() -> Iterator[list[Sent]]:
    """Records what is sent inside the block, in order."""
    sent: list[Sent] = []
    send = AbstractConnection.send_packed_command

    def execute(
        connection: Connection, _cursor: object, statement: str, parameters: Any, _c: object, many: bool
    ) -> None:
        sent.append(Sent(id(connection.engine), statement, parameters, many))

    def commit(connection: Connection) -> None:
        sent.append(Sent(id(connection.engine), "COMMIT"))

    def rollback(connection: Connection) -> None:
        sent.append(Sent(id(connection.engine), "ROLLBACK"))

    def cached(connection: AbstractConnection, command: Any, *arguments: Any, **options: Any) -> Any:
        sent.append(Sent(None, "", command))
        return send(connection, command, *arguments, **options)

    listeners = {"before_cursor_execute": execute, "commit": commit, "rollback": rollback}
    for name, listener in listeners.items():
        event.listen(_ALL_ENGINES, name, listener)
    try:
        with patch.object(AbstractConnection, "send_packed_command", cached):
            yield sent
    finally:
        for name, listener in listeners.items():
            event.remove(_ALL_ENGINES, name, listener)


class BareConnection(Protocol):
    """A connection that runs a statement and keeps its rows undecoded."""

    def run(self, sent: Sent) -> object:
        """Runs one statement."""

    def close(self) -> None:
        """Closes the connection."""


class BarePostgres:
    """A psycopg connection, whose results stay in libpq."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True, prepare_threshold=None)

    def run(self, sent: Sent) -> object:
        with self._connection.cursor() as cursor:
            if sent.many:
                return cursor.executemany(sent.statement.encode(), sent.parameters)
            return cursor.execute(sent.statement.encode(), sent.parameters or None)

    def close(self) -> None:
        self._connection.close()


class BareSqlite:
    """A sqlite3 connection with our settings."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, timeout=10, isolation_level=None)
        self._connection.execute("PRAGMA synchronous = NORMAL")

    def run(self, sent: Sent) -> object:
        if sent.many:
            return self._connection.executemany(sent.statement, sent.parameters)
        return self._connection.execute(sent.statement, sent.parameters or ()).fetchall()

    def close(self) -> None:
        self._connection.close()


class Replay:
    """Sends recorded round trips again, each engine's on a bare connection of its own."""

    def __init__(
        self,
        sent: list[Sent],
        connect: Callable[[], BareConnection],
        client: redis.Redis,
        lock: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        """`lock` is held meanwhile, where the operation's lock is neither a statement nor a command."""
        self.round_trips = len(sent)
        self._sent = sent
        self._cache = client.connection_pool.get_connection()
        self._lock = lock
        self._connections = {engine: connect() for engine in {one.engine for one in sent} if engine is not None}

    def __call__(self) -> None:
        with self._lock():
            for one in self._sent:
                if one.engine is None:
                    self._cache.send_packed_command(one.parameters)
                    self._cache.read_response(disable_decoding=True)
                else:
                    self._connections[one.engine].run(one)

    def close(self) -> None:
        """Closes the connections."""
        self._cache.disconnect()
        for connection in self._connections.values():
            connection.close()
