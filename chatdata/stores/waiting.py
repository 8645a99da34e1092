"""Deadlines on waits for a server, kept on this side: a server that hangs enforces none of its own.

Every wait ends in words. Each store says where its waits are; the seconds are settings.

- Connecting, DNS and TLS included, runs in a daemon thread whose caller gives up after the deadline (`Workers`):
  a name server that doesn't answer can't be interrupted, only left behind. What arrives later is closed.
- A statement or command is waited for without blocking calls that have no deadline; then its connection is closed,
  since nobody knows what would still arrive on it.
- Who waited in vain has found out for everybody: for a few seconds the next callers are told so at once, then one
  of them asks while the others are still told (`CircuitBreaker`). So a hung server costs one wait, not one for each
  query of a page, and it holds few threads. Both are bounded in number, and who comes on top is refused at once.
"""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, InvalidStateError
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from typing import TypeVar

SECONDS_OF_SILENCE = 5.0
"""How long a server that did not answer is left alone."""
_MOST_WAITING = 32
_MOST_WORKERS = 8

Result = TypeVar("Result")


class NoAnswer(Exception):
    """The server did not answer within a deadline; the text is the predicate of a sentence about it."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """How long one wait may last."""

    seconds: float
    setting: str
    """What changes it, for people."""

    def __str__(self) -> str:
        return f"did not answer within {self.seconds:g} s ({self.setting})"


class Workers:
    """Threads for calls that can block longer than anybody may wait; bounded in number, none keeps a process alive."""

    def __init__(self, most: int = _MOST_WORKERS) -> None:
        self._free = threading.BoundedSemaphore(most)

    def call(self, function: Callable[[], Result], seconds: float, discard: Callable[[Result], object]) -> Result:
        """What the function returns or raises. TimeoutError after `seconds`, and at once while all threads are stuck;
        a result that comes too late is discarded."""
        if not self._free.acquire(blocking=False):
            raise TimeoutError
        future: Future[Result] = Future()
        threading.Thread(target=self._run, args=(function, future, discard), name="waiting", daemon=True).start()
        try:
            return future.result(seconds)
        except TimeoutError:
            if future.cancel():
                raise
            return future.result()  # it came just now, or raised a TimeoutError of its own
        finally:
            future.cancel()  # after Ctrl-C

    def _run(
        self, function: Callable[[], Result], future: "Future[Result]", discard: Callable[[Result], object]
    ) -> None:
        try:
            _settle(function, future, discard)
        finally:
            self._free.release()


def _settle(function: Callable[[], Result], future: "Future[Result]", discard: Callable[[Result], object]) -> None:
    try:
        result = function()
    except BaseException as error:
        if future.set_running_or_notify_cancel():
            future.set_exception(error)
        return
    try:
        future.set_result(result)
    except InvalidStateError:
        discard(result)


class CircuitBreaker:
    """Remembers that a server did not answer, and how many wait for it; safe for threads."""

    def __init__(self, most_waiting: int = _MOST_WAITING, now: Callable[[], float] = time.monotonic) -> None:
        self._most_waiting = most_waiting
        self._now = now
        self._lock = threading.Lock()
        self._waiting = 0
        self._silence = ""
        """How the last wait ended, where it ended without an answer."""
        self._until = 0.0
        self._probing = False
        self._trips = 0

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """One wait for the server. NoAnswer at once where it would be in vain, or where too many wait."""
        probing, trips = self._enter()
        try:
            yield
        finally:
            with self._lock:
                self._waiting -= 1
                self._probing = self._probing and not probing
                if trips == self._trips:
                    self._silence = ""

    def trip(self, deadline: Deadline) -> NoAnswer:
        """A wait ended without an answer; what to raise."""
        with self._lock:
            self._trips += 1
            self._silence = str(deadline)
            self._until = self._now() + SECONDS_OF_SILENCE
        return NoAnswer(str(deadline))

    def refuse_in_silence(self) -> None:
        """NoAnswer while the server is left alone."""
        with self._lock:
            if self._silence and self._now() < self._until:
                raise self._refusal()

    def forget(self) -> None:
        """The next one who asks waits again."""
        with self._lock:
            self._until = 0.0

    def _enter(self) -> tuple[bool, int]:
        with self._lock:
            if self._silence and (self._probing or self._now() < self._until):
                raise self._refusal()
            if self._waiting >= self._most_waiting:
                raise NoAnswer(f"has {self._waiting} requests waiting for it already; try again")
            self._waiting += 1
            probing = bool(self._silence)
            self._probing = self._probing or probing
            return probing, self._trips

    def _refusal(self) -> NoAnswer:
        left = ceil(max(self._until - self._now(), 1.0))
        return NoAnswer(f"{self._silence}; it will be asked again in {left} s")
