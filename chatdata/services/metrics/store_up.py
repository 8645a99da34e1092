"""Asks whether the stores answer, within a deadline that fits into a scrape."""

import threading
import time
from collections.abc import Callable, Mapping

from chatdata.domain.copies import Source
from chatdata.errors import ChatDataError
from chatdata.services.session_stores import SessionStores

_SECONDS = 3.0
"""How long a scrape waits for the stores: Prometheus gives it ten seconds by default."""


class StoreProbe:
    """Asks both stores at once; a store that does not answer in time is down. Thread-safe.

    A question that hangs is not repeated: the next probe waits for the answer that is still missing, so that a silent
    store binds one thread, however often it is asked.
    """

    def __init__(self, stores: SessionStores, seconds: float = _SECONDS) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._pending: dict[Source, _Question] = {}
        self._asks: dict[Source, Callable[[], object]] = {}
        if (database := stores.database) is not None:
            self._asks["database"] = lambda: database.read_copies([])
        if (cache := stores.cache) is not None:
            self._asks["cache"] = lambda: cache.read_raw("")
        elif stores.cache_problem is not None:
            self._asks["cache"] = stores.require_cache

    def __call__(self) -> Mapping[Source, bool]:
        """Whether each configured store answers; takes no longer than the deadline."""
        end = time.monotonic() + self._seconds
        with self._lock:
            questions = {source: self._question(source) for source in self._asks}
        return {source: question.answered_by(end) for source, question in questions.items()}

    def _question(self, source: Source) -> "_Question":
        found = self._pending.get(source)
        if found is None or found.ended:
            found = self._pending[source] = _Question(source, self._asks[source])
        return found


class _Question:
    def __init__(self, source: Source, ask: Callable[[], object]) -> None:
        self._ask = ask
        self._answers = False
        self._thread = threading.Thread(target=self._run, name=f"probe {source}", daemon=True)
        self._thread.start()

    @property
    def ended(self) -> bool:
        return not self._thread.is_alive()

    def answered_by(self, end: float) -> bool:
        """Whether the store has answered by then, on the monotonic clock."""
        self._thread.join(max(end - time.monotonic(), 0.0))
        return self.ended and self._answers

    def _run(self) -> None:
        try:
            self._ask()
        except ChatDataError:
            return
        self._answers = True
