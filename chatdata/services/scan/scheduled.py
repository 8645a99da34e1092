"""Scheduled scans: one at a time, whichever process of the app or of `watch` has its turn.

The turn is a lock in the inspector's own database with the start of the last scan (`chatdata.stores.app_db.scan_lock`).
Its holder renews it while it scans; a process that was killed loses it when the lease ends, and another one goes on.
"""

import logging
import math
import random
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from chatdata.errors import AppDatabaseError, ChatDataError
from chatdata.services.connect import Connected
from chatdata.services.failures import places_of
from chatdata.services.scan.history import keep
from chatdata.services.scan.merging import merge
from chatdata.services.scan.result import ScanResult
from chatdata.services.scan.scanning import GRACE_SECONDS, scan
from chatdata.services.scan.shards import Shard
from chatdata.stores.app_db import AppDatabase

log = logging.getLogger(__name__)

LEASE_SECONDS = 30.0
"""How long a process that was killed keeps others from scanning."""
_JITTER = 0.1
"""The share of the interval by which a process may be late, so that several do not ask at the same moment."""
_SHARD_SESSIONS = 250_000
_UNCOUNTED_SHARDS = 16
"""How many shards there are if the cache holds too many sessions to count them."""
_MOST_SHARDS = 64

Result = TypeVar("Result")
OnResult = Callable[[ScanResult], object]


class ScheduledScans:
    """Scans again and again; `run` blocks until it is stopped."""

    def __init__(
        self,
        connected: Connected,
        interval: float,
        *,
        grace: float = GRACE_SECONDS,
        lease: float = LEASE_SECONDS,
        on_result: OnResult = lambda _result: None,
        on_turn: Callable[[], object] = lambda: None,
        clock: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
        shard_sessions: int = _SHARD_SESSIONS,
    ) -> None:
        """`interval` are the seconds from the start of a scan to that of the next. `on_result` gets every result that
        was kept, `on_turn` is called after every turn, whatever came of it; neither may take long."""
        self._connected = connected
        self._interval = interval
        self._grace = grace
        self._lease = lease
        self._on_result = on_result
        self._on_turn = on_turn
        self._clock = clock
        self._jitter = jitter
        self._shard_sessions = shard_sessions
        self._holder = secrets.token_hex(8)

    def run(self, stopped: threading.Event) -> None:
        """Scans whenever a scan is due and no other process scans, until the event is set. Raises nothing."""
        while not stopped.is_set():
            wait = _guarded(lambda: self.turn(stopped), self._interval)
            _guarded(self._on_turn, None)
            stopped.wait(wait + self._jitter() * _JITTER * min(wait, self._interval))

    def turn(self, stopped: threading.Event) -> float:
        """Scans if a scan is due and nobody else scans; returns the seconds until the next turn may come.

        Raises AppDatabaseError if the lock can't be used, and what `scan` raises.
        """
        app_db = self._connected.app_db
        wait = app_db.take_scan_lock(self._holder, now=self._clock(), lease=self._lease, interval=self._interval)
        if wait > 0:
            return wait
        begun = self._clock()
        try:
            with _renewed(app_db, self._holder, self._lease, self._clock) as lost:
                self._scan(lambda: stopped.is_set() or lost.is_set())
        finally:
            app_db.release_scan_lock(self._holder, ended=not stopped.is_set())
        return max(self._interval - (self._clock() - begun), 0.0)

    def _scan(self, cancelled: Callable[[], bool]) -> None:
        app_db, result = self._connected.app_db, self._whole(cancelled)
        if cancelled() or not app_db.renew_scan_lock(self._holder, now=self._clock(), lease=self._lease):
            return  # whoever has the lock now keeps a scan of its own
        if not keep(app_db, result):
            log.warning("the scheduled scan is not complete: %s", result.reason or result.status)
            return
        self._on_result(result)

    def _whole(self, cancelled: Callable[[], bool]) -> ScanResult:
        """The scan of all sessions; of a large store one shard after the other, whose memory and marks are bounded."""
        stores, count = self._connected.stores, self._shards()
        if count == 1:
            return scan(stores, grace=self._grace, cancelled=cancelled)
        results: list[ScanResult] = []
        for number in range(count):
            shard = Shard(frozenset({number}), count)
            results.append(scan(stores, grace=self._grace, shard=shard, cancelled=cancelled))
            if results[-1].status != "finished":
                break
        return merge(results)

    def _shards(self) -> int:
        """How many shards the scan has. A cache that fails has one, whose result says why."""
        try:
            total = self._connected.stores.require_cache().count_sessions()
        except ChatDataError:
            return 1
        if total is None:
            return _UNCOUNTED_SHARDS
        return min(max(math.ceil(total / self._shard_sessions), 1), _MOST_SHARDS)


def _guarded(work: Callable[[], Result], otherwise: Result) -> Result:
    """Returns what the work does, or, if it fails, says so in the log and returns the other value."""
    try:
        return work()
    except (ChatDataError, OSError) as error:
        log.warning("the scheduled scan failed: %s", error)
    except Exception as error:
        log.error("the scheduled scan failed: %s", places_of(error))
    return otherwise


@contextmanager
def _renewed(app_db: AppDatabase, holder: str, lease: float, clock: Callable[[], float]) -> Iterator[threading.Event]:
    """Renews the lock meanwhile; yields an event that is set once it is lost, or may be."""
    ended, lost = threading.Event(), threading.Event()

    def renew() -> None:
        renewed_at = clock()
        while not ended.wait(lease / 3):
            try:
                kept = app_db.renew_scan_lock(holder, now=clock(), lease=lease)
                renewed_at = clock() if kept else renewed_at
            except AppDatabaseError as error:
                log.warning("the lock of the scheduled scan could not be renewed: %s", error)
                kept = clock() < renewed_at + lease
            if not kept:
                log.warning("the scheduled scan ends: another process has taken its turn")
                lost.set()
                return

    thread = threading.Thread(target=renew, name="scan lock", daemon=True)
    thread.start()
    try:
        yield lost
    finally:
        ended.set()
        thread.join(lease)
