"""The deadlines of a cache client: for a connection, for each reply, for a cluster.

A single server: DNS, connecting and TLS together have the deadline for connecting, each answer (and each pause in a
long one) that of a command. A command is sent again only where its connection broke, never after a deadline.
A cluster: a command may ask several nodes, find new ones and start over, so all of it has one deadline, kept by leaving
the thread that does it behind.
"""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from redis import Connection, SSLConnection, UnixDomainSocketConnection, exceptions

from chatdata.errors import RedisTimeout
from chatdata.settings.stores import DEFAULT_CACHE_TIMEOUT, DEFAULT_CONNECT_TIMEOUT
from chatdata.stores.waiting import PROBE_SECONDS, CircuitBreaker, Deadline, NoAnswer, Workers

_MOST_STUCK = 16

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait for the cache, in seconds."""

    connect: float = DEFAULT_CONNECT_TIMEOUT
    command: float = DEFAULT_CACHE_TIMEOUT


class ConnectTimeout(exceptions.TimeoutError):
    """Raised when no connection was established within the deadline."""


class Waits:
    """The deadlines of one client and what it knows of its server; thread-safe."""

    def __init__(self, where: str, timeouts: Timeouts, probe: Callable[[float], object]) -> None:
        """`probe` queries the server on a separate connection, with this timeout in seconds."""
        self.timeouts = timeouts
        self._where = where
        self._probe = probe
        self._breaker = CircuitBreaker(self._ask)
        self._workers = Workers(_MOST_STUCK)
        self._connect = Deadline(timeouts.connect, "INSPECTOR_CONNECT_TIMEOUT")
        self._command = Deadline(timeouts.command, "INSPECTOR_CACHE_TIMEOUT")
        longer = "the longer of INSPECTOR_CONNECT_TIMEOUT and INSPECTOR_CACHE_TIMEOUT"
        self._cluster = Deadline(max(timeouts.connect, timeouts.command), longer)

    def close(self) -> None:
        """Stops probing an unresponsive server."""
        self._breaker.close()

    def of_server(self, command: Callable[[], Result]) -> Result:
        """Runs a command on a single server. Raises RedisTimeout."""
        return self._told(lambda: self._by_server(command))

    def of_cluster(self, command: Callable[[], Result]) -> Result:
        """Runs a command on a cluster. Raises RedisTimeout."""
        return self._told(lambda: self._by_cluster(command))

    def _ask(self) -> None:
        try:
            self._workers.call(lambda: self._probe(PROBE_SECONDS), PROBE_SECONDS, _drop)
        except exceptions.TimeoutError:
            raise TimeoutError from None

    def _told(self, ask: Callable[[], Result]) -> Result:
        try:
            with self._breaker.attempt():
                return ask()
        except NoAnswer as error:
            raise RedisTimeout(f"The cache {self._where} {error}.") from error

    def _by_server(self, command: Callable[[], Result]) -> Result:
        try:
            return command()
        except ConnectTimeout as error:
            raise self._breaker.trip(self._connect) from error
        except exceptions.TimeoutError as error:
            raise self._breaker.trip(self._command) from error

    def _by_cluster(self, command: Callable[[], Result]) -> Result:
        began = time.monotonic()
        try:
            return self._workers.call(command, self._cluster.seconds, _drop)
        except (TimeoutError, exceptions.TimeoutError) as error:
            raise self._breaker.trip(self._cluster) from error
        except (exceptions.ConnectionError, exceptions.RedisClusterException) as error:
            if time.monotonic() - began < self._command.seconds:
                raise
            raise self._breaker.trip(self._command) from error  # its client calls silent nodes unreachable


def _drop(_result: object) -> None:
    """Discards a reply that came too late."""


_connecting = Workers(_MOST_STUCK)


class _Connecting:
    """A connection that is established within its deadline, even if DNS or TLS hangs."""

    socket_connect_timeout: float

    def _connect(self) -> socket.socket:
        connect: Callable[[], socket.socket] = super()._connect  # type: ignore[misc]
        try:
            return _connecting.call(connect, self.socket_connect_timeout, socket.socket.close)
        except TimeoutError:
            raise ConnectTimeout("no connection within the deadline") from None


class _Tcp(_Connecting, Connection):  # type: ignore[misc]
    pass


class _Tls(_Connecting, SSLConnection):  # type: ignore[misc]
    def _wrap_socket_with_ssl(self, sock: socket.socket) -> socket.socket:
        sock.settimeout(self.socket_connect_timeout)
        wrapped: socket.socket = super()._wrap_socket_with_ssl(sock)  # type: ignore[no-untyped-call]
        wrapped.settimeout(self.socket_timeout)
        return wrapped


class _Unix(_Connecting, UnixDomainSocketConnection):  # type: ignore[misc]
    pass


def punctual(kind: type[Any]) -> type[Any]:
    """Returns a subclass of a redis-py connection class that enforces the deadline."""
    return {Connection: _Tcp, SSLConnection: _Tls, UnixDomainSocketConnection: _Unix}[kind]
