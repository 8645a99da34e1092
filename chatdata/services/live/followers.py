"""The sessions that are followed in this process."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from chatdata.services.live.follower import INTERVAL, SessionFollower
from chatdata.services.session_stores import SessionStores

_MOST = 32
_UNUSED_SECONDS = 60.0


class Followers:
    """One follower for each session that somebody follows. Thread-safe.

    Those that nobody asked for a minute are dropped at the next question, and the ones used least recently beyond 32.
    """

    def __init__(
        self, stores: SessionStores, *, interval: float = INTERVAL, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stores = stores
        self._interval = interval
        self._clock = clock
        self._held: OrderedDict[str, SessionFollower] = OrderedDict()
        self._used: dict[str, float] = {}
        self._lock = threading.Lock()

    def of(self, session_id: str) -> SessionFollower:
        """The follower of a session, shared by all who follow it."""
        with self._lock:
            held = self._held.get(session_id)
            if held is None:
                held = self._held[session_id] = SessionFollower(self._stores, session_id, interval=self._interval)
            self._held.move_to_end(session_id)
            self._used[session_id] = self._clock()
            self._drop()
            return held

    def _drop(self) -> None:
        while len(self._held) > _MOST or self._used[next(iter(self._held))] < self._clock() - _UNUSED_SECONDS:
            session_id, _ = self._held.popitem(last=False)
            del self._used[session_id]
