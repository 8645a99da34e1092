"""The sessions that are followed in this process."""

import threading
from collections import OrderedDict

from chatdata.services.live.follower import INTERVAL, SessionFollower
from chatdata.services.session_stores import SessionStores

_MOST = 32


class Followers:
    """One follower for each session that somebody follows; the ones used least recently are dropped. Thread-safe."""

    def __init__(self, stores: SessionStores, *, interval: float = INTERVAL) -> None:
        self._stores = stores
        self._interval = interval
        self._held: OrderedDict[str, SessionFollower] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, session_id: str) -> SessionFollower:
        """The follower of a session, shared by all who follow it."""
        with self._lock:
            held = self._held.get(session_id)
            if held is None:
                held = self._held[session_id] = SessionFollower(self._stores, session_id, interval=self._interval)
            self._held.move_to_end(session_id)
            while len(self._held) > _MOST:
                self._held.popitem(last=False)
            return held
