"""One scan at a time, in a thread of the server's: it outlives reruns and tabs, and pages ask how far it is."""

import logging
import threading
from dataclasses import dataclass

from chatdata import AppDatabaseError, ChatDataError, Connected
from chatdata.services.scan import GRACE_SECONDS, ScanProgress, ScanResult, keep, scan
from chatdata.stores.app_db import AppDatabase

log = logging.getLogger(__name__)
GRACE = GRACE_SECONDS


@dataclass(frozen=True)
class JobState:
    """What a page can know of the job."""

    running: bool
    progress: ScanProgress | None
    result: ScanResult | None
    """Of the last one that ended in this server."""
    kept: bool
    """Whether that one is in the inspector's file, as those that ran to their end are."""
    problem: str | None
    """Why the last one gave no result, or could not be kept."""


class ScanJob:
    """Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancel = threading.Event()
        self._thread: threading.Thread | None = None
        self._progress: ScanProgress | None = None
        self._result: ScanResult | None = None
        self._kept = False
        self._problem: str | None = None

    @property
    def state(self) -> JobState:
        """How far it is."""
        with self._lock:
            running = self._thread is not None and self._thread.is_alive()
            return JobState(running, self._progress, self._result, self._kept, self._problem)

    def start(self, connected: Connected, user: str | None) -> None:
        """Begins a scan, unless one is running."""
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                return
            self._cancel.clear()
            self._progress, self._problem = None, None
            self._thread = threading.Thread(target=self._run, args=(connected, user), name="scan", daemon=True)
            self._thread.start()

    def cancel(self) -> None:
        """Ends it soon, with what it knows by then."""
        self._cancel.set()

    def stop(self) -> None:
        """Cancels it and waits for its end: its stores are about to be closed."""
        self.cancel()
        if self._thread is not None:
            self._thread.join()

    def _run(self, connected: Connected, user: str | None) -> None:
        try:
            result = scan(
                connected.stores, user=user, grace=GRACE, on_progress=self._tell, cancelled=self._cancel.is_set
            )
            problem = _keep(connected.app_db, result)
            self._end(result, problem, kept=result.whole and problem is None)
        except ChatDataError as error:
            self._end(None, str(error))
        except Exception:
            log.exception("a scan failed")
            self._end(None, "The scan failed; the server's log has the reason.")

    def _tell(self, progress: ScanProgress) -> None:
        with self._lock:
            self._progress = progress

    def _end(self, result: ScanResult | None, problem: str | None, *, kept: bool = False) -> None:
        with self._lock:
            if result is not None:
                self._result, self._kept = result, kept
            self._problem = problem


def _keep(kept: AppDatabase, result: ScanResult) -> str | None:
    """Why a scan that ran to its end could not be kept: it is worth its answer all the same."""
    try:
        keep(kept, result)
    except AppDatabaseError as error:
        return f"The scan could not be kept for the trend. {error}"
    return None
