"""Scans with several processes, each of which takes one shard: comparing is work for a processor, one of which a
process can use."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
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
    started: list[_Worker] = []
    try:
        with _interrupts_held(), _no_main_module():
            for number in range(workers):
                shard = Shard(frozenset({number}), workers)
                started.append(_start(context, settings, shard, grace, progress, stop))
        answers = _answers(started, lambda: on_progress(_sum(progress[:])), stop.set, cancelled)
        return merge([scan_from(_value(answers[worker.answer])) for worker in started])
    finally:
        stop.set()
        for worker in started:
            worker.answer.close()  # a worker that still tells its answer is not waited for
            worker.process.join()


def _start(context: SpawnContext, settings: Settings, shard: Shard, grace: float, progress: Any, stop: Any) -> _Worker:
    answer, told = context.Pipe(duplex=False)
    with told:  # the process has an end of its own
        process = context.Process(target=_work, args=(told, settings, shard, grace, progress, stop))
        process.start()
    return _Worker(process, answer)


def _answers(
    workers: list[_Worker], report: Callable[[], None], stop: Callable[[], None], cancelled: Callable[[], bool]
) -> dict[Connection, Json | Exception]:
    """Waits for all workers, and has them stop when the scan is cancelled or one of them fails."""
    waiting, answers = [worker.answer for worker in workers], dict[Connection, Json | Exception]()
    while waiting:
        ready = wait(waiting, _LOOK_SECONDS)
        answers.update({connection: _received(connection) for connection in waiting if connection in ready})
        waiting = [connection for connection in waiting if connection not in answers]
        report()
        if cancelled() or any(isinstance(answer, Exception) for answer in answers.values()):
            stop()
    return answers


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


def _work(told: Connection, settings: Settings, shard: Shard, grace: float, progress: Any, stop: Any) -> None:
    """What a worker does. Anything that can't be told ends it early: its text may quote a conversation."""
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    answer: Json | Exception
    try:
        answer = _scan_shard(settings, shard, grace, progress, stop)
    except Exception as error:
        answer = error
    with told, suppress(Exception):
        told.send(answer)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _scan_shard(settings: Settings, shard: Shard, grace: float, progress: Any, stop: Any) -> Json:
    from chatdata.services.connect import connect  # only a worker connects by itself

    (number,) = shard.numbers
    first = number * _FIELDS

    def note(now: ScanProgress) -> None:
        total = _UNKNOWN if now.total is None else now.total
        progress[first : first + _FIELDS] = [now.keys, total, now.found, now.waiting]

    with connect(settings) as connected:
        return scan_json(scan(connected.stores, grace=grace, shard=shard, on_progress=note, cancelled=stop.is_set))
