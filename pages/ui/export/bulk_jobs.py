"""Files of many sessions, made by threads of the server: they outlive reruns and tabs, and pages ask how far they are.

A file stands in the data folder under a name that nobody can guess, until it is taken once, its maker lets go of it,
or an hour has passed.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Literal

from chatdata import ChatDataError, NotAllowed
from chatdata.domain.access import Reader
from chatdata.services.exporting import write_file
from chatdata.stores import private_files

log = logging.getLogger(__name__)

FOLDER = "exports"
_AT_ONCE = 2
_KEPT_SECONDS = 3600.0

Phase = Literal["waiting", "making", "ready", "taken", "ended"]
Tell = Callable[[int, int], None]
"""What a maker calls with how many sessions are in the file, and how many were not there any more."""
Make = Callable[[Tell], Iterable[str]]


@dataclass(frozen=True, slots=True)
class JobState:
    """What a page can know of a file."""

    phase: Phase
    total: int | None
    """How many sessions it will have; None where that can't be told."""
    done: int = 0
    missing: int = 0
    """Sessions that were gone when their turn came."""
    size: int = 0
    """Bytes, once it is ready."""
    problem: str | None = None
    """Why it ended without a file; None where somebody ended it."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What leaves."""

    name: str
    """For the browser."""
    mime: str
    what: str
    """For the audit log."""


class _Cancelled(Exception):
    """Somebody ended it."""


class ListExport:
    """One file; safe for threads."""

    def __init__(self, owner: Reader, parcel: Parcel, total: int | None, path: Path) -> None:
        self.owner, self.parcel, self.path = owner, parcel, path
        self.made_at = time.monotonic()
        self._state = JobState("waiting", total)
        self._lock = threading.Lock()
        self._cancel = threading.Event()

    @property
    def state(self) -> JobState:
        """How far it is."""
        with self._lock:
            return self._state

    @property
    def running(self) -> bool:
        """Whether it still comes to something by itself."""
        return self.state.phase in ("waiting", "making")

    def cancel(self) -> None:
        """Ends it soon; nothing of it is kept."""
        self._cancel.set()
        with self._lock:
            if self._state.phase in ("waiting", "ready"):
                self._state = replace(self._state, phase="ended")
        self.path.unlink(missing_ok=True)

    def opened(self, before: Callable[[], None]) -> BinaryIO:
        """The file to be sent, whose name is gone by then; `before` is done first, and may refuse.

        LookupError where there is none, or not any more.
        """
        with self._lock:
            if self._state.phase != "ready":
                raise LookupError("This file was taken already, or is not there any more. Make it again.")
            before()
            self._state = replace(self._state, phase="taken")
            file = self.path.open("rb")
            self.path.unlink()
        return file

    def make(self, make: Make, places: threading.Semaphore) -> None:
        """Makes the file when there is a place; what goes wrong is said in its state."""
        while not places.acquire(timeout=0.2):
            if self._cancel.is_set():
                return
        try:
            self._end(write_file(self.path, self._until_cancelled(make(self._tell))))
        except _Cancelled:
            self._end(None)
        except ChatDataError as error:
            self._end(None, str(error))
        except OSError as error:
            self._end(None, f"The file could not be written into {self.path.parent}: {error.strerror}.")
        except Exception:
            log.exception("an export failed")
            self._end(None, "The export failed; the server's log has the reason.")
        finally:
            places.release()

    def _until_cancelled(self, pieces: Iterable[str]) -> Iterator[str]:
        self._put(phase="making")
        for piece in pieces:
            if self._cancel.is_set():
                raise _Cancelled
            yield piece

    def _tell(self, done: int, missing: int) -> None:
        if self._cancel.is_set():
            raise _Cancelled
        self._put(done=done, missing=missing)

    def _end(self, size: int | None, problem: str | None = None) -> None:
        with self._lock:  # who cancels either is seen here, or sees that it is ready
            ended = size is None or self._cancel.is_set()
            phase: Phase = "ended" if ended else "ready"
            self._state = replace(self._state, phase=phase, size=size or 0, problem=problem)
        if ended:
            self.path.unlink(missing_ok=True)

    def _put(self, **changed: object) -> None:
        with self._lock:
            self._state = replace(self._state, **changed)  # type: ignore[arg-type]


class ListExports:
    """All files of this server; safe for threads."""

    def __init__(self) -> None:
        self._jobs: dict[str, ListExport] = {}
        self._places = threading.Semaphore(_AT_ONCE)
        self._lock = threading.Lock()

    def start(self, data_dir: Path, owner: Reader, parcel: Parcel, total: int | None, make: Make) -> str:
        """Begins to make a file; its token. OSError where there is no room for it."""
        folder = data_dir / FOLDER
        private_files.make_folder(folder)
        _sweep(folder)
        token = secrets.token_urlsafe(32)
        job = ListExport(owner, parcel, total, folder / secrets.token_hex(16))
        with self._lock:
            self._forget_old()
            self._jobs[token] = job
        threading.Thread(target=job.make, args=(make, self._places), name="list-export", daemon=True).start()
        return token

    def of(self, token: str, reading: Reader) -> ListExport:
        """A file of this reader's. LookupError where there is none, NotAllowed for whoever may not see so much."""
        with self._lock:
            job = self._jobs.get(token)
        if job is None or job.owner.name != reading.name:
            raise LookupError("There is no such file, or not any more. Make it again.")
        if job.owner.view != reading.view:
            raise NotAllowed("Your role changed since this file was made. Make it again.")
        return job

    def close(self) -> None:
        """Ends all that are being made and deletes what nobody took."""
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
    """What a server left that was killed; another one may be making its own beside it."""
    for left in folder.iterdir():
        if time.time() - left.stat().st_mtime > 2 * _KEPT_SECONDS:
            left.unlink(missing_ok=True)


exports = ListExports()
"""Those of this server."""
