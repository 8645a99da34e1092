"""Work in a thread of the server: it outlives reruns and tabs, and pages ask how far it is."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, Literal, TypeVar

from chatdata import ChatDataError

log = logging.getLogger(__name__)

JobStatus = Literal["running", "done", "cancelled", "failed"]
Progress = TypeVar("Progress")
Result = TypeVar("Result")
Tell = Callable[[Progress], None]
"""What the work calls with its progress."""
IsCancelled = Callable[[], bool]
"""What the work asks now and then; it ends when the answer is yes."""


class JobCancelled(Exception):
    """Work that was cancelled raises this when it has no result."""


@dataclass(frozen=True, slots=True)
class JobState(Generic[Progress, Result]):
    """What a page can know of a job at one moment."""

    status: JobStatus
    progress: Progress | None = None
    """What the work told last; None before it told anything."""
    result: Result | None = None
    """What the work returned; of cancelled work what it had by then, if that is worth something."""
    error: str | None = None
    """Why it failed, as a sentence for people."""


class BackgroundJob(Generic[Progress, Result]):
    """One run of a piece of work, which begins when the job is made; safe for threads."""

    def __init__(self, name: str, work: Callable[[Tell[Progress], IsCancelled], Result]) -> None:
        self._name = name
        self._state: JobState[Progress, Result] = JobState("running")
        self._lock = threading.Lock()
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(work,), name=name, daemon=True)
        self._thread.start()

    @property
    def state(self) -> JobState[Progress, Result]:
        """How far the job is."""
        with self._lock:
            return self._state

    @property
    def running(self) -> bool:
        """Whether the job still comes to something by itself."""
        return self.state.status == "running"

    def cancel(self) -> None:
        """Asks the work to end soon; a job that has ended stays as it is."""
        self._cancelled.set()

    def wait(self) -> None:
        """Returns when the job has ended."""
        self._thread.join()

    def _run(self, work: Callable[[Tell[Progress], IsCancelled], Result]) -> None:
        try:
            result = work(self._tell, self._cancelled.is_set)
        except JobCancelled:
            self._end("cancelled")
        except ChatDataError as error:
            self._end("failed", error=str(error))
        except Exception:
            log.exception("the %s failed", self._name)
            self._end("failed", error=f"The {self._name} failed; the server's log has the reason.")
        else:
            self._end("cancelled" if self._cancelled.is_set() else "done", result)

    def _tell(self, progress: Progress) -> None:
        with self._lock:
            self._state = replace(self._state, progress=progress)

    def _end(self, status: JobStatus, result: Result | None = None, error: str | None = None) -> None:
        with self._lock:
            self._state = replace(self._state, status=status, result=result, error=error)
