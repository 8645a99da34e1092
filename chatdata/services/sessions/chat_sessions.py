"""The session operations of the reference system, on both stores.

Only this package decides on read-through, write order and locks. A writer holds the session's lock from before the
rows change until the cache matches them. It deletes the cached document before the rows commit and writes it
afterwards: a writer that is killed in between leaves no document rather than a stale one.
"""

import logging
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import datetime
from typing import TypeVar

from chatdata.domain.document import Broken, decode
from chatdata.domain.messages import ChatMessage, ChatSession, ChatSessionInfo
from chatdata.domain.text import is_queryable, sanitize
from chatdata.errors import AppDatabaseError, DatabaseError, LockTimeout, ReadOnlyError, RedisError, SessionDeletedError
from chatdata.services.session_stores import SessionStores
from chatdata.services.sessions.saving import append_row, if_it_adds_up, save_rows
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database, rows
from chatdata.stores.database.columns import to_milliseconds

log = logging.getLogger(__name__)

Found = TypeVar("Found")


class ChatSessions:
    """The session operations on both stores, either of which may be missing. Safe across threads and processes.

    Methods raise DatabaseError and RedisError, and NotConfigured when they need a database and none is configured.
    """

    def __init__(self, stores: SessionStores) -> None:
        self.stores = stores

    def close(self) -> None:
        """Closes the connections of both stores."""
        self.stores.close()

    @property
    def _database(self) -> Database:
        return self.stores.require_database()

    @property
    def _cache(self) -> SessionCache | None:
        return self.stores.cache

    def _now(self) -> datetime:
        return to_milliseconds(self.stores.now())

    # The cache

    def cache_chat_session(self, session: ChatSession) -> None:
        """Writes the session's document with the full time to live. Raises RedisError."""
        if self._cache is not None:
            self._cache.put(session)

    def invalidate_session_cache(self, session_id: str) -> None:
        """Deletes the session's document; a failure of the cache is only logged."""
        if self._cache is not None:
            cache = self._cache
            _logged(lambda: cache.delete(session_id), session_id, "its document could not be deleted")

    # Reading as the application does

    def get_chat_session(self, session_id: str, user_id: str | None = None) -> ChatSession | None:
        """The session from the cache, or else from the rows, which are then cached if writing is allowed.

        Returns None for an unknown session and for one of another user. A cached session is not read from the database.
        """
        if not is_queryable(session_id):
            return None
        session = self._from_cache(session_id, SessionCache.read_session)
        if session is None:
            session = self._from_database(session_id)
        if session is None or (user_id is not None and session.user_id != user_id):
            return None
        return session

    def get_user_sessions(self, user_id: str, limit: int = 50, offset: int = 0) -> tuple[list[ChatSessionInfo], int]:
        """One page of a user's sessions, latest update first, and the number of all their sessions."""
        return self._database.user_sessions(user_id, limit, offset)

    # Writing

    def create_chat_session(self, user_id: str) -> ChatSession:
        """Creates a session in the database, then caches it; a cache failure is only logged. Raises DatabaseError."""
        session = ChatSession.new(user_id, now=self._now()).sanitize()
        with self._database.session_lock(session.session_id):
            with self._database.writing() as connection:
                rows.insert_session(connection, session, session.started_at)
            session.mark_loaded()
            _logged(lambda: self.cache_chat_session(session), session.session_id, "it could not be cached")
        return session

    def upsert_chat_session(self, session: ChatSession) -> ChatSession:
        """Appends the messages added since the session was loaded to the rows, then caches what the rows hold.

        Returns the session as the next `get_chat_session` returns it: with messages of other writers, the row's title,
        and text as the stores keep it. The title is written only with a new row. If the database fails, the session is
        still cached as given and DatabaseError is raised; if only the cache fails, RedisError is raised. Raises
        SessionDeletedError, and writes nothing, for a session that was deleted after it was loaded.
        """
        with ExitStack() as locks:
            try:
                locks.enter_context(self._database.session_lock(session.session_id))
                stored = self._save(session)
            except (SessionDeletedError, LockTimeout):
                raise
            except DatabaseError:  # the lock, if it could be taken, is still held
                _logged(lambda: self.cache_chat_session(session), session.session_id, "it could not be cached")
                raise
            if self._cache is None:
                return self._database.read_session(stored.session_id) or stored
            raw = self._cache.put(stored)
        return decode(raw)

    def append_and_save_message(self, session_id: str, message: ChatMessage) -> ChatSession:
        """Appends a message to the rows, then caches the session; a failure of the cache is only logged.

        Raises ValueError for a missing session, and DatabaseError.
        """
        database, clean = self._database, message.sanitize()
        if not is_queryable(session_id):
            raise ValueError(f"Session {session_id!a} not found")
        with database.session_lock(session_id):
            known = self._from_cache(session_id, SessionCache.read_usage)
            with database.writing() as connection:
                stored = append_row(connection, session_id, clean, self._now())
                if known is not None:
                    stored.usage = if_it_adds_up(known, stored)
                self.invalidate_session_cache(session_id)
            _logged(lambda: self.cache_chat_session(stored), session_id, "it could not be cached")
        stored.mark_loaded()
        return stored

    def update_session_title(self, session_id: str, title: str) -> bool:
        """Sets the title in the row, then in the cached document, whose other keys are unchanged.

        Returns False for a missing session, and when the database fails.
        """
        try:
            return self._rename(session_id, sanitize(title))
        except DatabaseError as error:
            log.warning("session %s: the title was not saved: %s", session_id, error)
            return False

    def delete_chat_session(self, session_id: str, user_id: str | None = None) -> bool:
        """Deletes the rows (only this user's, if given), then the document and what its import left beside them.

        A failure of the cache or of the inspector's own database is only logged.

        Returns False for a missing session, for one of another user, and when the database fails.
        """
        try:
            return self._delete(session_id, user_id)
        except DatabaseError as error:
            log.warning("session %s: it was not deleted: %s", session_id, error)
            return False

    def _from_cache(self, session_id: str, read: Callable[[SessionCache, str], Found | None]) -> Found | None:
        if self._cache is None:
            return None
        try:
            return read(self._cache, session_id)
        except (RedisError, Broken) as error:
            log.warning("session %s: read from the database, since the cache failed: %s", session_id, error)
            return None

    def _from_database(self, session_id: str) -> ChatSession | None:
        if self.stores.database is None:
            return None
        database, cache = self._database, self._cache
        if cache is not None and cache.writable and database.writable:
            with suppress(LockTimeout, ReadOnlyError):  # views are known to be views only now
                return self._refill(database, cache, session_id)
        return database.read_session(session_id)

    def _refill(self, database: Database, cache: SessionCache, session_id: str) -> ChatSession | None:
        """Reads the rows and caches them under the lock, so that older rows never overwrite a newer document."""
        with database.session_lock(session_id, wait=_NO_WAIT):
            with database.writing() as connection:
                session = rows.read_for_saving(connection, session_id, share=True)
            if session is not None:
                stored = session
                _logged(lambda: cache.put_missing(stored), session_id, "it could not be cached")
            return session

    def _save(self, session: ChatSession) -> ChatSession:
        """Writes the rows, under the lock that the caller holds, and returns the session they hold afterwards.

        Only what the session contained on entry counts as saved, because other threads may add to it meanwhile.
        """
        clean = session.model_copy(update={"messages": []}).sanitize()
        clean.messages = list(session.messages)  # most of which the rows have already; `save_rows` sanitizes the others
        with self._database.writing() as connection:
            stored = save_rows(connection, clean, self._now())
            self.invalidate_session_cache(session.session_id)
        session.mark_loaded(clean)
        return stored

    def _rename(self, session_id: str, title: str) -> bool:
        database = self._database
        if not is_queryable(session_id):
            return False
        with database.session_lock(session_id):
            raw = self._raw_or_none(session_id)
            with database.writing() as connection:
                renamed = rows.update_title(connection, session_id, title, self._now())
                if renamed and raw is not None:
                    self.invalidate_session_cache(session_id)
            if renamed and raw is not None and self._cache is not None:
                cache, document = self._cache, raw
                _logged(lambda: cache.put_title(session_id, document, title), session_id, "its document was dropped")
        return renamed

    def _delete(self, session_id: str, user_id: str | None) -> bool:
        database = self._database
        if not is_queryable(session_id):
            return False
        with database.session_lock(session_id):
            with database.writing() as connection:
                deleted = rows.delete_session(connection, session_id, user_id)
                if deleted:
                    self.invalidate_session_cache(session_id)
            if deleted:
                self.invalidate_session_cache(session_id)
        if deleted:
            self._forget_imported(session_id)
        return deleted

    def _forget_imported(self, session_id: str) -> None:
        if self.stores.app_db is None:
            return
        try:
            self.stores.app_db.forget_imported(session_id)
        except AppDatabaseError as error:
            log.warning(
                "session %s: what its import left in the inspector's own database remains: %s", session_id, error
            )

    def _raw_or_none(self, session_id: str) -> bytes | None:
        if self._cache is None:
            return None
        try:
            return self._cache.read_raw(session_id)
        except RedisError as error:
            log.warning("session %s: its document could not be read: %s", session_id, error)
            return None


_NO_WAIT = 0.001


def _logged(write: Callable[[], None], session_id: str, problem: str) -> None:
    """Runs a write to the cache and only logs a failure."""
    try:
        write()
    except RedisError as error:
        log.warning("session %s: %s: %s", session_id, problem, error)
