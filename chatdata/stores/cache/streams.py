"""Reads the tasks of turns and the streams of their output, without a group, so that nothing changes.

In later versions the key of a task names its session. In earlier ones it does not: all tasks are found with SCAN, which
takes long in a large store, so the tasks that were found are kept, and a search is repeated only after a while that is
many times as long as it took.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from redis.exceptions import ResponseError

from chatdata.domain.streams import OutputReader, StreamedTurn, StreamEntry, Task, entry_of, task_of
from chatdata.domain.streams.tasks import STREAMS, TASKS

KEPT_SECONDS, KEPT_ENTRIES = 3_600, 10_000
"""The time to live of a task and its stream, and the most entries that a stream keeps, in later versions."""
_PAGE = 1_000
_MOST_ENTRIES = 50_000
_BATCH = 200
_NO_KEY = -2
_REST = 20.0
"""How many times as long as a search took the next one has to wait."""


def task_key(session_id: bytes) -> bytes:
    """The key of a session's task in later versions."""
    return TASKS.encode() + b"{" + session_id + b"}"


def stream_key(turn_id: str) -> bytes:
    """The key of a turn's stream."""
    return (STREAMS + turn_id).encode("utf-8", "surrogateescape")


def task_fields(session_id: str, turn_id: str, now: datetime) -> dict[Any, Any]:
    """The hash of a turn that begins now, as later versions write it."""
    return {
        "session_id": session_id,
        "user_id": "",
        "tool_call_id": "chat_stream",
        "tool_name": "chat",
        "turn_id": turn_id,
        "blocking": "0",
        "status": "running",
        "created_at": now.isoformat(),
    }


def tasks_of(pipeline: Any, keys: Sequence[bytes]) -> Iterator[Task]:
    """Yields the tasks under these keys; a key that is missing, or that holds something else, has none."""
    for key in keys:
        pipeline.hgetall(key)
    answers = pipeline.execute(raise_on_error=False) if keys else []
    for key, fields in zip(keys, answers, strict=True):
        if isinstance(fields, Exception) and not _is_other_type(fields):
            raise fields
        task = None if isinstance(fields, Exception) or not fields else task_of(key, fields)
        if task is not None:
            yield task


def entries(client: Any, key: str, after: str | None = None) -> Iterator[StreamEntry]:
    """Yields the entries of a stream after the one with this id, or all; none if there is no stream.

    Raises ResponseError if the key holds something else.
    """
    name = key.encode("utf-8", "surrogateescape")
    start = "-" if after is None else _next_id(after)
    for _ in range(_MOST_ENTRIES // _PAGE):
        page = client.xrange(name, min=start, max="+", count=_PAGE)
        last = ""
        for entry_id, fields in page:
            last = entry_id.decode("ascii", "replace")
            yield entry_of(entry_id, fields)
        if len(page) < _PAGE:
            return
        start = _next_id(last)


def read_turn(client: Any, task: Task, now: Callable[[], datetime], reader: OutputReader | None = None) -> StreamedTurn:
    """The turn of a task with the output of its stream; a reader that has entries gets only those after them."""
    reader = reader or OutputReader()
    try:
        reader.add(entries(client, task.stream_key, reader.last_id))
    except ResponseError as error:
        if not _is_other_type(error):
            raise
        return StreamedTurn(task, problem=f"{task.stream_key} is not a stream")
    pttl = int(client.pttl(task.stream_key.encode("utf-8", "surrogateescape")))
    expires_at = now() + timedelta(milliseconds=pttl) if pttl >= 0 else None
    gone = pttl == _NO_KEY
    output = None if gone and reader.last_id is None else reader.output()
    return StreamedTurn(task, output, expires_at, "its stream has expired" if gone and output else None)


@dataclass
class TaskIndex:
    """The tasks of all sessions, by session, as far as they have been found. Thread-safe."""

    clock: Callable[[], float] = time.monotonic
    _found: dict[str, dict[str, Task]] = field(default_factory=dict)
    """What the last search found that came to its end."""
    _finding: dict[str, dict[str, Task]] = field(default_factory=dict)
    """What the current search has found so far."""
    _keys: Iterator[bytes] | None = None
    _next_search: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, client: Any, seconds: float | None) -> Mapping[str, Mapping[str, Task]]:
        """The tasks by session and id; goes on searching for at most so many seconds, or to the end for None."""
        with self._lock:
            if seconds is None or self.clock() >= self._next_search:
                self._search(client, seconds)
            names = self._found.keys() | self._finding.keys()
            return {name: {**self._found.get(name, {}), **self._finding.get(name, {})} for name in names}

    def _search(self, client: Any, seconds: float | None) -> None:
        began = self.clock()
        if self._keys is None or seconds is None:
            self._finding, self._keys = {}, client.scan_iter(match=TASKS + "*", count=1000)
        try:
            while batch := list(islice(self._keys, _BATCH)):
                self._read(client, batch)
                if seconds is not None and self.clock() - began >= seconds:
                    return
            self._found, self._finding, self._keys = self._finding, {}, None
        except BaseException:
            self._keys = None  # an iterator that failed has ended
            raise
        finally:
            self._next_search = self.clock() + _REST * (self.clock() - began)

    def _read(self, client: Any, keys: Sequence[bytes]) -> None:
        with client.pipeline(transaction=False) as pipeline:
            for task in tasks_of(pipeline, keys):
                self._finding.setdefault(task.session_id, {})[task.id] = task


def _next_id(entry_id: str) -> str:
    milliseconds, _, number = entry_id.partition("-")
    return f"{milliseconds}-{int(number or 0) + 1}"


def _is_other_type(error: Exception) -> bool:
    return "WRONGTYPE" in str(error)
