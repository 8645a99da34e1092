"""Conversations as they were read lately, so that a rerun or a scroll does not read them again.

A page takes a snapshot and the timeline's routes read from it, however old it is by then: what is on screen stays
on screen until a page reads anew.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from chatdata import Absent, CachedCopy, ChatSessions, Copies, Source, StoredCopy, Unavailable, Unconfigured
from chatdata.timeline import Timeline, build

_KEPT = 12
_MOST_CHARACTERS = 100_000_000
_TURNS = 32
_FRESH_FOR = timedelta(minutes=2)


@dataclass
class Snapshot:
    """Both copies of a session at one moment, with the timelines that were asked for."""

    copies: Copies
    timelines: dict[Source, Timeline] = field(default_factory=dict)

    @property
    def token(self) -> str:
        """Changes with each reading."""
        return self.copies.read_at.isoformat()

    @property
    def whole(self) -> bool:
        """True where both stores answered and one of them has the session."""
        sides = (self.copies.stored, self.copies.cached)
        return not any(isinstance(side, Unavailable) for side in sides) and any(
            not isinstance(side, Absent | Unconfigured) for side in sides
        )

    @property
    def characters(self) -> int:
        """About how much text it holds, over both copies."""
        sides = (self.side("database"), self.side("cache"))
        return sum(len(item.message.content or "") for side in sides if side is not None for item in side.messages)

    def side(self, source: Source) -> StoredCopy | CachedCopy | None:
        """The copy of this source; None where it has none that can be read."""
        copy = self.copies.stored if source == "database" else self.copies.cached
        return copy if isinstance(copy, StoredCopy | CachedCopy) else None


class Snapshots:
    """The last few, by session; safe for threads."""

    def __init__(self, sessions: ChatSessions) -> None:
        self._sessions = sessions
        self._kept: OrderedDict[str, Snapshot] = OrderedDict()
        self._lock = threading.Lock()
        self._turns = [threading.Lock() for _ in range(_TURNS)]

    def take(self, session_id: str, newer_than: timedelta = _FRESH_FOR) -> Snapshot:
        """The session as it was read lately, or now; a reading without both answers does not count.

        Who asks while another reads the same session waits for that reading.
        """
        with self._turn(session_id):
            snapshot = self._last(session_id)
            if snapshot is None or not snapshot.whole or datetime.now(UTC) - snapshot.copies.read_at > newer_than:
                snapshot = self._read(session_id)
            return snapshot

    def _turn(self, session_id: str) -> threading.Lock:
        return self._turns[hash(session_id) % _TURNS]

    def _last(self, session_id: str) -> Snapshot | None:
        with self._lock:
            snapshot = self._kept.get(session_id)
            if snapshot is not None:
                self._kept.move_to_end(session_id)
        return snapshot

    def forget(self, session_id: str) -> None:
        """The next one who asks reads it anew."""
        with self._lock:
            self._kept.pop(session_id, None)

    def timeline(self, session_id: str, source: str) -> Timeline:
        """The timeline of one copy. LookupError where there is no such copy; the message is for a person."""
        if source not in ("database", "cache"):
            raise LookupError("The source is either database or cache.")
        chosen: Source = "database" if source == "database" else "cache"
        with self._turn(session_id):
            snapshot = self._last(session_id) or self._read(session_id)
            if chosen not in snapshot.timelines:
                copy = snapshot.side(chosen)
                if copy is None:
                    raise LookupError(f"There is no readable copy of this conversation in the {chosen}.")
                snapshot.timelines[chosen] = build(copy.messages)
            return snapshot.timelines[chosen]

    def _read(self, session_id: str) -> Snapshot:
        snapshot = Snapshot(self._sessions.read_copies(session_id))
        with self._lock:
            self._kept[session_id] = snapshot
            self._kept.move_to_end(session_id)
            self._make_room()
        return snapshot

    def _make_room(self) -> None:
        """Lets go of the oldest; the newest stays however large it is."""
        held = sum(snapshot.characters for snapshot in self._kept.values())
        while len(self._kept) > 1 and (len(self._kept) > _KEPT or held > _MOST_CHARACTERS):
            held -= self._kept.popitem(last=False)[1].characters
