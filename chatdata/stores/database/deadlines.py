"""Connections to PostgreSQL whose every wait ends after a deadline, in whatever state the server is."""

from collections.abc import Callable
from contextlib import suppress
from math import ceil
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import ConnectionTimeout, _WaitTimeout

from chatdata.stores.waiting import CircuitBreaker, Deadline, NoAnswer, Workers

_CANCEL_SECONDS = 1.0
_POLL_SECONDS = 0.1

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
    """Makes connections, DNS included, within a deadline."""

    def __init__(self, deadline: Deadline, breaker: CircuitBreaker) -> None:
        self.deadline = deadline
        self._breaker = breaker
        self._workers = Workers()

    def connect(self, make: Callable[[], DeadlineConnection]) -> DeadlineConnection:
        """The connection that `make` makes. Unanswered after the deadline, and at once while the server is silent."""
        try:
            self._breaker.refuse_in_silence()
            connection = self._workers.call(make, self.deadline.seconds, DeadlineConnection.close)
        except NoAnswer as error:
            raise Unanswered(str(error)) from None
        except (TimeoutError, ConnectionTimeout):
            raise Unanswered(str(self._breaker.trip(self.deadline))) from None
        connection.breaker, connection.deadline = self._breaker, self.deadline
        return connection

    @property
    def libpq_seconds(self) -> int:
        """libpq's own limit for each address, which ends a thread that nobody waits for any more."""
        return max(2, ceil(self.deadline.seconds))
