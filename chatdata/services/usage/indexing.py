"""Builds the usage index and renews it: the same work, which takes as long as there are changes.

One pass over all sessions' rows shows which sessions have changed, are new or are gone. Messages that were added or
deleted without touching the session's row are found by counting: each renewal verifies another share of the sessions.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chatdata.domain.messages import UnknownCounts
from chatdata.domain.usage.facts import CountedSession, SessionMark
from chatdata.errors import NotConfigured, NotIndexable, StatementTimeout, UsageIndexError
from chatdata.services.session_stores import SessionStores
from chatdata.stores.database import Database
from chatdata.stores.usage_index import IndexShape, IndexWriter, UsageIndex, discard, reading, writer
from chatdata.stores.usage_index.files import remove

AUTOMATIC_ABOVE = 1_000_000
"""The number of messages above which the app builds the index by itself."""
_ROWS_AT_ONCE = 10_000
_SESSIONS_AT_ONCE = 1_000

OnProgress = Callable[[int, int | None, str], object]
"""Called with the number of sessions done, their number (None if unknown) and what is being done."""
RenewalStatus = Literal["finished", "stopped", "busy"]
"""busy: another process builds the index."""


@dataclass(frozen=True, slots=True)
class IndexRenewal:
    """What a renewal of the usage index did."""

    status: RenewalStatus
    as_of: datetime | None = None
    """The time (UTC) from which on changes of the rows are not in the index; None unless it is finished."""
    sessions: int = 0
    messages: int = 0
    counted: int = 0
    """The number of sessions that were counted anew: new ones and changed ones."""
    removed: int = 0
    """The number of sessions that were gone."""
    corrected: int = 0
    """The number of sessions whose rows had not changed although their messages had."""
    bytes: int = 0
    note: str = ""
    """A sentence that says why the index was built anew; empty if it was not, or if there was none."""


def renew_index(
    stores: SessionStores,
    on_progress: OnProgress = lambda _done, _total, _remark: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> IndexRenewal:
    """Builds the index if there is none, else renews it; an interrupted build goes on where it was.

    Raises NotConfigured without a database or an index, DatabaseError, AppDatabaseError, and UsageIndexError if the
    index can't be written or can't represent the rows.
    """
    database = stores.require_database()
    if stores.usage_index is None:
        raise NotConfigured("The usage index is switched off by INSPECTOR_USAGE_INDEX.")
    with stores.usage_index.locked() as ours:
        if not ours:
            return IndexRenewal("busy")
        note = _why_anew(stores.usage_index)
        if note:
            remove(stores.usage_index.path)
        with _representable(stores.usage_index):
            run = _Run(stores, database, stores.usage_index, on_progress, cancelled)
            return run.renew(note)


def is_large(stores: SessionStores) -> bool:
    """Whether there are so many messages that the app builds the index by itself. Raises DatabaseError."""
    with stores.require_database().usage() as reader:
        return reader.has_messages(AUTOMATIC_ABOVE)


@dataclass(frozen=True)
class _Run:
    stores: SessionStores
    database: Database
    index: UsageIndex
    on_progress: OnProgress
    cancelled: Callable[[], bool]

    def renew(self, note: str) -> IndexRenewal:
        as_of, unknown = self.stores.now(), self.stores.unknown_counts()
        with self.database.usage(unknown) as reader:
            shape = IndexShape(self.index.deployment, reader.names_models)
        with writer(self.index, shape) as making:
            if not self._see_all(making, unknown):
                return IndexRenewal("stopped")
            corrected = self._verify(making)
            removed = making.drop_outdated()
            missing = making.missing()
            if not self._count(making, missing, unknown):
                return IndexRenewal("stopped")
            making.finish(as_of, strays=self._has_strays())
            sessions, messages = making.counts()
        discard(self.index)
        size = self.index.path.stat().st_size
        return IndexRenewal("finished", as_of, sessions, messages, len(missing), removed, corrected, size, note)

    def _see_all(self, making: IndexWriter, unknown: UnknownCounts) -> bool:
        """Reads the rows of all sessions; False if it was stopped."""
        after, seen = None, 0
        while not self.cancelled():
            with self.database.usage(unknown) as reader:
                found = reader.stamps(after, _ROWS_AT_ONCE)
            making.see(found)
            seen += len(found)
            self.on_progress(seen, None, "sessions read")
            if len(found) < _ROWS_AT_ONCE:
                return True
            after = found[-1][0]
        return False

    def _verify(self, making: IndexWriter) -> int:
        """Counts the messages of a share of the sessions; returns how many have others than the index has."""
        expected = making.share(making.turn)
        wrong = list[str]()
        for keys in _batches(list(expected), _ROWS_AT_ONCE):
            with self.database.usage() as reader:
                found = reader.marks(keys)
            wrong += [key for key in keys if found.get(key, SessionMark(0, None)) != expected[key]]
        making.distrust(wrong)
        return len(wrong)

    def _count(self, making: IndexWriter, keys: Sequence[str], unknown: UnknownCounts) -> bool:
        """Counts these sessions; False if it was stopped."""
        done = 0
        for batch in _batches(keys, _SESSIONS_AT_ONCE):
            if self.cancelled():
                return False
            making.add(self._counted(batch, unknown))
            done += len(batch)
            self.on_progress(done, len(keys), "sessions counted")
        return True

    def _counted(self, keys: Sequence[str], unknown: UnknownCounts) -> list[CountedSession]:
        """Counts sessions together, or in halves if that takes the database too long."""
        try:
            with self.database.usage(_among(self.database, keys, unknown)) as reader:
                return reader.counted(keys)
        except StatementTimeout:
            if len(keys) == 1:
                raise
        middle = len(keys) // 2
        return self._counted(keys[:middle], unknown) + self._counted(keys[middle:], unknown)

    def _has_strays(self) -> bool:
        """Whether there are messages without a session; so it is assumed if finding out takes too long."""
        with suppress(StatementTimeout), self.database.usage() as reader:
            return reader.has_strays(self.database.schema)
        return True


def _among(database: Database, keys: Sequence[str], unknown: UnknownCounts) -> UnknownCounts:
    """Those of the unknown counts that these sessions have."""
    if not (unknown.prompt or unknown.completion):
        return unknown
    with database.usage() as reader:
        ids = {reader.id_of(key) for key in keys}
    return UnknownCounts(unknown.prompt.intersection(ids), unknown.completion.intersection(ids))


def _why_anew(index: UsageIndex) -> str:
    """A sentence that says why the index can't be renewed; empty if it can, or if there is none."""
    if not index.exists:
        return ""
    try:
        with reading(index) as reader:
            reader.check()
    except UsageIndexError as error:
        return str(error)
    return ""


@contextmanager
def _representable(index: UsageIndex) -> Iterator[None]:
    """Removes the index if it can't represent the rows, since figures of what it can represent would be wrong."""
    try:
        yield
    except NotIndexable as error:
        remove(index.path)
        discard(index)
        raise UsageIndexError(f"Usage is counted from the rows, which no index can represent: {error}.") from error


def _batches(keys: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), size):
        yield keys[start : start + size]
