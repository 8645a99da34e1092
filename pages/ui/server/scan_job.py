"""One scan at a time in this server."""

import threading
from dataclasses import dataclass
from functools import partial

from chatdata import AppDatabaseError, Connected
from chatdata.services.scan import GRACE_SECONDS, ScanProgress, ScanResult, keep, scan
from chatdata.stores.app_db import AppDatabase
from pages.ui.server.background_job import BackgroundJob, IsCancelled, Tell

GRACE = GRACE_SECONDS


@dataclass(frozen=True, slots=True)
class EndedScan:
    """A scan that ran to its end, or as far as it came."""

    result: ScanResult
    problem: str | None
    """Why it could not be kept."""

    @property
    def kept(self) -> bool:
        """Whether it is in the inspector's file, as those that ran to their end are."""
        return self.result.whole and self.problem is None


class ScanJob:
    """The running scan, and the last one that ended; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._job: BackgroundJob[ScanProgress, EndedScan] | None = None
        self._before: EndedScan | None = None

    @property
    def running(self) -> bool:
        """Whether a scan is running."""
        return self._job is not None and self._job.running

    @property
    def progress(self) -> ScanProgress | None:
        """How far the scan is; None before it has read anything."""
        return None if self._job is None else self._job.state.progress

    @property
    def problem(self) -> str | None:
        """Why the last scan gave no result, or could not be kept."""
        if self._job is None:
            return None
        state = self._job.state
        return state.error if state.result is None else state.result.problem

    @property
    def last(self) -> EndedScan | None:
        """The last scan of this server that gave a result."""
        with self._lock:
            return self._last()

    def start(self, connected: Connected, user: str | None) -> None:
        """Begins a scan, unless one is running."""
        with self._lock:
            if not self.running:
                self._before = self._last()
                self._job = BackgroundJob("scan", partial(_scan, connected, user))

    def cancel(self) -> None:
        """Ends the scan soon, with what it knows by then."""
        if self._job is not None:
            self._job.cancel()

    def stop(self) -> None:
        """Cancels the scan and waits for its end: its stores are about to be closed."""
        if self._job is not None:
            self._job.cancel()
            self._job.wait()

    def _last(self) -> EndedScan | None:
        result = None if self._job is None else self._job.state.result
        return self._before if result is None else result


def _scan(connected: Connected, user: str | None, tell: Tell[ScanProgress], cancelled: IsCancelled) -> EndedScan:
    result = scan(connected.stores, user=user, grace=GRACE, on_progress=tell, cancelled=cancelled)
    return EndedScan(result, _keep(connected.app_db, result))


def _keep(kept: AppDatabase, result: ScanResult) -> str | None:
    """Why a scan that ran to its end could not be kept: it is worth its answer all the same."""
    try:
        keep(kept, result)
    except AppDatabaseError as error:
        return f"The scan could not be kept for the trend. {error}"
    return None
