"""List exports made by server threads, which outlive reruns and tabs; pages poll their progress.

A file is kept in the data folder under an unguessable name until it is downloaded, its owner discards it, or an hour
has passed.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from chatdata import ChatDataError, NotAllowed
from chatdata.domain.access import Principal
from chatdata.services.exporting import make_folder, write_file
from pages.ui.server.background_job import BackgroundJob, IsCancelled, JobCancelled, JobState, Tell

FOLDER = "exports"
_AT_ONCE = 2
_KEPT_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """The progress of an export."""

    sessions: int = 0
    """Sessions written to the file."""
    missing: int = 0
    """Sessions deleted before they were read."""


Make = Callable[[Tell[ExportProgress]], Iterable[str]]
"""A function that yields the text of a file in pieces."""


@dataclass(frozen=True, slots=True)
class ExportFile:
    """The file to export: its name, type and description."""

    name: str
    """For the browser."""
    mime: str
    what: str
    """For the audit log."""


class ListExport:
    """One list export and its file. Thread-safe."""

    def __init__(
        self,
        owner: Principal,
        parcel: ExportFile,
        total: int | None,
        path: Path,
        make: Make,
        places: threading.Semaphore,
    ) -> None:
        self.owner, self.parcel, self.path = owner, parcel, path
        self.total = total
        """How many sessions it will have; None where that can't be told."""
        self.made_at = time.monotonic()
        self._make, self._places = make, places
        self._lock = threading.Lock()
        self._taken = False
        self._job: BackgroundJob[ExportProgress, int] = BackgroundJob("export", self._made)

    @property
    def state(self) -> JobState[ExportProgress, int]:
        """The state of the job: no progress while it is queued; the result is the size in bytes."""
        return self._job.state

    @property
    def running(self) -> bool:
        """True while the export is queued or running."""
        return self._job.running

    @property
    def taken(self) -> bool:
        """True once the file was downloaded."""
        with self._lock:
            return self._taken

    @property
    def written(self) -> ExportProgress:
        """The number of sessions written and missing so far."""
        return self.state.progress or ExportProgress()

    def cancel(self) -> None:
        """Cancels the export and deletes its file."""
        self._job.cancel()
        with self._lock:
            self.path.unlink(missing_ok=True)

    def opened(self, before: Callable[[], None]) -> BinaryIO:
        """Opens the file for its one download and unlinks it. `before` is called first and may raise to refuse.

        Raises LookupError if there is no file, or it was already downloaded.
        """
        with self._lock:
            if self.state.status != "done" or not self.path.exists():
                raise LookupError("This download has expired. Export again.")
            before()
            file = self.path.open("rb")
            self.path.unlink()
            self._taken = True
        return file

    def _made(self, tell: Tell[ExportProgress], cancelled: IsCancelled) -> int:
        """Waits for a free slot, writes the file, and returns its size in bytes."""
        while not self._places.acquire(timeout=0.2):
            _stop_if(cancelled)
        try:
            return self._write(tell, cancelled)
        finally:
            self._places.release()

    def _write(self, tell: Tell[ExportProgress], cancelled: IsCancelled) -> int:
        def told(written: ExportProgress) -> None:
            _stop_if(cancelled)
            tell(written)

        told(ExportProgress())
        try:
            size = write_file(self.path, _until(cancelled, self._make(told)))
        except OSError as error:
            raise ChatDataError(f"Could not write the file to {self.path.parent}: {error.strerror}.") from error
        if cancelled():  # a later cancel finds the file and deletes it
            self.path.unlink(missing_ok=True)
            raise JobCancelled
        return size


def _until(cancelled: IsCancelled, pieces: Iterable[str]) -> Iterator[str]:
    for piece in pieces:
        _stop_if(cancelled)
        yield piece


def _stop_if(cancelled: IsCancelled) -> None:
    if cancelled():
        raise JobCancelled


class ListExports:
    """All list exports of this server. Thread-safe."""

    def __init__(self) -> None:
        self._jobs: dict[str, ListExport] = {}
        self._places = threading.Semaphore(_AT_ONCE)
        self._lock = threading.Lock()

    def start(self, data_dir: Path, owner: Principal, parcel: ExportFile, total: int | None, make: Make) -> str:
        """Starts an export and returns its token. Raises OSError if there is no disk space."""
        folder = data_dir / FOLDER
        make_folder(folder)
        _sweep(folder)
        token = secrets.token_urlsafe(32)
        job = ListExport(owner, parcel, total, folder / secrets.token_hex(16), make, self._places)
        with self._lock:
            self._forget_old()
            self._jobs[token] = job
        return token

    def of(self, token: str, principal: Principal) -> ListExport:
        """The user's export with this token. Raises LookupError if gone, NotAllowed after a change of role."""
        with self._lock:
            job = self._jobs.get(token)
        if job is None or job.owner.subject != principal.subject:
            raise LookupError("This download has expired. Export again.")
        if job.owner.view != principal.view:
            raise NotAllowed("Your role has changed since this export. Export again.")
        return job

    def close(self) -> None:
        """Cancels all running exports and deletes files that were not downloaded."""
        with self._lock:
            jobs, self._jobs = list(self._jobs.values()), {}
        for job in jobs:
            job.cancel()

    def _forget_old(self) -> None:
        now = time.monotonic()
        for token, job in list(self._jobs.items()):
            if not job.running and now - job.made_at > _KEPT_SECONDS:
                del self._jobs[token]
                job.cancel()


def _sweep(folder: Path) -> None:
    """Deletes files of a killed server, but not those that another running server is writing."""
    for left in folder.iterdir():
        if time.time() - left.stat().st_mtime > 2 * _KEPT_SECONDS:
            left.unlink(missing_ok=True)


exports = ListExports()
"""The list exports of this server."""
