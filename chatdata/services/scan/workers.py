"""Scans with several processes, each of which takes one shard: comparing is work for a processor, one of which a
process can use."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from types import ModuleType
from typing import Any

from chatdata.errors import ChatDataError
from chatdata.services.scan.merging import merge
from chatdata.services.scan.result import ScanResult
from chatdata.services.scan.scanning import GRACE_SECONDS, ScanProgress, scan
from chatdata.services.scan.shards import Shard
from chatdata.services.scan.wire import Json, scan_from, scan_json
from chatdata.settings.stores import Settings

MOST_WORKERS = 16
_LOOK_SECONDS = 0.1
_FIELDS = 4
_UNKNOWN = -1
_shared: list[Any] = []
"""In a worker: the progress of all workers as integers, and the event that stops them."""


class WorkerLost(ChatDataError):
    """Raised when a process of the scan ended early, as when the system is out of memory."""


def scan_with_workers(
    settings: Settings,
    workers: int,
    *,
    grace: float = GRACE_SECONDS,
    on_progress: Callable[[ScanProgress], None] = lambda _progress: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ScanResult:
    """Compares all cached sessions of a deployment with their rows, like `scan`, in processes that connect themselves.

    Raises WorkerLost if one of them ends early, and what `scan` raises.
    """
    context = get_context("spawn")
    progress, stop = context.Array("q", [0] * _FIELDS * workers), context.Event()
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(progress, stop))
    try:
        with _interrupts_held(), _no_main_module():
            shards = [Shard(frozenset({number}), workers) for number in range(workers)]
            futures = [pool.submit(_scan_shard, settings, shard, grace) for shard in shards]
        _watch(futures, lambda: on_progress(_sum(progress[:])), stop.set, cancelled)
        return merge([scan_from(future.result()) for future in futures])
    except BrokenProcessPool as error:
        raise WorkerLost("A process of the scan ended early.") from error
    finally:
        stop.set()
        pool.shutdown()


def _watch(
    futures: list[Future[Json]], report: Callable[[], None], stop: Callable[[], None], cancelled: Callable[[], bool]
) -> None:
    """Waits for all workers, and has them stop when the scan is cancelled or one of them fails."""
    while not all(future.done() for future in futures):
        wait(futures, _LOOK_SECONDS)
        report()
        if cancelled() or any(future.done() and future.exception() for future in futures):
            stop()


def _sum(values: list[int]) -> ScanProgress:
    keys, totals, found, waiting = (values[field::_FIELDS] for field in range(_FIELDS))
    total = None if _UNKNOWN in totals else sum(totals)
    return ScanProgress(sum(keys), total, sum(found), sum(waiting))


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Holds Ctrl-C back while processes start, which thereby never get it: this process tells them to stop."""
    mask: Callable[..., Any] | None = getattr(signal, "pthread_sigmask", None)
    if mask is None:
        yield
        return
    before = mask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        mask(signal.SIG_SETMASK, before)


@contextmanager
def _no_main_module() -> Iterator[None]:
    """Hides the main module while processes start: they would run it again, and need nothing of it."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _begin(progress: Any, stop: Any) -> None:
    _shared[:] = [progress, stop]
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _scan_shard(settings: Settings, shard: Shard, grace: float) -> Json:
    from chatdata.services.connect import connect  # only a worker connects by itself

    progress, stop = _shared
    (number,) = shard.numbers
    first = number * _FIELDS

    def note(now: ScanProgress) -> None:
        total = _UNKNOWN if now.total is None else now.total
        progress[first : first + _FIELDS] = [now.keys, total, now.found, now.waiting]

    with connect(settings) as connected:
        return scan_json(scan(connected.stores, grace=grace, shard=shard, on_progress=note, cancelled=stop.is_set))
