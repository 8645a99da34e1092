"""Whether the stores answer, as it was found out lately, for the side bar of every page."""

import threading
import time
from collections.abc import Callable

from chatdata.services.health import Status

_FRESH_SECONDS = 20.0


class StoreStatus:
    """The last check of both stores; safe for threads, of which none waits for the check of another."""

    def __init__(self, check: Callable[[], Status], now: Callable[[], float] = time.monotonic) -> None:
        self._check = check
        self._now = now
        self._lock = threading.Lock()
        self._last: Status | None = None
        self._checked_at = float("-inf")
        self._checking = False

    def current(self) -> Status:
        """The status at most 20 seconds old. A store that failed is asked again at once: it may be back."""
        with self._lock:
            last = self._last
            if last is not None and (self._checking or (self._is_fresh() and not _failed(last))):
                return last
            self._checking = True
        try:
            return self._checked()
        finally:
            with self._lock:
                self._checking = False

    def known(self) -> Status | None:
        """The last status without asking anybody; None where it is too old, or there is none."""
        with self._lock:
            return self._last if self._is_fresh() else None

    def doubt(self) -> bool:
        """Checks anew where both stores answered last; whether one does not."""
        with self._lock:
            last = self._last
        return last is not None and not _failed(last) and _failed(self._checked())

    def _checked(self) -> Status:
        status = self._check()
        with self._lock:
            self._last, self._checked_at = status, self._now()
        return status

    def _is_fresh(self) -> bool:
        return self._now() - self._checked_at < _FRESH_SECONDS


def _failed(status: Status) -> bool:
    return "unavailable" in (status.database.answer, status.cache.answer)
