"""Work in a server thread, which outlives reruns and tabs; pages poll its progress."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, Literal, TypeVar

from chatdata import ChatDataError
from chatdata.services.failures import places_of

log = logging.getLogger(__name__)

JobStatus = Literal["running", "done", "cancelled", "failed"]
Progress = TypeVar("Progress")
Result = TypeVar("Result")
Tell = Callable[[Progress], None]
"""A function that the work calls with its progress."""
IsCancelled = Callable[[], bool]
"""A function that the work calls regularly; True asks it to end."""


class JobCancelled(Exception):
    """Work that was cancelled raises this when it has no result."""


@dataclass(frozen=True, slots=True)
class JobState(Generic[Progress, Result]):
    """A snapshot of a job for a page."""

    status: JobStatus
    progress: Progress | None = None
    """The latest progress; None before the first."""
    result: Result | None = None
    """What the work returned; for cancelled work its partial result, if it has one."""
    error: str | None = None
    """Why the work failed, as a message for people."""


class BackgroundJob(Generic[Progress, Result]):
    """One run of a piece of work, which starts with the constructor. Thread-safe."""

    def __init__(self, name: str, work: Callable[[Tell[Progress], IsCancelled], Result]) -> None:
        self._name = name
        self._state: JobState[Progress, Result] = JobState("running")
        self._lock = threading.Lock()
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(work,), name=name, daemon=True)
        self._thread.start()

    @property
    def state(self) -> JobState[Progress, Result]:
        """The current state of the job."""
        with self._lock:
            return self._state

    @property
    def running(self) -> bool:
        """True while the work runs and was not cancelled."""
        return self.state.status == "running"

    def cancel(self) -> None:
        """Asks the work to end; has no effect on a job that has ended."""
        self._cancelled.set()

    def wait(self) -> None:
        """Blocks until the job has ended."""
        self._thread.join()

    def _run(self, work: Callable[[Tell[Progress], IsCancelled], Result]) -> None:
        try:
            result = work(self._tell, self._cancelled.is_set)
        except JobCancelled:
            self._end("cancelled")
        except ChatDataError as error:
            self._end("failed", error=str(error))
        except Exception as error:
            log.error("the %s failed: %s", self._name, places_of(error))
            self._end("failed", error=f"The {self._name} failed; the server's log has the reason.")
        else:
            self._end("cancelled" if self._cancelled.is_set() else "done", result)

    def _tell(self, progress: Progress) -> None:
        with self._lock:
            self._state = replace(self._state, progress=progress)

    def _end(self, status: JobStatus, result: Result | None = None, error: str | None = None) -> None:
        with self._lock:
            self._state = replace(self._state, status=status, result=result, error=error)


class JobSlot(Generic[Progress, Result]):
    """The place of a piece of work of which one at a time runs in this server. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._job: BackgroundJob[Progress, Result] | None = None

    @property
    def running(self) -> bool:
        """True while a job is running."""
        return self._job is not None and self._job.running

    @property
    def state(self) -> JobState[Progress, Result] | None:
        """The state of the latest job; None before the first."""
        return None if self._job is None else self._job.state

    def cancel(self) -> None:
        """Asks the job to end."""
        if self._job is not None:
            self._job.cancel()

    def stop(self) -> None:
        """Cancels the job and waits until it has ended, before its stores are closed."""
        if self._job is not None:
            self._job.cancel()
            self._job.wait()
