"""Deadlines on waits for a server, kept on this side: a server that hangs enforces none of its own.

Every timeout produces an error message. Each store documents its own waits; their lengths are settings.

- Connecting, DNS and TLS included, runs in a daemon thread whose caller gives up after the deadline (`Workers`):
  a call to a name server can't be interrupted, only abandoned. A connection that arrives later is closed.
- Statements and commands use no blocking call without a deadline. After a timeout their connection is closed, because
  a late reply could still arrive on it.
- The first timeout opens a `CircuitBreaker`: from then on calls fail immediately, while a daemon thread keeps probing
  the server. Once a probe is answered, calls reach the server again. A hung server therefore costs a page one wait
  instead of one per query, and few threads.
- The number of waiting callers is bounded too; callers above it fail immediately.
"""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, InvalidStateError
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

PROBE_SECONDS = 30.0
"""How long one background probe may stay open; a server that resumes answers it."""
_PAUSE_SECONDS = 0.5
_MOST_WAITING = 64
_MOST_WORKERS = 8

Result = TypeVar("Result")


class NoAnswer(Exception):
    """Raised when the server did not answer in time; `str()` is the predicate of a sentence about it."""


class Unanswered(Exception):
    """Marks a driver's error that says the same, whose `str()` is that predicate."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """How long one wait may last."""

    seconds: float
    setting: str
    """The setting that changes it, as shown to people."""

    def __str__(self) -> str:
        return f"did not answer within {self.seconds:g} s ({self.setting})"


class Workers:
    """A bounded number of daemon threads for calls that may block longer than their callers can wait."""

    def __init__(self, most: int = _MOST_WORKERS) -> None:
        self._free = threading.BoundedSemaphore(most)

    def call(self, function: Callable[[], Result], seconds: float, discard: Callable[[Result], object]) -> Result:
        """Returns or raises what the function does. Raises TimeoutError after `seconds`, including the wait for a free
        thread; `discard` receives a result that comes too late."""
        end = time.monotonic() + seconds
        if not self._free.acquire(timeout=seconds):
            raise TimeoutError
        future: Future[Result] = Future()
        threading.Thread(target=self._run, args=(function, future, discard), name="waiting", daemon=True).start()
        try:
            return future.result(max(end - time.monotonic(), 0.0))
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
    """Remembers that a server is unresponsive, and counts the callers that wait for it; thread-safe."""

    def __init__(self, probe: Callable[[], object], most_waiting: int = _MOST_WAITING) -> None:
        """`probe` queries the server; it raises NoAnswer or TimeoutError while the server is unresponsive."""
        self._probe = probe
        self._most_waiting = most_waiting
        self._changed = threading.Condition()
        self._waiting = 0
        self._silence: str | None = None
        """The text of the last timeout; None while the server responds."""
        self._stop = threading.Event()
        """Stops the thread that probes an unresponsive server."""

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A context for one call. Raises NoAnswer if the server is unresponsive or too many callers wait."""
        with self._changed:
            self._refuse_in_silence()
            if self._waiting >= self._most_waiting:
                raise NoAnswer(f"has {self._waiting} requests waiting for it already; try again")
            self._waiting += 1
        try:
            yield
        finally:
            with self._changed:
                self._waiting -= 1

    def trip(self, deadline: Deadline) -> NoAnswer:
        """Records a timeout and returns the error to raise."""
        with self._changed:
            began, self._silence = self._silence is None, str(deadline)
            if began:
                self._stop = threading.Event()
                threading.Thread(target=self._ask, args=(self._stop,), name="asking again", daemon=True).start()
        return NoAnswer(str(deadline))

    def wait_for_answer(self, seconds: float) -> None:
        """Waits for an unresponsive server to respond again. Raises NoAnswer after `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: self._silence is None, seconds)
            self._refuse_in_silence()

    def close(self) -> None:
        """Stops probing in the background; the next call queries the server itself."""
        self._stop.set()
        with self._changed:
            self._silence = None

    def _refuse_in_silence(self) -> None:
        if self._silence is not None:
            raise NoAnswer(f"{self._silence}; retrying in the background")

    def _ask(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self._probe()
            except (NoAnswer, TimeoutError):
                stop.wait(_PAUSE_SECONDS)
            except Exception:  # a refusal comes at once, so that nobody has to be spared the wait
                break
            else:
                break
        with self._changed:
            if not stop.is_set():
                self._silence = None
                self._changed.notify_all()
