"""Scans with several processes, each of which takes one shard: comparing is work for a processor, one of which a
process can use. The calling process takes a shard too, since starting one takes as long as comparing thousands of
sessions."""

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnContext
from multiprocessing.process import BaseProcess
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


class WorkerLost(ChatDataError):
    """Raised when a process of the scan ended early, as when the system is out of memory."""


@dataclass(frozen=True)
class _Worker:
    process: BaseProcess
    answer: Connection
    """Gives what the worker's scan returned or raised, and ends when the process ends."""


class _Shared:
    """What the processes share: how far each of them is, and whether they have to stop."""

    def __init__(self, context: SpawnContext, workers: int) -> None:
        self.workers = workers
        self._progress: Any = context.Array("q", [0] * _FIELDS * workers)
        self._stop = context.Event()

    def note(self, number: int, now: ScanProgress) -> None:
        """Notes how far a process is."""
        total = _UNKNOWN if now.total is None else now.total
        self._progress[number * _FIELDS : (number + 1) * _FIELDS] = [now.keys, total, now.found, now.waiting]

    def progress(self) -> ScanProgress:
        """How far all of them are."""
        return _sum(self._progress[:])

    def shard(self, number: int) -> Shard:
        """What a process scans."""
        return Shard(frozenset({number}), self.workers)

    def stop(self) -> None:
        """Has all of them stop."""
        self._stop.set()

    @property
    def stopped(self) -> bool:
        """Whether they have to stop."""
        return self._stop.is_set()


class _Answers:
    """Collects what the workers answer, and has all processes stop when the scan is cancelled or a worker fails."""

    def __init__(self, workers: Sequence[_Worker], shared: _Shared, cancelled: Callable[[], bool]) -> None:
        self._given: dict[Connection, Json | Exception | None] = {worker.answer: None for worker in workers}
        self._shared = shared
        self._cancelled = cancelled

    def stopped(self, wait_seconds: float = 0.0) -> bool:
        """Takes the answers that arrive meanwhile, and returns whether the processes have to stop."""
        for ready in wait(self._waiting, wait_seconds):
            self._given[ready] = _received(ready)  # type: ignore[index,arg-type]  # only connections are waited for
        if self._cancelled() or any(isinstance(answer, Exception) for answer in self._given.values()):
            self._shared.stop()
        return self._shared.stopped

    def all(self, report: Callable[[], None]) -> list[Json]:
        """Waits for all workers. Raises what one of them raised, or WorkerLost."""
        while self._waiting:
            self.stopped(_LOOK_SECONDS)
            report()
        return [_value(answer) for answer in self._given.values() if answer is not None]

    @property
    def _waiting(self) -> list[Connection]:
        return [connection for connection, answer in self._given.items() if answer is None]


def scan_with_workers(
    settings: Settings,
    workers: int,
    *,
    grace: float = GRACE_SECONDS,
    on_progress: Callable[[ScanProgress], None] = lambda _progress: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ScanResult:
    """Compares all cached sessions of a deployment with their rows, like `scan`, in this process and others.

    `workers` counts this process, and each connects by itself. Raises WorkerLost if one of the others ends early, and
    what `scan` raises.
    """
    context = get_context("spawn")
    shared = _Shared(context, workers)
    started: list[_Worker] = []

    def note(now: ScanProgress) -> None:
        shared.note(0, now)
        on_progress(shared.progress())

    try:
        with _interrupts_held(), _no_main_module():
            for number in range(1, workers):
                worker = _start(context, settings, number, grace, shared)
                started.append(worker)
        answers = _Answers(started, shared, cancelled)
        own = _scan_shard(settings, shared.shard(0), grace, note, answers.stopped)
        return merge([own, *map(scan_from, answers.all(lambda: on_progress(shared.progress())))])
    finally:
        shared.stop()
        for worker in started:
            worker.answer.close()  # a worker that still tells its answer is not waited for
            worker.process.join()


def _start(context: SpawnContext, settings: Settings, number: int, grace: float, shared: _Shared) -> _Worker:
    answer, told = context.Pipe(duplex=False)
    with told:  # the process has an end of its own
        process = context.Process(target=_work, args=(told, settings, number, grace, shared))
        process.start()
    return _Worker(process, answer)


def _received(connection: Connection) -> Json | Exception:
    try:
        answer: Json | Exception = connection.recv()
    except (EOFError, OSError):  # OSError: it ended in the middle of its answer
        return WorkerLost("A process of the scan ended early.")
    return answer


def _value(answer: Json | Exception) -> Json:
    if isinstance(answer, Exception):
        raise answer
    return answer


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


def _work(told: Connection, settings: Settings, number: int, grace: float, shared: _Shared) -> None:
    """What a worker does. Anything that can't be told ends it early: its text may quote a conversation."""
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    gc.freeze()  # the modules stay, so that there is no need to look through them again and again
    answer: Json | Exception
    try:
        note, shard = partial(shared.note, number), shared.shard(number)
        answer = scan_json(_scan_shard(settings, shard, grace, note, lambda: shared.stopped))
    except Exception as error:
        answer = error
    with told, suppress(Exception):
        told.send(answer)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _scan_shard(
    settings: Settings,
    shard: Shard,
    grace: float,
    note: Callable[[ScanProgress], None],
    stopped: Callable[[], bool],
) -> ScanResult:
    from chatdata.services.connect import connect  # only here does a scan connect by itself

    with connect(settings) as connected:
        return scan(connected.stores, grace=grace, shard=shard, on_progress=note, cancelled=stopped)
