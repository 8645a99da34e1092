"""Writes a whole session into both stores, rows and cached copy, in one operation under the session's lock.

Like every writer in this package, it deletes the cached document before the rows commit and writes it afterwards.
If the cache fails, the rows are still written and the result says so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from chatdata.domain.copies import CachedCopy, CorruptDocument
from chatdata.domain.messages import ChatMessage, ChatSession
from chatdata.errors import ReadOnlyError, RedisError, RedisUnavailable
from chatdata.services.session_stores import SessionStores
from chatdata.services.sessions.saving import usage_by_turn
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database, rows
from chatdata.stores.database.columns import to_milliseconds

Outcome = Literal["created", "appended", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class ImportedSession:
    """A session to import, with the times of its messages."""

    session: ChatSession
    times: Sequence[datetime | None]
    """The time each message was written at; None takes the time of the message before it."""
    names_user: bool = True
    """False if the user is a placeholder: an existing session may then belong to any user."""


@dataclass(frozen=True, slots=True)
class WriteOutcome:
    """The outcome of writing one session."""

    outcome: Outcome
    messages: int = 0
    """The number of message rows written."""
    reason: str = ""
    """Why the session was refused; empty for other outcomes."""
    notes: tuple[str, ...] = ()
    """Sentences about other differences of the existing session, which were left unchanged."""
    counts_agree: bool = True
    """Whether the session has the token counts of the imported one now."""


class SessionWriter:
    """Writes whole sessions, and stops using an unreachable cache, since each further attempt would wait again.

    Raises NotConfigured without a database and ReadOnlyError where writing is not allowed.
    """

    def __init__(self, stores: SessionStores) -> None:
        self._database = writable_database(stores)
        self._cache = stores.cache
        self.uncached = 0
        """The number of sessions whose rows were written without a cached copy."""
        self.cache_problem: str | None = None if stores.cache else stores.cache_hint

    def write(self, whole: ImportedSession) -> WriteOutcome:
        """Creates a new session, appends the new messages of a longer one, and leaves an equal one unchanged.

        Refuses a session that belongs to another user or has different messages, and one whose cached messages would
        be lost. Raises DatabaseError.
        """
        session_id = whole.session.session_id
        with self._database.session_lock(session_id):
            cached = self._read_cached(session_id)
            with self._database.writing() as connection:
                stored = rows.read_for_saving(connection, session_id)
                result = _outcome(whole, stored, cached)
                if result.outcome in ("unchanged", "refused"):
                    return result
                after = _write_rows(connection, whole, stored, cached)
                deleted = self._try_cache(lambda cache: cache.delete(session_id))
            if not (self._try_cache(lambda cache: cache.put(after)) and deleted):
                self.uncached += 1
        return result

    def _read_cached(self, session_id: str) -> CachedCopy | CorruptDocument | None:
        found: list[CachedCopy | CorruptDocument | None] = [None]

        def read(cache: SessionCache) -> None:
            found[0] = cache.read_copy(session_id)

        self._try_cache(read)
        return found[0]

    def _try_cache(self, use: Callable[[SessionCache], object]) -> bool:
        """Uses the cache and returns whether that worked; does nothing once the cache was unreachable."""
        if self._cache is None:
            return False
        try:
            use(self._cache)
        except RedisError as error:
            self.cache_problem = str(error)
            if isinstance(error, RedisUnavailable):
                self._cache = None
            return False
        return True


def writable_database(stores: SessionStores) -> Database:
    """The database, if writing is allowed. Raises NotConfigured or ReadOnlyError, which say what to set."""
    database = stores.require_database()
    if reason := database.why_read_only:
        raise ReadOnlyError(reason)
    return database


def _outcome(
    whole: ImportedSession, stored: ChatSession | None, cached: CachedCopy | CorruptDocument | None
) -> WriteOutcome:
    incoming = whole.session.messages
    if stored is None:
        reason = _in_the_way(whole, cached)
        return WriteOutcome("refused", reason=reason) if reason else WriteOutcome("created", len(incoming))
    if whole.names_user and stored.user_id != whole.session.user_id:
        return WriteOutcome("refused", reason="it exists and belongs to another user")
    common = len(stored.messages)
    if incoming[:common] != stored.messages:
        return WriteOutcome("refused", reason=_difference(incoming, stored.messages))
    notes = _left_as_it_is(whole.session, stored)
    if len(incoming) == common:
        return WriteOutcome("unchanged", notes=notes, counts_agree=_tokens(whole.session) == _tokens(stored))
    if isinstance(cached, CachedCopy) and (reason := _in_the_way(whole, cached)):
        return WriteOutcome("refused", reason=reason)
    return WriteOutcome("appended", len(incoming) - common, notes=notes)


def _in_the_way(whole: ImportedSession, cached: CachedCopy | CorruptDocument | None) -> str:
    """Why the session's cached copy must not be overwritten; empty if nothing would be lost."""
    if cached is None:
        return ""
    if isinstance(cached, CorruptDocument):
        return "the cache holds unreadable bytes under this id, and the database nothing"
    if whole.names_user and cached.info.user_id != whole.session.user_id:
        return "the cache holds a session of another user under this id"
    known = [item.message for item in cached.messages]
    if whole.session.messages[: len(known)] != known:
        return "the cache holds messages under this id that would be lost"
    return ""


def _difference(incoming: Sequence[ChatMessage], stored: Sequence[ChatMessage]) -> str:
    pairs = enumerate(zip(incoming, stored, strict=False))
    at = next((index for index, (mine, theirs) in pairs if mine != theirs), None)
    if at is None:
        return f"it exists and has more messages ({len(stored):,}, here {len(incoming):,})"
    return f"it exists and differs from message {at:,} on"


def _left_as_it_is(incoming: ChatSession, stored: ChatSession) -> tuple[str, ...]:
    notes = []
    if incoming.title is not None and incoming.title != stored.title:
        notes.append("it exists under another title, which was kept")
    longer = len(incoming.messages) > len(stored.messages)
    if incoming.usage and not longer and _tokens(incoming) != _tokens(stored):
        notes.append("it exists with other token counts, which were kept")
    return tuple(notes)


def _tokens(session: ChatSession) -> tuple[int, int]:
    return session.prompt_tokens, session.completion_tokens


def _write_rows(
    connection: Connection,
    whole: ImportedSession,
    stored: ChatSession | None,
    cached: CachedCopy | CorruptDocument | None,
) -> ChatSession:
    """Writes the rows and returns the session they hold afterwards, with its usage by turn."""
    if stored is None:
        after, base = _in_milliseconds(whole.session), 0
        rows.insert_session(connection, after, after.updated_at)
    else:
        after, base = _in_milliseconds(_with_incoming(whole.session, stored, cached)), len(stored.messages)
        rows.update_session(connection, after)
    times = _fill_times(whole.times, after.updated_at)
    rows.append_timed(connection, after.session_id, after.messages[base:], times[base:])
    return after


def _with_incoming(
    incoming: ChatSession, stored: ChatSession, cached: CachedCopy | CorruptDocument | None
) -> ChatSession:
    known = cached.session() if isinstance(cached, CachedCopy) else None
    return stored.model_copy(
        update={
            "messages": incoming.messages,
            "updated_at": max(stored.updated_at, incoming.updated_at),
            "usage": incoming.usage or usage_by_turn(stored, known),
            "credentials": incoming.credentials or stored.credentials,
            "successful_agent_runs": incoming.successful_agent_runs or stored.successful_agent_runs,
            "successful_agent_schedules": incoming.successful_agent_schedules or stored.successful_agent_schedules,
        }
    )


def _in_milliseconds(session: ChatSession) -> ChatSession:
    """The session with its times truncated to milliseconds, like the rows', so that both copies agree."""
    times = {"started_at": to_milliseconds(session.started_at), "updated_at": to_milliseconds(session.updated_at)}
    return session.model_copy(update=times)


def _fill_times(times: Sequence[datetime | None], default: datetime) -> list[datetime]:
    """Fills missing times with that of the message before; the first ones take the first known time."""
    last = next((time for time in times if time is not None), default)
    filled = []
    for time in times:
        last = time or last
        filled.append(last)
    return filled
