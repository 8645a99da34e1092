"""Caches the status of both stores for the side bar of every page."""

import threading
import time
from collections.abc import Callable

from chatdata.services.health import Status

_FRESH_SECONDS = 20.0


class StatusCache:
    """The last check of both stores; thread-safe, and no thread waits for another one's check."""

    def __init__(self, check: Callable[[], Status], now: Callable[[], float] = time.monotonic) -> None:
        self._check = check
        self._now = now
        self._lock = threading.Lock()
        self._last: Status | None = None
        self._checked_at = float("-inf")
        self._checking = False

    def current(self) -> Status:
        """The status, at most 20 seconds old. If a store had failed, both are checked again immediately."""
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
        """The cached status; None if it is stale or missing."""
        with self._lock:
            return self._last if self._is_fresh() else None

    def doubt(self) -> bool:
        """Rechecks stores that were last seen available; returns whether one is unavailable now."""
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
