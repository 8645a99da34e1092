"""Runs one scan at a time in this server."""

from dataclasses import dataclass
from functools import partial

from chatdata import AppDatabaseError, Connected
from chatdata.services.scan import GRACE_SECONDS, ScanProgress, ScanResult, keep, scan
from pages.ui.server.background_job import BackgroundJob, IsCancelled, JobSlot, Tell

GRACE = GRACE_SECONDS


@dataclass(frozen=True, slots=True)
class EndedScan:
    """A scan that ended, completely or not."""

    result: ScanResult
    problem: str | None
    """Why it could not be stored; None if it was."""

    @property
    def kept(self) -> bool:
        """True if the scan was stored in the app database, as complete scans are."""
        return self.result.whole and self.problem is None


class ScanJob(JobSlot[ScanProgress, EndedScan]):
    """The running scan, and the last one that ended; a cancelled one has its partial result."""

    def __init__(self) -> None:
        super().__init__()
        self._before: EndedScan | None = None

    @property
    def progress(self) -> ScanProgress | None:
        """The progress of the scan; None before it has read anything."""
        return None if self._job is None else self._job.state.progress

    @property
    def problem(self) -> str | None:
        """Why the last scan has no result or could not be stored; None if all went well."""
        if self._job is None:
            return None
        state = self._job.state
        return state.error if state.result is None else state.result.problem

    @property
    def last(self) -> EndedScan | None:
        """The last scan of this server that has a result."""
        with self._lock:
            return self._last()

    def start(self, connected: Connected, user: str | None) -> None:
        """Starts a scan unless one is running."""
        with self._lock:
            if not self.running:
                self._before = self._last()
                self._job = BackgroundJob("scan", partial(_scan, connected, user))

    def _last(self) -> EndedScan | None:
        result = None if self._job is None else self._job.state.result
        return self._before if result is None else result


def _scan(connected: Connected, user: str | None, tell: Tell[ScanProgress], cancelled: IsCancelled) -> EndedScan:
    result = scan(connected.stores, user=user, grace=GRACE, on_progress=tell, cancelled=cancelled)
    return EndedScan(result, _keep(connected, result))


def _keep(connected: Connected, result: ScanResult) -> str | None:
    """Stores a finished scan; returns why that failed, since the result is still useful."""
    try:
        keep(connected.app_db, result)
    except AppDatabaseError as error:
        return f"The scan could not be kept for the trend. {error}"
    return None
