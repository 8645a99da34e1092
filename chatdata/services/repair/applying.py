"""A reviewed proposal carried out: under the session's locks, if both copies are still what was shown.

One write to one store does it: conditional on the document's bytes, or in the transaction that read the rows. What is
written is planned anew from the copies as they are under the locks, which are those that were shown.
"""

import logging
import secrets
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import assert_never

from sqlalchemy import Connection

from chatdata.domain.copies import Source
from chatdata.domain.drift import Comparison
from chatdata.domain.text import is_queryable
from chatdata.errors import ChatDataError, DatabaseError, LockTimeout, ReadOnlyError, RedisError, StatementTimeout
from chatdata.services.repair.auditing import Attempt
from chatdata.services.repair.plans import AppendRows, DeleteKey, ExtendKey, PutDocument, TextChange, Write, WriteTexts
from chatdata.services.repair.proposal import Done, Guard, Proposal, Refusal
from chatdata.services.repair.proposing import plan
from chatdata.services.repair.reading import RepairState, read_cache_for_repair, read_for_repair
from chatdata.services.session_stores import SessionStores
from chatdata.stores.app_db import AppDatabase
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database, rows
from chatdata.stores.database.columns import to_milliseconds

log = logging.getLogger(__name__)

_WAIT_SECONDS = 5.0
_UNASKED = "It was not asked: the proposal is about the cached copy alone."
_STORE = {"cache": "cached copy", "database": "rows"}


def apply(
    stores: SessionStores,
    kept: AppDatabase,
    proposal: Proposal,
    *,
    who: str,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    token: Callable[[], str] = secrets.token_hex,
) -> Done | Refusal:
    """Does what was proposed, or nothing: a Refusal says why, for one where a copy moved which one.

    ReadOnlyError where writing is not allowed; DatabaseError or RedisError where a store stopped answering, which the
    audit log then says; AppDatabaseError, before anything is written, where that log can't be.
    """
    database, cache = stores.require_database(), stores.require_cache()
    _check_writable(database, cache)
    attempt = Attempt(kept, kept.deployment, proposal, who, clock, token())
    attempt.keep("begun", f"{proposal.action} was begun.")
    try:
        outcome = _Applying(database, cache, proposal, clock).run(token())
    except ChatDataError as error:
        attempt.end("failed", str(error))
        raise
    if isinstance(outcome, _Refused):
        attempt.end("refused", outcome.refusal.sentence, outcome.found)
        return outcome.refusal
    attempt.end("done", _said(outcome.comparison), outcome.guard)
    return outcome


@dataclass(frozen=True, slots=True)
class _Refused:
    """A refusal, and the copies that it is about."""

    refusal: Refusal
    found: Guard | None = None


class _Moved(Exception):
    """The cached bytes changed after the rows were written: their transaction is undone."""


@dataclass(frozen=True, slots=True)
class _Applying:
    database: Database
    cache: SessionCache
    proposal: Proposal
    clock: Callable[[], datetime]

    def run(self, token: str) -> Done | _Refused:
        """Takes both locks, writes, and reads again."""
        session_id = self.proposal.session_id
        try:
            with ExitStack() as held:
                if (
                    is_queryable(session_id) and not self.proposal.guard.blind
                ):  # no row can have another id, and no writer of rows
                    held.enter_context(self.database.session_lock(session_id, _WAIT_SECONDS))
                if not held.enter_context(self.cache.session_lock(session_id, token)):
                    return _Refused(Refusal("locked", "The application is writing this session now; try again."))
                if self.proposal.guard.blind:
                    return self._extended()
                return self._write() or self._done()
        except LockTimeout as error:
            return _Refused(Refusal("locked", str(error)))
        except StatementTimeout:  # of a statement before the write, or of one that is undone
            return _Refused(Refusal("locked", "Another writer held the rows for too long; nothing was written."))

    def _extended(self) -> Done | _Refused:
        """A longer life for the bytes that were shown, without the rows: the write itself compares them."""
        session_id, now = self.proposal.session_id, self.clock()
        seen = read_cache_for_repair(self.cache, session_id, _UNASKED, now)
        if moved := self.proposal.guard.moved(seen.guard):
            return _Refused(_moved(moved), seen.guard)
        planned = plan(seen, seen.compared(), self.proposal.action, self.proposal.seconds)
        if isinstance(planned, Refusal):
            return _Refused(planned, seen.guard)
        if not isinstance(planned.write, ExtendKey) or not self._put_in_cache(planned.write, seen):
            return _Refused(_moved(("cache",)))
        after = read_cache_for_repair(self.cache, session_id, _UNASKED, now)
        return Done(self.proposal, now, after.compared(), after.guard)

    def _write(self) -> _Refused | None:
        try:
            with self.database.writing() as connection:
                return self._written(connection)
        except _Moved:
            return _Refused(_moved(("cache",)))

    def _written(self, connection: Connection) -> _Refused | None:
        """Writes if both copies, read in the rows' transaction, are still what was shown."""
        session_id, shown = self.proposal.session_id, self.proposal.guard
        seen = read_for_repair(
            self.cache, session_id, lambda: self.database.read_locked(connection, session_id), self.clock()
        )
        if moved := shown.moved(seen.guard):
            return _Refused(_moved(moved), seen.guard)
        planned = plan(seen, seen.compared(), self.proposal.action, self.proposal.seconds)
        if isinstance(planned, Refusal):
            return _Refused(planned, seen.guard)
        if not self._put(connection, planned.write, seen):
            raise _Moved
        return None

    def _put(self, connection: Connection, write: Write, seen: RepairState) -> bool:
        """The one write; False if the cached bytes are not those that were seen."""
        session_id, now = self.proposal.session_id, to_milliseconds(self.clock())
        match write:
            case AppendRows():
                _append(connection, session_id, write, now)
            case WriteTexts():
                if not all(rows.replace_text(connection, session_id, *_values(text)) for text in write.texts):
                    return False
                rows.touch_session(connection, session_id, now)
            case _:
                return self._put_in_cache(write, seen)
        return self.cache.read_raw(session_id) == seen.reading.raw

    def _put_in_cache(self, write: PutDocument | DeleteKey | ExtendKey, seen: RepairState) -> bool:
        session_id = self.proposal.session_id
        match write:
            case PutDocument(raw=raw):
                return self.cache.put_if(session_id, raw, seen.reading.raw)
            case DeleteKey():
                return self.cache.delete_if(session_id, seen.reading.raw or b"")
            case ExtendKey(seconds=seconds):
                return self.cache.extend_if(session_id, seen.reading.raw or b"", seconds)
            case _:
                assert_never(write)

    def _done(self) -> Done:
        """Both copies read again, if they can be."""
        session_id, now = self.proposal.session_id, self.clock()
        try:
            seen = read_for_repair(self.cache, session_id, lambda: self.database.read_copy(session_id), now)
        except (DatabaseError, RedisError) as error:
            log.warning("session %s was repaired, but could not be read again: %s", session_id, error)
            return Done(self.proposal, now, None, None)
        return Done(self.proposal, now, seen.compared(), seen.guard)


def _values(text: TextChange) -> tuple[int, str, str]:
    return text.sequence, text.before, text.after


def _append(connection: Connection, session_id: str, write: AppendRows, now: datetime) -> None:
    if write.new_session is None:
        rows.touch_session(connection, session_id, now)
    else:
        rows.insert_session(connection, write.new_session, now)
    rows.append_messages(connection, session_id, write.messages, now)


def _check_writable(database: Database, cache: SessionCache) -> None:
    for store in (database, cache):
        if not store.writable:
            raise ReadOnlyError(f"{store.where} is opened read-only; INSPECTOR_ACCESS=write allows writing.")


def _moved(sources: tuple[Source, ...]) -> Refusal:
    names = " and ".join(f"the {_STORE[source]}" for source in sources)
    return Refusal(
        "moved",
        f"{names.capitalize()} changed since this was shown; nothing was written. Read the session again.",
        sources,
    )


def _said(now: Comparison | None) -> str:
    if now is None:
        return "It was written; the session could not be read again."
    if now.status is None:
        return "It was written; the database could not be asked."
    kinds = ", ".join(finding.kind for finding in now.findings)
    return f"The session is {now.status} now{f', with {kinds}' if kinds else ''}."
