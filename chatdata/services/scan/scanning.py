"""Compares every cached session with its rows, in bounded memory, without mistaking writes in flight for drift.

A session that is not plainly in sync is read again after the grace period. Its verdict stands if neither copy changed
in between, or if every finding was also found at the previous reading. Otherwise it is read a few more times and ends
up as `moving`. Batches continue meanwhile.
"""

import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any

from chatdata.domain.copies import Source
from chatdata.errors import DatabaseError, RedisError
from chatdata.services.scan.counters import Tally
from chatdata.services.scan.fingerprints import SessionDigests
from chatdata.services.scan.ghosts import explained
from chatdata.services.scan.measures import Gauges
from chatdata.services.scan.reader import Batch, BatchReader, Fingerprint, Observation
from chatdata.services.scan.result import DanglingChannel, ScanResult, ScanStatus
from chatdata.services.scan.shards import Shard, number_of
from chatdata.services.session_stores import SessionStores
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database
from chatdata.stores.database.columns import to_milliseconds

GRACE_SECONDS = 5.0
MOST_LOOKS = 5
_FIRST_BATCH = 10
"""Sessions in the first batch, before the size of a document is known."""
_BATCH = 150
_BATCH_BYTES = 16_000_000
_AHEAD = 2
_MOST_SUSPECTS = 5_000
"""How many sessions may wait for another reading before further batches have to wait."""
_NAP_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """The progress of a scan."""

    keys: int
    """The number of keys read so far."""
    total: int | None
    """The approximate number of keys at the start; None if there were too many to count."""
    found: int
    """The number of sessions that the result will list."""
    waiting: int
    """The number of sessions that differ and wait for another reading."""


@dataclass(frozen=True, slots=True)
class _Suspect:
    session_id: str
    fingerprint: Fingerprint
    read_at: float
    readings: int = 1


def scan(
    stores: SessionStores,
    *,
    user: str | None = None,
    limit: int | None = None,
    grace: float = GRACE_SECONDS,
    shard: Shard | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    elapsed: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    on_progress: Callable[[ScanProgress], None] = lambda _progress: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ScanResult:
    """Compares cached sessions with their rows: all, those of a user, the first `limit` keys, or a shard.

    A store that fails during the scan raises nothing: the result says so and contains what was known until then.
    Raises NotConfigured unless both stores are configured.
    """
    database, cache = stores.require_database(), stores.require_cache()
    started_at = to_milliseconds(clock())
    tally = Tally(Gauges(started_at))
    reader = BatchReader(database, cache, user=user, clock=clock, stuck_after=stores.stuck_after)
    walk = _ScanWalk(
        reader, tally, grace if grace > 0 else 0.0, elapsed, sleep, cancelled, on_progress, by_user=user is not None
    )
    status, reason, unavailable = _run(walk, cache, limit, shard)
    return ScanResult(
        deployment=stores.deployment,
        user=user,
        limit=limit,
        shard=None if shard is None or shard.whole else shard,
        status=status,
        reason=reason,
        unavailable=unavailable,
        started_at=started_at,
        finished_at=to_milliseconds(clock()),
        unconfirmed=len(walk.suspects),
        database_sessions=_count(database) if status == "finished" and user is None and limit is None else None,
        dangling_channels=_dangling(database, cache) if status == "finished" and user is None else (),
        **_explained(tally.counts(), database),
    )


def _explained(counts: dict[str, Any], database: Database) -> dict[str, Any]:
    return {**counts, "sessions": explained(counts["sessions"], database)}


def _dangling(database: Database, cache: SessionCache) -> tuple[DanglingChannel, ...]:
    """Returns the channels of chat platforms that refer to a session without a row, as after its deletion."""
    try:
        channels = cache.bot_sessions()
        existing = set(database.existing(sorted(set(channels.values()))))
    except (RedisError, DatabaseError):
        return ()
    dangling = ((name, session_id) for name, session_id in sorted(channels.items()) if session_id not in existing)
    return tuple(DanglingChannel(*pair) for pair in dangling)


def _run(
    walk: "_ScanWalk", cache: SessionCache, limit: int | None, shard: Shard | None
) -> tuple[ScanStatus, str | None, tuple[Source, ...]]:
    try:
        walk.total = _total(cache, limit, shard)
        waiting = walk.reader.waiting = frozenset(cache.waiting_sessions()) | cache.sessions_with_tasks()
        done = walk.over(islice(_new_ids(cache, shard, waiting), limit)) and walk.settle()
    except RedisError as error:
        return "stopped", str(error), ("cache",)
    except DatabaseError as error:
        return "stopped", str(error), ("database",)
    return "finished" if done else "cancelled", None, ()


def _new_ids(cache: SessionCache, shard: Shard | None, waiting: frozenset[str]) -> Iterator[str]:
    """Yields each cached session once, then the sessions that only have waiting messages or a task."""
    read_before = SessionDigests()
    for session_id in chain(cache.session_ids(), sorted(waiting)):
        number = number_of(session_id)
        if (shard is None or shard.takes(number)) and read_before.add(number):
            yield session_id


def _total(cache: SessionCache, limit: int | None, shard: Shard | None) -> int | None:
    total = cache.count_sessions()
    if total is not None and shard is not None:
        total = total * len(shard.numbers) // shard.of
    return total if limit is None else limit if total is None else min(limit, total)


def _count(database: Database) -> int | None:
    try:
        return database.count_sessions()
    except DatabaseError:
        return None


@dataclass
class _ScanWalk:
    reader: BatchReader
    tally: Tally
    grace: float
    elapsed: Callable[[], float]
    sleep: Callable[[float], None]
    cancelled: Callable[[], bool]
    on_progress: Callable[[ScanProgress], None]
    by_user: bool
    total: int | None = None

    def __post_init__(self) -> None:
        self.suspects: deque[_Suspect] = deque()
        self._batch = _FIRST_BATCH
        self._read = 0

    def over(self, ids: Iterator[str]) -> bool:
        """Reads all sessions once, and suspects again when they are due; False if the scan was cancelled."""
        with closing(self._batches(ids)) as batches:
            for batch in batches:
                self._count_batch(batch)
                while self._due() and not self.cancelled():
                    self._read_due()
                if not self._go_on(_MOST_SUSPECTS):
                    return False
        return True

    def settle(self) -> bool:
        """Waits for the remaining suspects and reads them again; False if the scan was cancelled."""
        return self._go_on(1)

    def _go_on(self, too_many: int) -> bool:
        """Reads suspects again until fewer than `too_many` are left; False if the scan was cancelled."""
        while not self.cancelled():
            self._report_progress()
            if len(self.suspects) < too_many:
                return True
            if self._due():
                self._read_due()
            else:
                self.sleep(min(self._seconds_left(), _NAP_SECONDS))
        return False

    def _batches(self, ids: Iterator[str]) -> Generator[Batch]:
        """Yields batches while the next ones are being read, so that both servers and this process work at once."""
        reading: deque[Future[Batch]] = deque()
        with ThreadPoolExecutor(_AHEAD, "scan") as pool:
            while chunk := list(islice(ids, self._batch)):
                reading.append(pool.submit(self.reader.read, chunk))
                if len(reading) > _AHEAD:
                    yield reading.popleft().result()
            while reading:
                yield reading.popleft().result()

    def _count_batch(self, batch: Batch) -> None:
        same, observations = self.reader.first(batch)
        self._read += batch.asked
        if self.by_user:
            self.tally.keys += len(same) + len(observations)
        else:
            asked = batch.asked - len(batch.alone)
            self.tally.keys += asked
            self.tally.gone += asked - len(batch.documents)
        self.tally.same(same)
        for session_id, observation in observations.items():
            if observation.fine:
                self.tally.add(observation.comparison)
            else:
                self.suspects.append(_Suspect(session_id, observation.fingerprint, self.elapsed()))
        self._batch = _fitting(batch)

    def _seconds_left(self) -> float:
        return self.suspects[0].read_at + self.grace - self.elapsed()

    def _due(self) -> bool:
        return bool(self.suspects) and self._seconds_left() <= 0

    def _read_due(self) -> None:
        """Reads a batch of the suspects that are due; they wait in the order of their last reading."""
        due: dict[str, _Suspect] = {}
        while self._due() and len(due) < self._batch:
            suspect = self.suspects.popleft()
            due[suspect.session_id] = suspect
        try:
            observations = self.reader.again(list(due))
        except (RedisError, DatabaseError):
            self.suspects.extendleft(reversed(due.values()))
            raise
        for session_id, observation in observations.items():
            self._judge(due[session_id], observation)

    def _judge(self, suspect: _Suspect, observation: Observation) -> None:
        judgement = observation.comparison
        if observation.fine or judgement.status is None or observation.confirms(suspect.fingerprint):
            self.tally.add(judgement)
        elif suspect.readings + 1 >= MOST_LOOKS:
            self.tally.add(replace(judgement, status="moving", first_difference=None, findings=(), ledger={}))
        else:
            fingerprint = suspect.fingerprint if judgement.status == "moving" else observation.fingerprint
            self.suspects.append(_Suspect(suspect.session_id, fingerprint, self.elapsed(), suspect.readings + 1))

    def _report_progress(self) -> None:
        self.on_progress(ScanProgress(self._read, self.total, self.tally.listed, len(self.suspects)))


def _fitting(batch: Batch) -> int:
    """The size of the next batch, chosen by the size of these documents so that memory stays bounded."""
    if not batch.size:
        return _BATCH
    return max(1, min(_BATCH, _BATCH_BYTES * len(batch.documents) // batch.size))
