"""Follows one session: asks cheap questions first, and reads a copy again only when it was written.

The stream is read from where the last reading ended. Everything is read and kept in full; each reader gets it redacted
to a privacy level, which is done once for all readers of the same level.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from chatdata.domain.copies import Absent, CachedSide, Copies, PrivacyLevel, StoredSide
from chatdata.domain.drift.findings.streams import outcome_of
from chatdata.domain.drift.findings.turns import doing_now
from chatdata.domain.live import LiveView, live_view, turn_state
from chatdata.domain.redaction.masked import people_of
from chatdata.domain.redaction.people import People
from chatdata.domain.streams import OutputReader, StreamedTurn, Task, newest_first
from chatdata.domain.turns import TurnState
from chatdata.errors import DatabaseError, RedisError
from chatdata.services.inspection import RedactionKey
from chatdata.services.session_stores import SessionStores, at_once
from chatdata.stores.cache import SessionCache

INTERVAL = 1.0
"""Seconds between two readings of a session, however many follow it."""
_SAME_MOMENT = 0.5
"""Seconds by which the time of a key's expiry may seem to change by itself."""
_MOST_TURNS = 3
"""How many turns of a session are read, the running or newest ones."""


@dataclass
class _Stream:
    """A turn with the reader that knows how far its stream was read."""

    turn: StreamedTurn
    reader: OutputReader = field(default_factory=OutputReader)


@dataclass(frozen=True, slots=True)
class _Versions:
    """What tells whether the copies have to be read again; None for a store that is not there."""

    stored: tuple[object, ...] | None
    cached: tuple[float | None, int | None] | None

    def same_cached(self, other: "_Versions | None") -> bool:
        """Whether the document was not written between two readings."""
        if other is None or self.cached is None or other.cached is None:
            return other is not None and self.cached == other.cached
        (expires, length), (before, length_before) = self.cached, other.cached
        if expires is None or before is None:
            return self.cached == other.cached
        return length == length_before and abs(expires - before) < _SAME_MOMENT


class SessionFollower:
    """One session, read at most once per interval. Thread-safe."""

    def __init__(
        self,
        stores: SessionStores,
        session_id: str,
        *,
        interval: float = INTERVAL,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.session_id = session_id
        self._stores = stores
        self._interval = interval
        self._clock = clock
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._number = 0
        self._copies_number = 0
        self._copies: Copies | None = None
        self._versions: _Versions | None = None
        self._streams: dict[str, _Stream] = {}
        self._people: People | None = None
        self._views: dict[tuple[PrivacyLevel, bytes], LiveView] = {}
        self.polls = 0
        """How often the stores were asked."""
        self.readings = 0
        """How often the copies were read."""

    def view(self, view: PrivacyLevel, key: RedactionKey) -> LiveView:
        """What a reader sees now. A store that fails is a value in it; raises AppDatabaseError without the key."""
        salt = b"" if view == "full" else key()
        with self._lock:
            copies = self._current()
            held = self._views.get((view, salt))
            if held is None or held.number != self._number:
                held = live_view(copies, self._number, view, salt, self._named(view, copies))
                self._views[view, salt] = held
            return held

    def copies(self) -> tuple[Copies, int]:
        """The full copies as last read, and a number that grows whenever what is told of them may be something else.

        That is once one of them was read again, or the turn has ended, lost its worker or got another waiting message;
        words that are only streamed do not count.
        """
        with self._lock:
            return self._current(), self._copies_number

    def _current(self) -> Copies:
        if self._copies is None or self._clock() - self._read_at >= self._interval:
            self._copies = self._poll()
            self._read_at = self._clock()
        return self._copies

    def _named(self, view: PrivacyLevel, copies: Copies) -> People:
        """The people that the copies name, found again only when a copy was read again."""
        if view == "full":
            return People()
        if self._people is None:
            self._people = people_of(replace(copies, turn=None))
        return self._people

    def _poll(self) -> Copies:
        self.polls += 1
        before = self._copies
        stored, cached = self._read_copies()
        turn = self._turn()
        copies = Copies(self.session_id, stored, cached, self._stores.now(), turn)
        if before is not None and _told(before) == _told(copies):  # also of copies that were read again and are equal
            return copies
        self._number += 1
        if before is None or before.stored is not stored or before.cached is not cached:
            self._copies_number += 1
            self._people = None
        elif turn_state(before) != turn_state(copies):
            self._copies_number += 1
        return copies

    def _read_copies(self) -> tuple[StoredSide, CachedSide]:
        """Both copies, each as it was if nothing was written to it."""
        versions = self._ask_versions()
        known, before = self._copies, self._versions
        self._versions = versions
        if versions is not None and known is not None and before is not None:
            same = before.stored == versions.stored, versions.same_cached(before)
            if all(same):
                return known.stored, known.cached
        self.readings += 1
        copies = self._stores.read_copies(self.session_id, streams=False)
        return copies.stored, copies.cached

    def _ask_versions(self) -> _Versions | None:
        """The versions of both copies; None if a store fails, so that both are read and the failure becomes a value."""
        database, cache = self._stores.database, self._stores.cache
        try:
            stored, cached = at_once(
                lambda: None if database is None else (database.read_version(self.session_id) or ()),
                lambda: None if cache is None else cache.read_version(self.session_id),
            )
        except (DatabaseError, RedisError):
            return None
        return _Versions(stored, cached)

    def _turn(self) -> TurnState | None:
        """The lock, the waiting messages and the streams; None if the cache fails."""
        cache = self._stores.cache
        if cache is None:
            return None
        try:
            state = cache.read_turns([self.session_id], self._stores.stuck_after)[self.session_id]
            before = None if self._copies is None else self._copies.turn
            ends = _steady(state.pending_expires_at, None if before is None else before.pending_expires_at)
            return replace(state, pending_expires_at=ends, streams=self._read_streams(cache))
        except RedisError:
            return None

    def _read_streams(self, cache: SessionCache) -> tuple[StreamedTurn, ...]:
        tasks = {task.id: task for task in cache.tasks([self.session_id]).get(self.session_id, ())}
        for task in tasks.values():
            held = self._streams.setdefault(task.id, _Stream(StreamedTurn(task)))
            held.turn = replace(held.turn, task=task)
        newest = newest_first(held.turn for held in self._streams.values())[:_MOST_TURNS]
        kept = {turn.task.id for turn in newest}
        self._streams = {name: held for name, held in self._streams.items() if name in kept}
        return tuple(
            self._read_on(cache, self._streams[turn.task.id], turn.task, newest=turn is newest[0]) for turn in newest
        )

    def _read_on(self, cache: SessionCache, held: _Stream, task: Task, *, newest: bool) -> StreamedTurn:
        """The turn with what its stream has by now; of a task that has expired, what was read before stays."""
        if not newest and held.turn.output is not None and held.turn.output.finished:
            return held.turn
        turn = cache.read_stream(task, held.reader)
        held.turn = replace(turn, expires_at=_steady(turn.expires_at, held.turn.expires_at))
        return held.turn


def _told(copies: Copies) -> tuple[object, ...]:
    """What a reader is told of copies; silence alone can make a turn one that has lost its worker."""
    turns = () if copies.turn is None else copies.turn.streams
    outcomes = tuple(outcome_of(turn, copies) for turn in turns)
    return copies.stored, copies.cached, copies.turn, doing_now(copies), outcomes


def _steady(ends: datetime | None, before: datetime | None) -> datetime | None:
    """When a key expires: the previous value if the new one is within a moment of it, as times from TTLs vary."""
    if ends is None or before is None:
        return ends
    return before if abs((ends - before).total_seconds()) < _SAME_MOMENT else ends


def is_missing(view: LiveView, copies: Copies) -> bool:
    """Whether there is no such session, and no turn of it either."""
    return isinstance(copies.stored, Absent) and isinstance(copies.cached, Absent) and view.turn is None
