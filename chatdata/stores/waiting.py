"""Deadlines on waits for a server, kept on this side: a server that hangs enforces none of its own.

Every wait ends in words. Each store says where its waits are; the seconds are settings.

- Connecting, DNS and TLS included, runs in a daemon thread whose caller gives up after the deadline (`Workers`):
  a name server that doesn't answer can't be interrupted, only left behind. What arrives later is closed.
- A statement or command is waited for without blocking calls that have no deadline; then its connection is closed,
  since nobody knows what would still arrive on it.
- Who waited in vain has found out for everybody (`CircuitBreaker`): from then on callers are told so at once, while a
  daemon thread goes on asking. Its connection is answered the moment that the server goes on, and from then on callers
  ask it themselves again. So a hung server costs one wait, not one for each query of a page, and holds few threads.
- Those who wait are bounded in number as well; who comes on top is refused at once.
"""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, InvalidStateError
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

PROBE_SECONDS = 30.0
"""How long one question may stay open that nobody waits for; a server that goes on then answers it."""
_PAUSE_SECONDS = 0.5
_MOST_WAITING = 64
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
        """What the function returns or raises. TimeoutError after `seconds`, the wait for a free thread included; a
        result that comes too late is discarded."""
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
    """Remembers that a server did not answer, and how many wait for it; safe for threads."""

    def __init__(self, probe: Callable[[], object], most_waiting: int = _MOST_WAITING) -> None:
        """`probe` asks the server: it raises NoAnswer or TimeoutError where that is still silent."""
        self._probe = probe
        self._most_waiting = most_waiting
        self._changed = threading.Condition()
        self._waiting = 0
        self._silence: str | None = None
        """How the last wait ended, where it ended without an answer."""
        self._stop = threading.Event()
        """Of the thread that asks while there is silence."""

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """One wait for the server. NoAnswer at once where it would be in vain, or where too many wait."""
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
        """A wait ended without an answer; what to raise."""
        with self._changed:
            began, self._silence = self._silence is None, str(deadline)
            if began:
                self._stop = threading.Event()
                threading.Thread(target=self._ask, args=(self._stop,), name="asking again", daemon=True).start()
        return NoAnswer(str(deadline))

    def wait_for_answer(self, seconds: float) -> None:
        """NoAnswer where there is silence and it does not end within `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: self._silence is None, seconds)
            self._refuse_in_silence()

    def close(self) -> None:
        """Nobody asks any more; the next caller does."""
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
