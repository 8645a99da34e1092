"""Applies a reviewed proposal under the session's locks, if both copies are still the reviewed ones.

A repair is one write to one store: conditional on the document's bytes, or in the transaction that read the rows. The
write is planned again from the copies read under the locks, once they are known to equal the reviewed ones.
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
from chatdata.domain.drift import Comparison, Repair
from chatdata.domain.labels import FINDING_LABELS, REPAIR_LABELS, status_label
from chatdata.domain.text import is_queryable
from chatdata.domain.tokens import model_facts
from chatdata.errors import ChatDataError, DatabaseError, LockTimeout, ReadOnlyError, RedisError, StatementTimeout
from chatdata.services.lint_all import lint_again
from chatdata.services.repair.auditing import Attempt
from chatdata.services.repair.plans import AppendRows, DeleteKey, ExtendKey, PutDocument, TextChange, Write, WriteTexts
from chatdata.services.repair.proposal import Done, Guard, Proposal, Refusal
from chatdata.services.repair.proposing import plan
from chatdata.services.repair.reading import RepairState, read_cache_for_repair, read_for_repair
from chatdata.services.scan import keep_recheck
from chatdata.services.session_stores import SessionStores
from chatdata.stores.app_db import AppDatabase
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database, rows
from chatdata.stores.database.columns import to_milliseconds

log = logging.getLogger(__name__)

_WAIT_SECONDS = 5.0
_UNASKED = "The database was not read: the proposal concerns the cached copy only."
_CHANGES_ROWS: tuple[Repair, ...] = ("save_cached_tail", "save_cached_text")
_STORE = {"cache": "cached copy", "database": "database copy"}


def apply(
    stores: SessionStores,
    kept: AppDatabase,
    proposal: Proposal,
    *,
    who: str,
    subject: str = "",
    model: str | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    token: Callable[[], str] = secrets.token_hex,
) -> Done | Refusal:
    """Applies the proposal, or returns a Refusal that says why nothing was written and which copies changed.

    Both copies are compared again, and rows that changed are linted again for the model; the results are kept.

    Raises ReadOnlyError when writing is not allowed, DatabaseError or RedisError when a store fails, which the audit
    log records, and AppDatabaseError, before anything is written, when the audit log can't be written.
    """
    database, cache = stores.require_database(), stores.require_cache()
    _check_writable(database, cache)
    attempt = Attempt(kept, kept.deployment, proposal, who, subject, clock, token())
    attempt.keep("begun", f"Started: {REPAIR_LABELS[proposal.action]}.")
    try:
        outcome = _Applying(database, cache, proposal, clock).run(token())
    except ChatDataError as error:
        attempt.end("failed", str(error))
        raise
    if isinstance(outcome, _Refused):
        attempt.end("refused", outcome.refusal.sentence, outcome.found)
        return outcome.refusal
    attempt.end("done", _result_sentence(outcome.comparison), outcome.guard)
    keep_recheck(kept, outcome.comparison, outcome.at)
    if model is not None and proposal.action in _CHANGES_ROWS:
        lint_again(stores, kept, proposal.session_id, model_facts(model), outcome.at)
    return outcome


@dataclass(frozen=True, slots=True)
class _Refused:
    """A refusal, and the digests of the copies that were found instead of the reviewed ones."""

    refusal: Refusal
    found: Guard | None = None


class _Moved(Exception):
    """Raised when the cached bytes changed after the rows were written, to roll back the rows' transaction."""


@dataclass(frozen=True, slots=True)
class _Applying:
    database: Database
    cache: SessionCache
    proposal: Proposal
    clock: Callable[[], datetime]

    def run(self, token: str) -> Done | _Refused:
        """Takes both locks, writes, and reads both copies again."""
        session_id = self.proposal.session_id
        try:
            with ExitStack() as locks:
                # An id that is not queryable can't be in a row; a blind proposal does not concern the rows.
                if is_queryable(session_id) and not self.proposal.guard.blind:
                    locks.enter_context(self.database.session_lock(session_id, _WAIT_SECONDS))
                if not locks.enter_context(self.cache.session_lock(session_id, token)):
                    return _Refused(Refusal("locked", "The application is writing this session now; try again."))
                if self.proposal.guard.blind:
                    return self._extend_key()
                return self._write() or self._read_again()
        except LockTimeout as error:
            return _Refused(Refusal("locked", str(error)))
        except StatementTimeout:  # before the write, or in a transaction that is rolled back
            return _Refused(Refusal("locked", "Another writer held the rows for too long; nothing was written."))

    def _extend_key(self) -> Done | _Refused:
        """Extends the key's time to live without reading the rows; the write itself checks the cached bytes."""
        session_id, now = self.proposal.session_id, self.clock()
        state = read_cache_for_repair(self.cache, session_id, _UNASKED, now)
        if moved := self.proposal.guard.moved(state.guard):
            return _Refused(_moved(moved), state.guard)
        planned = plan(state, state.compared(), self.proposal.action, self.proposal.seconds)
        if isinstance(planned, Refusal):
            return _Refused(planned, state.guard)
        if not isinstance(planned.write, ExtendKey) or not self._put_in_cache(planned.write, state):
            return _Refused(_moved(("cache",)))
        after = read_cache_for_repair(self.cache, session_id, _UNASKED, now)
        return Done(self.proposal, now, after.compared(), after.guard)

    def _write(self) -> _Refused | None:
        try:
            with self.database.writing() as connection:
                return self._write_if_unchanged(connection)
        except _Moved:
            return _Refused(_moved(("cache",)))

    def _write_if_unchanged(self, connection: Connection) -> _Refused | None:
        """Writes if both copies, read within the rows' transaction, still equal the reviewed ones."""
        session_id, shown = self.proposal.session_id, self.proposal.guard
        state = read_for_repair(
            self.cache, session_id, lambda: self.database.read_locked(connection, session_id), self.clock()
        )
        if moved := shown.moved(state.guard):
            return _Refused(_moved(moved), state.guard)
        planned = plan(state, state.compared(), self.proposal.action, self.proposal.seconds)
        if isinstance(planned, Refusal):
            return _Refused(planned, state.guard)
        if not self._put(connection, planned.write, state):
            raise _Moved
        return None

    def _put(self, connection: Connection, write: Write, state: RepairState) -> bool:
        """Makes the planned write; False if the cached bytes or a row to be changed are not those that were read."""
        session_id, now = self.proposal.session_id, to_milliseconds(self.clock())
        match write:
            case AppendRows():
                _append(connection, session_id, write, now)
            case WriteTexts():
                if not all(rows.replace_text(connection, session_id, *_values(text)) for text in write.texts):
                    return False
                rows.touch_session(connection, session_id, now)
            case _:
                return self._put_in_cache(write, state)
        return self.cache.read_raw(session_id) == state.reading.raw

    def _put_in_cache(self, write: PutDocument | DeleteKey | ExtendKey, state: RepairState) -> bool:
        session_id = self.proposal.session_id
        match write:
            case PutDocument(raw=raw):
                return self.cache.put_if(session_id, raw, state.reading.raw)
            case DeleteKey():
                return self.cache.delete_if(session_id, state.reading.raw or b"")
            case ExtendKey(seconds=seconds):
                return self.cache.extend_if(session_id, state.reading.raw or b"", seconds)
            case _:
                assert_never(write)

    def _read_again(self) -> Done:
        """The result with both copies read again, or without them if that fails."""
        session_id, now = self.proposal.session_id, self.clock()
        try:
            state = read_for_repair(self.cache, session_id, lambda: self.database.read_copy(session_id), now)
        except (DatabaseError, RedisError) as error:
            log.warning("session %s was repaired, but could not be read again: %s", session_id, error)
            return Done(self.proposal, now, None, None)
        return Done(self.proposal, now, state.compared(), state.guard)


def _values(text: TextChange) -> tuple[int, str, str]:
    return text.sequence, text.before, text.after


def _append(connection: Connection, session_id: str, write: AppendRows, now: datetime) -> None:
    if write.new_session is None:
        rows.touch_session(connection, session_id, now)
    else:
        rows.insert_session(connection, write.new_session, now)
    rows.append_messages(connection, session_id, write.messages, now)


def _check_writable(database: Database, cache: SessionCache) -> None:
    if reason := database.why_read_only:
        raise ReadOnlyError(reason)
    if not cache.writable:
        raise ReadOnlyError(f"{cache.where} is opened read-only; INSPECTOR_ACCESS=write allows writing.")


def _moved(sources: tuple[Source, ...]) -> Refusal:
    names = " and ".join(f"the {_STORE[source]}" for source in sources)
    return Refusal(
        "moved",
        f"{names.capitalize()} changed since this was shown; nothing was written. Read the session again.",
        sources,
    )


def _result_sentence(now: Comparison | None) -> str:
    if now is None:
        return "The repair was applied, but the session could not be read again."
    if now.status is None:
        return "The repair was applied, but the database is unavailable."
    issues = ", ".join(FINDING_LABELS[finding.kind] for finding in now.findings)
    return f"Status after: {status_label(now.status)}{f' ({issues})' if issues else ''}."
