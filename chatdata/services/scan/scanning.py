"""Every cached session against its rows, in bounded memory, without calling drift what is only being written.

A session that isn't plainly in sync is looked at again, no sooner than the grace period after the look before. What
is said of it stands if neither copy changed in between, or if all that is found was found at the look before as well.
Otherwise it is looked at a few times more and is `moving` in the end. Batches go on meanwhile.
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
"""Until the size of a document is known."""
_BATCH = 100
_BATCH_BYTES = 16_000_000
_AHEAD = 2
_MOST_SUSPECTS = 5_000
"""How many wait for their second look while batches go on; with more, batches wait."""
_NAP_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """How far a scan is."""

    keys: int
    """Read so far."""
    total: int | None
    """Keys that there were when it began, about; None where they were too many to count."""
    found: int
    """Sessions that will be listed."""
    waiting: int
    """Sessions that differ and wait for another look."""


@dataclass(frozen=True, slots=True)
class _Suspect:
    session_id: str
    traces: Fingerprint
    looked_at: float
    looks: int = 1


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
    """Compares what is cached with the rows: all of it, a user's sessions, the first `limit` keys, or a shard.

    It never raises for a store that stops answering: the result says so, with what was known until then.
    NotConfigured without both stores.
    """
    database, cache = stores.require_database(), stores.require_cache()
    started_at, tally = to_milliseconds(clock()), Tally()
    looking = BatchReader(database, cache, user=user, clock=clock, stuck_after=stores.stuck_after)
    walk = _ScanWalk(
        looking, tally, grace if grace > 0 else 0.0, elapsed, sleep, cancelled, on_progress, by_user=user is not None
    )
    status, reason, unavailable = _ended(walk, cache, limit, shard)
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
    """Channels of chat platforms whose session has no row: they keep pointing at deleted sessions."""
    try:
        channels = cache.bot_sessions()
        there = set(database.existing(sorted(set(channels.values()))))
    except (RedisError, DatabaseError):
        return ()
    gone = ((channel, session_id) for channel, session_id in sorted(channels.items()) if session_id not in there)
    return tuple(DanglingChannel(*pair) for pair in gone)


def _ended(
    walk: "_ScanWalk", cache: SessionCache, limit: int | None, shard: Shard | None
) -> tuple[ScanStatus, str | None, tuple[Source, ...]]:
    try:
        walk.total = _total(cache, limit, shard)
        waiting = walk.looking.waiting = frozenset(cache.waiting_sessions())
        done = walk.over(islice(_new_ids(cache, shard, waiting), limit)) and walk.settle()
    except RedisError as error:
        return "stopped", str(error), ("cache",)
    except DatabaseError as error:
        return "stopped", str(error), ("database",)
    return "finished" if done else "cancelled", None, ()


def _new_ids(cache: SessionCache, shard: Shard | None, waiting: frozenset[str]) -> Iterator[str]:
    """Each cached session, and then those that only messages wait for."""
    seen = SessionDigests()
    for session_id in chain(cache.session_ids(), sorted(waiting)):
        number = number_of(session_id)
        if (shard is None or shard.takes(number)) and seen.add(number):
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
    looking: BatchReader
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
        """A first look at each, and second looks as they fall due; False where it was cancelled."""
        with closing(self._batches(ids)) as batches:
            for batch in batches:
                self._take(batch)
                while self._due() and not self.cancelled():
                    self._look_again()
                if not self._go_on(_MOST_SUSPECTS):
                    return False
        return True

    def settle(self) -> bool:
        """The looks that are still due; False where it was cancelled."""
        return self._go_on(1)

    def _go_on(self, too_many: int) -> bool:
        """Waits until fewer suspects are left."""
        while not self.cancelled():
            self._tell()
            if len(self.suspects) < too_many:
                return True
            if self._due():
                self._look_again()
            else:
                self.sleep(min(self._left(), _NAP_SECONDS))
        return False

    def _batches(self, ids: Iterator[str]) -> Generator[Batch]:
        """The next ones are read while one is compared: both servers and this process then work at once."""
        reading: deque[Future[Batch]] = deque()
        with ThreadPoolExecutor(_AHEAD, "scan") as pool:
            while chunk := list(islice(ids, self._batch)):
                reading.append(pool.submit(self.looking.read, chunk))
                if len(reading) > _AHEAD:
                    yield reading.popleft().result()
            while reading:
                yield reading.popleft().result()

    def _take(self, batch: Batch) -> None:
        same, looks = self.looking.first(batch)
        self._read += batch.asked
        if self.by_user:
            self.tally.keys += same + len(looks)
        else:
            asked = batch.asked - len(batch.alone)
            self.tally.keys += asked
            self.tally.gone += asked - len(batch.documents)
        self.tally.same(same)
        for session_id, look in looks.items():
            if look.fine:
                self.tally.add(look.comparison)
            else:
                self.suspects.append(_Suspect(session_id, look.traces, self.elapsed()))
        self._batch = _fitting(batch)

    def _left(self) -> float:
        return self.suspects[0].looked_at + self.grace - self.elapsed()

    def _due(self) -> bool:
        return bool(self.suspects) and self._left() <= 0

    def _look_again(self) -> None:
        """At a batch of those that are due: they wait in the order of their looks."""
        due: dict[str, _Suspect] = {}
        while self._due() and len(due) < self._batch:
            suspect = self.suspects.popleft()
            due[suspect.session_id] = suspect
        try:
            looks = self.looking.again(list(due))
        except (RedisError, DatabaseError):
            self.suspects.extendleft(reversed(due.values()))
            raise
        for session_id, look in looks.items():
            self._judge(due[session_id], look)

    def _judge(self, suspect: _Suspect, look: Observation) -> None:
        judgement = look.comparison
        if look.fine or judgement.status is None or look.confirms(suspect.traces):
            self.tally.add(judgement)
        elif suspect.looks + 1 >= MOST_LOOKS:
            self.tally.add(replace(judgement, status="moving", first_difference=None, findings=(), ledger={}))
        else:
            traces = suspect.traces if judgement.status == "moving" else look.traces
            self.suspects.append(_Suspect(suspect.session_id, traces, self.elapsed(), suspect.looks + 1))

    def _tell(self) -> None:
        self.on_progress(ScanProgress(self._read, self.total, self.tally.listed, len(self.suspects)))


def _fitting(batch: Batch) -> int:
    """How many sessions of this size are read at once, so that memory doesn't grow with them."""
    if not batch.size:
        return _BATCH
    return max(1, min(_BATCH, _BATCH_BYTES * len(batch.documents) // batch.size))
