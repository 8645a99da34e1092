"""A whole session into both stores at once: rows and cached copy, in one operation under the session's lock.

As with every writer here the cached document is deleted before the rows commit and written after. Where the
cache fails the rows are written all the same and the result says so.
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
    """A session as somebody brings it."""

    session: ChatSession
    times: Sequence[datetime | None]
    """When each message was written; a message without takes the time of the one before it."""
    names_user: bool = True
    """False: its user is a stand-in, so an existing session may belong to anybody."""


@dataclass(frozen=True, slots=True)
class WriteOutcome:
    """What became of it."""

    outcome: Outcome
    messages: int = 0
    """Rows of messages written."""
    reason: str = ""
    """Why it was refused."""
    notes: tuple[str, ...] = ()
    """In what else the existing session differs, which was left as it is."""


class SessionWriter:
    """Writes whole sessions. NotConfigured without a database, ReadOnlyError where writing is not allowed.

    A cache that can't be reached is left alone from then on: each further try would wait for it again.
    """

    def __init__(self, stores: SessionStores) -> None:
        self._database = writable_database(stores)
        self._cache = stores.cache
        self.uncached = 0
        """Sessions whose rows were written without a cached copy."""
        self.cache_problem: str | None = None if stores.cache else stores.cache_hint

    def write(self, whole: ImportedSession) -> WriteOutcome:
        """A new session is created, a longer one with an equal beginning appended, an equal one left alone.

        Everything else is refused: another user, other messages, cached words that would be lost. DatabaseError.
        """
        session_id = whole.session.session_id
        with self._database.session_lock(session_id):
            cached = self._read_cached(session_id)
            with self._database.writing() as connection:
                stored = rows.read_for_saving(connection, session_id)
                written = _judged(whole, stored, cached)
                if written.outcome in ("unchanged", "refused"):
                    return written
                after = _saved(connection, whole, stored, cached)
                forgotten = self._tried(lambda cache: cache.delete(session_id))
            if not (self._tried(lambda cache: cache.put(after)) and forgotten):
                self.uncached += 1
        return written

    def _read_cached(self, session_id: str) -> CachedCopy | CorruptDocument | None:
        found: list[CachedCopy | CorruptDocument | None] = [None]

        def read(cache: SessionCache) -> None:
            found[0] = cache.read_copy(session_id)

        self._tried(read)
        return found[0]

    def _tried(self, use: Callable[[SessionCache], None]) -> bool:
        """Uses the cache if it could be reached so far."""
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
    """The database where writing is allowed; NotConfigured or ReadOnlyError says what to set."""
    database = stores.require_database()
    if not database.writable:
        raise ReadOnlyError(f"{database.where} is opened read-only; INSPECTOR_ACCESS=write allows writing.")
    return database


def _judged(
    whole: ImportedSession, stored: ChatSession | None, cached: CachedCopy | CorruptDocument | None
) -> WriteOutcome:
    brought = whole.session.messages
    if stored is None:
        reason = _in_the_way(whole, cached)
        return WriteOutcome("refused", reason=reason) if reason else WriteOutcome("created", len(brought))
    if whole.names_user and stored.user_id != whole.session.user_id:
        return WriteOutcome("refused", reason="it exists and belongs to another user")
    common = len(stored.messages)
    if brought[:common] != stored.messages:
        return WriteOutcome("refused", reason=_difference(brought, stored.messages))
    notes = _left_as_it_is(whole.session, stored)
    if len(brought) == common:
        return WriteOutcome("unchanged", notes=notes)
    if isinstance(cached, CachedCopy) and (reason := _in_the_way(whole, cached)):
        return WriteOutcome("refused", reason=reason)
    return WriteOutcome("appended", len(brought) - common, notes=notes)


def _in_the_way(whole: ImportedSession, cached: CachedCopy | CorruptDocument | None) -> str:
    """Why this session's cached copy must not be overwritten; empty where nothing would be lost."""
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


def _difference(brought: Sequence[ChatMessage], stored: Sequence[ChatMessage]) -> str:
    pairs = enumerate(zip(brought, stored, strict=False))
    at = next((index for index, (mine, theirs) in pairs if mine != theirs), None)
    if at is None:
        return f"it exists and has more messages ({len(stored):,}, here {len(brought):,})"
    return f"it exists and differs from message {at:,} on"


def _left_as_it_is(brought: ChatSession, stored: ChatSession) -> tuple[str, ...]:
    notes = []
    if brought.title is not None and brought.title != stored.title:
        notes.append("it exists under another title, which was kept")
    longer = len(brought.messages) > len(stored.messages)
    if brought.usage and not longer and _tokens(brought) != _tokens(stored):
        notes.append("it exists with other token counts, which were kept")
    return tuple(notes)


def _tokens(session: ChatSession) -> tuple[int, int]:
    return session.prompt_tokens, session.completion_tokens


def _saved(
    connection: Connection,
    whole: ImportedSession,
    stored: ChatSession | None,
    cached: CachedCopy | CorruptDocument | None,
) -> ChatSession:
    """Writes the rows and gives what they hold then, with the usage by turn."""
    if stored is None:
        after, base = _in_milliseconds(whole.session), 0
        rows.insert_session(connection, after, after.updated_at)
    else:
        after, base = _in_milliseconds(_continued(whole.session, stored, cached)), len(stored.messages)
        rows.update_session(connection, after)
    times = _filled(whole.times, after.updated_at)
    rows.append_timed(connection, after.session_id, after.messages[base:], times[base:])
    return after


def _continued(brought: ChatSession, stored: ChatSession, cached: CachedCopy | CorruptDocument | None) -> ChatSession:
    known = cached.session() if isinstance(cached, CachedCopy) else None
    return stored.model_copy(
        update={
            "messages": brought.messages,
            "updated_at": max(stored.updated_at, brought.updated_at),
            "usage": brought.usage or usage_by_turn(stored, known),
            "credentials": brought.credentials or stored.credentials,
            "successful_agent_runs": brought.successful_agent_runs or stored.successful_agent_runs,
            "successful_agent_schedules": brought.successful_agent_schedules or stored.successful_agent_schedules,
        }
    )


def _in_milliseconds(session: ChatSession) -> ChatSession:
    """With times as rows keep them, so that both copies say the same."""
    times = {"started_at": to_milliseconds(session.started_at), "updated_at": to_milliseconds(session.updated_at)}
    return session.model_copy(update=times)


def _filled(times: Sequence[datetime | None], otherwise: datetime) -> list[datetime]:
    """A message without a time takes that of the one before; the first ones that of the first that has one."""
    last = next((time for time in times if time is not None), otherwise)
    filled = []
    for time in times:
        last = time or last
        filled.append(last)
    return filled
