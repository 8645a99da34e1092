"""Reads copies in batches: first as raw values, then, for the few sessions that may differ, as models to compare."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from chatdata.domain.copies import Absent, Copies, Expiry, StoredCopy, StoredSide, Unavailable
from chatdata.domain.document import Broken, parse
from chatdata.domain.drift import Comparison, compare
from chatdata.domain.turns import RUNNING, STUCK_AFTER, TurnState
from chatdata.errors import ChatDataError, DatabaseUnavailable
from chatdata.services.scan.fast_path import surely_same
from chatdata.services.scan.result import above_info
from chatdata.services.session_stores import read_in_order
from chatdata.stores.cache import RawDocument, SessionCache
from chatdata.stores.database import Database, PlainRows

log = logging.getLogger(__name__)

_AT_ONCE = 2
"""How many times a session that changed while it was read is read again immediately."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The documents and rows of some sessions, where the cache was read before the database."""

    asked: int
    """The number of sessions requested."""
    documents: Mapping[str, RawDocument]
    rows: Mapping[str, PlainRows] | None
    """None if the database could not return them all in one query."""
    alone: frozenset[str] = frozenset()
    """Sessions that have waiting messages or a task but no document."""

    @property
    def size(self) -> int:
        """The total size of the documents in bytes."""
        return sum(len(document.raw or b"") for document in self.documents.values())


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Digests of an observation, to find out at the next one whether anything changed."""

    copies: bytes
    """A digest of both copies, which changes whenever one of them does."""
    found: frozenset[bytes]
    """Digests of the findings above info, including their positions and values."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One reading of both copies of a session."""

    comparison: Comparison
    fingerprint: Fingerprint

    @property
    def fine(self) -> bool:
        """Whether no second reading is needed: in sync with no finding above info, or no longer cached."""
        return self.comparison.status in ("in_sync", "uncached", "missing") and not self.fingerprint.found

    @property
    def tells(self) -> bool:
        """Whether there is anything to say about a session that has no document."""
        return bool(self.comparison.findings) or not self.fine

    def confirms(self, earlier: Fingerprint) -> bool:
        """Whether neither copy changed since the earlier reading, or every finding was found then too."""
        if self.comparison.status == "moving":
            return False
        found = self.fingerprint.found
        return self.fingerprint.copies == earlier.copies or (bool(found) and found <= earlier.found)


class BatchReader:
    """Reads both stores for a scan. Methods raise RedisError and DatabaseError when a store fails."""

    def __init__(
        self,
        database: Database,
        cache: SessionCache,
        *,
        user: str | None,
        clock: Callable[[], datetime],
        stuck_after: timedelta = STUCK_AFTER,
    ) -> None:
        self._database = database
        self._cache = cache
        self._user = user
        self._clock = clock
        self._stuck_after = stuck_after
        self.waiting: frozenset[str] = frozenset()
        """The sessions with waiting messages or a task, which neither a document nor a row shows."""

    def read(self, ids: Sequence[str]) -> Batch:
        """Reads the documents of these sessions, then the rows of those that have a document."""
        documents = self._cache.read_documents(ids)
        alone = self.waiting.intersection(ids) - documents.keys()
        try:
            return Batch(len(ids), documents, self._database.read_plain([*documents, *alone]), alone)
        except DatabaseUnavailable:
            raise
        except Exception as error:  # one damaged row must not keep the others from being compared
            log.warning("%d sessions are read one by one: %s", len(documents), _sentence(error))
            return Batch(len(ids), documents, None, alone)

    def first(self, batch: Batch) -> tuple[list[datetime | None], dict[str, Observation]]:
        """When each session that is surely equal was last written, and an observation of each of the others by id."""
        rows, mine = batch.rows or {}, self._of_the_user(batch)
        doubtful = [
            session_id
            for session_id, document in mine.items()
            if session_id in self.waiting or not _same(document, rows.get(session_id))
        ]
        left = frozenset(doubtful)
        same = [self._written(document) for session_id, document in mine.items() if session_id not in left]
        doubtful += [name for name in batch.alone if self._user in (None, _owner(rows.get(name)))]
        stored, turns = self._stored(doubtful), self._turns(doubtful)
        observations = {
            name: self._observe(name, stored[name], mine.get(name), turns.get(name), moved=False) for name in doubtful
        }
        return same, {name: seen for name, seen in observations.items() if seen.tells or name not in batch.alone}

    def again(self, ids: Sequence[str]) -> dict[str, Observation]:
        """Reads cache, database and cache again; a session is `moving` if its cached bytes changed in between.

        A moving session is read again immediately and on its own, which takes less time than a batch.
        """
        observations = self._steady(ids)
        for session_id, observation in observations.items():
            for _ in range(_AT_ONCE):
                if observation.comparison.status == "moving":
                    observation = self._steady([session_id])[session_id]
            observations[session_id] = observation
        return observations

    def _steady(self, ids: Sequence[str]) -> dict[str, Observation]:
        before, stored, after = read_in_order(
            lambda: self._cache.read_documents(ids),
            lambda: self._stored(ids),
            lambda: self._cache.read_documents(ids),
        )
        turns = self._turns(ids)
        return {
            session_id: self._observe(
                session_id, stored[session_id], after.get(session_id), turns.get(session_id), moved=moved
            )
            for session_id, moved in ((name, _raw(before.get(name)) != _raw(after.get(name))) for name in ids)
        }

    def _turns(self, ids: Sequence[str]) -> Mapping[str, TurnState]:
        """The turns of sessions, with their streams where the scan found a task."""
        turns = self._cache.read_turns(ids, self._stuck_after)
        with_tasks = {name: turn for name, turn in turns.items() if name in self.waiting}
        return {**turns, **self._cache.with_streams(with_tasks)} if with_tasks else turns

    def _written(self, document: RawDocument) -> datetime | None:
        return Expiry.read(document.pttl, self._cache.session_ttl, document.read_at).last_written_at

    def _of_the_user(self, batch: Batch) -> Mapping[str, RawDocument]:
        if self._user is None:
            return batch.documents
        rows = batch.rows or {}
        return {
            session_id: document
            for session_id, document in batch.documents.items()
            if _owner(rows.get(session_id)) == self._user or _names_user(document, self._user)
        }

    def _stored(self, ids: Sequence[str]) -> dict[str, StoredSide]:
        """The rows of each session, read one by one if the database can't return them all in one query."""
        try:
            found = self._database.read_copies(ids) if ids else {}
        except DatabaseUnavailable:
            raise
        except Exception as error:
            if len(ids) > 1:
                return {session_id: self._stored([session_id])[session_id] for session_id in ids}
            self._database.read_copies([])  # raises if the failure is not caused by this session alone
            return {ids[0]: Unavailable(_sentence(error))}
        return {session_id: found.get(session_id, Absent()) for session_id in ids}

    def _observe(
        self, session_id: str, stored: StoredSide, document: RawDocument | None, turn: TurnState | None, *, moved: bool
    ) -> Observation:
        now = self._clock()
        try:
            cached = Absent() if document is None else self._cache.copy_of(document)
            comparison = compare(Copies(session_id, stored, cached, now, turn), moved=moved)
        except Exception as error:
            log.warning("session %s: it could not be compared: %s", session_id, _sentence(error))
            comparison = compare(Copies(session_id, Unavailable(_sentence(error)), Absent(), now))
        return Observation(comparison, Fingerprint(_digest(_raw(document), stored), _found(comparison)))


def _same(document: RawDocument, rows: PlainRows | None) -> bool:
    """Whether a session is surely equal and without findings: a key without a time to live has one, and a running turn
    may have one."""
    if document.raw is None or document.pttl < 0 or rows is None or rows.session.get("chatStatus") in RUNNING:
        return False
    return surely_same(document.raw, rows)


def _sentence(error: Exception) -> str:
    """The error as a sentence; only the type of foreign errors, whose messages may quote the conversation."""
    return str(error) if isinstance(error, ChatDataError) else f"It could not be read: {type(error).__name__}."


def _raw(document: RawDocument | None) -> bytes | None:
    return None if document is None else document.raw


def _owner(rows: PlainRows | None) -> str | None:
    return None if rows is None else rows.session["userId"]


def _names_user(document: RawDocument, user: str) -> bool:
    try:
        return bool(parse(document.raw or b"").get("user_id") == user)
    except Broken:
        return False


def _found(comparison: Comparison) -> frozenset[bytes]:
    if not above_info(comparison):
        return frozenset()
    told = [one for one in comparison.findings if one.severity != "info"]
    others = [(one, place) for one in told for place in one.places[1:]]
    return frozenset(
        [
            *(
                _hash(it.kind, it.field, it.cache_position, it.database_position, it.cache_value, it.database_value)
                for it in told
            ),
            *(_hash(one.kind, one.field, place.cache_position, place.database_position) for one, place in others),
        ]
    )


def _digest(raw: bytes | None, stored: StoredSide) -> bytes:
    if isinstance(stored, StoredCopy):
        return _hash(raw, stored.info, stored.extras, *stored.messages)
    return _hash(raw, stored)


def _hash(*values: object) -> bytes:
    digest = blake2b(digest_size=16)
    for value in values:
        digest.update(_bytes_of(value) + b"\0")
    return digest.digest()


def _bytes_of(value: object) -> bytes:
    try:
        return repr(value).encode("utf-8", "surrogatepass")
    except RecursionError:
        return b"nested as deeply as Python calls"
