"""Connections to PostgreSQL with a deadline for every wait, whatever state the server is in."""

from collections.abc import Callable
from contextlib import suppress
from math import ceil
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import ConnectionTimeout, _WaitTimeout

from chatdata.stores.waiting import PROBE_SECONDS, CircuitBreaker, Deadline, NoAnswer, Unanswered, Workers

_CANCEL_SECONDS = 1.0
_POLL_SECONDS = 0.1
_SECONDS_FOR_A_PROBE = 0.5

Result = TypeVar("Result")


class UnansweredStatement(psycopg.OperationalError, Unanswered):
    """Raised when the server did not answer in time; `str()` is the predicate of a sentence about it."""


class DeadlineConnection(psycopg.Connection[Any]):
    """A connection that closes itself when the server does not answer within its deadline."""

    breaker: CircuitBreaker
    deadline: Deadline | None = None
    """The deadline of each wait from now on; None while the connection is being established."""
    cancels = False
    """Whether a query is canceled at the server after a timeout."""

    def wait(self, gen: PQGen[Result], interval: float = _POLL_SECONDS, timeout: float | None = None) -> Result:
        """Overrides the method in which psycopg waits on an open connection.

        Raises UnansweredStatement after the deadline.
        """
        deadline = self.deadline
        if deadline is None or timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, deadline.seconds)
        except _WaitTimeout:
            return self._give_up(gen, deadline)

    def _give_up(self, gen: PQGen[Result], deadline: Deadline) -> Result:
        """Cancels the query and returns the server's reply; without one, closes and raises Unanswered."""
        if self.cancels and self._cancelled():
            with suppress(_WaitTimeout):
                return super().wait(gen, timeout=_CANCEL_SECONDS)
        self.pgconn.finish()
        raise UnansweredStatement(str(self.breaker.trip(deadline)))

    def _cancelled(self) -> bool:
        try:
            self.cancel_safe(timeout=_CANCEL_SECONDS)
        except psycopg.Error:
            return False
        return True


class Connecting:
    """Establishes connections, including DNS, within a deadline, and tracks whether the server responds."""

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline
        self.breaker = CircuitBreaker(self._probe)
        self._workers = Workers()
        self._make: Callable[[int], DeadlineConnection] | None = None

    def connect(self, make: Callable[[int], DeadlineConnection]) -> DeadlineConnection:
        """Returns a new connection.

        Raises UnansweredStatement after the deadline, and sooner while the server is unresponsive.

        `make` receives libpq's own time limit for each address, in seconds.
        """
        self._make = make
        try:
            self.breaker.wait_for_answer(_SECONDS_FOR_A_PROBE)  # a pooled connection may have failed on its own
            connection = self._connected(make, self.deadline.seconds)
        except NoAnswer as error:
            raise UnansweredStatement(str(error)) from None
        except TimeoutError:
            raise UnansweredStatement(str(self.breaker.trip(self.deadline))) from None
        connection.breaker, connection.deadline = self.breaker, self.deadline
        return connection

    def _probe(self) -> None:
        if self._make is not None:
            self._connected(self._make, PROBE_SECONDS).close()

    def _connected(self, make: Callable[[int], DeadlineConnection], seconds: float) -> DeadlineConnection:
        limit = max(2, ceil(seconds))  # ends the thread after its caller has given up
        try:
            return self._workers.call(lambda: make(limit), seconds, DeadlineConnection.close)
        except ConnectionTimeout:
            raise TimeoutError from None
