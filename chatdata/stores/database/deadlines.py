"""Connections to PostgreSQL whose every wait ends after a deadline, in whatever state the server is."""

from collections.abc import Callable
from contextlib import suppress
from math import ceil
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import ConnectionTimeout, _WaitTimeout

from chatdata.stores.waiting import PROBE_SECONDS, CircuitBreaker, Deadline, NoAnswer, Workers

_CANCEL_SECONDS = 1.0
_POLL_SECONDS = 0.1
_SECONDS_FOR_A_PROBE = 0.5

Result = TypeVar("Result")


class Unanswered(psycopg.OperationalError):
    """The server did not answer within a deadline; the text is the predicate of a sentence about it."""


class DeadlineConnection(psycopg.Connection[Any]):
    """A connection that is closed where the server does not answer within its deadline."""

    breaker: CircuitBreaker
    deadline: Deadline | None = None
    """Of each next wait; None while it is being made."""
    cancels = False
    """Whether the server is told to cancel what it did not answer."""

    def wait(self, gen: PQGen[Result], interval: float = _POLL_SECONDS, timeout: float | None = None) -> Result:
        """psycopg's one place of waiting on an open connection. Unanswered after the deadline."""
        deadline = self.deadline
        if deadline is None or timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, deadline.seconds)
        except _WaitTimeout:
            return self._give_up(gen, deadline)

    def _give_up(self, gen: PQGen[Result], deadline: Deadline) -> Result:
        """What the server says to a cancellation, where it still says something; else the connection is useless."""
        if self.cancels and self._cancelled():
            with suppress(_WaitTimeout):
                return super().wait(gen, timeout=_CANCEL_SECONDS)
        self.pgconn.finish()
        raise Unanswered(str(self.breaker.trip(deadline)))

    def _cancelled(self) -> bool:
        try:
            self.cancel_safe(timeout=_CANCEL_SECONDS)
        except psycopg.Error:
            return False
        return True


class Connecting:
    """Makes connections, DNS included, within a deadline, and knows whether the server answers."""

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline
        self.breaker = CircuitBreaker(self._probe)
        self._workers = Workers()
        self._make: Callable[[int], DeadlineConnection] | None = None

    def connect(self, make: Callable[[int], DeadlineConnection]) -> DeadlineConnection:
        """The connection that `make` makes, given libpq's own limit for each address. Unanswered after the deadline,
        and soon while the server is silent."""
        self._make = make
        try:
            self.breaker.wait_for_answer(_SECONDS_FOR_A_PROBE)  # a pooled connection may have died alone
            connection = self._connected(make, self.deadline.seconds)
        except NoAnswer as error:
            raise Unanswered(str(error)) from None
        except TimeoutError:
            raise Unanswered(str(self.breaker.trip(self.deadline))) from None
        connection.breaker, connection.deadline = self.breaker, self.deadline
        return connection

    def _probe(self) -> None:
        if self._make is not None:
            self._connected(self._make, PROBE_SECONDS).close()

    def _connected(self, make: Callable[[int], DeadlineConnection], seconds: float) -> DeadlineConnection:
        limit = max(2, ceil(seconds))  # ends a thread that nobody waits for any more
        try:
            return self._workers.call(lambda: make(limit), seconds, DeadlineConnection.close)
        except ConnectionTimeout:
            raise TimeoutError from None
