"""The session operations while a store is down: servers are really killed and folders removed."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from chatdata.domain.copies import CachedCopy, StoredCopy, Unavailable
from chatdata.domain.messages import ChatSession
from chatdata.errors import (
    DatabaseError,
    DatabaseUnavailable,
    LockTimeout,
    RedisError,
    RedisUnavailable,
    SessionDeletedError,
)
from chatdata.services.connect import connect
from chatdata.services.health import check_stores
from chatdata.services.session_stores import SessionStores
from chatdata.services.sessions import ChatSessions
from chatdata.settings.stores import RedisSettings, Settings
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database
from tests.support import servers
from tests.support.builders import DIALECTS, contents, message, new_session, texts


class SqliteFile:
    """A database file whose folder can be taken away."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._away = folder / "there", folder / "away"
        self.url = f"sqlite:///{self._folder / 'chat.db'}"

    def kill(self, sessions: ChatSessions) -> None:
        """Connections are closed first: an open file outlives its folder."""
        assert sessions.stores.database is not None
        sessions.stores.database.close()
        self._folder.rename(self._away)
        self._folder.touch()

    def start(self) -> None:
        self._folder.unlink()
        self._away.rename(self._folder)


class Server:
    """A PostgreSQL server that is killed."""

    def __init__(self, server: servers.PostgresServer, url: str) -> None:
        self._server = server
        self.url = url

    def kill(self, sessions: ChatSessions) -> None:
        self._server.kill()

    def start(self) -> None:
        self._server.start()


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[servers.PostgresServer]:
    with servers.postgres_server(own=True) as server:
        yield server


@pytest.fixture(scope="module")
def own_valkey() -> Iterator[servers.ValkeyServer]:
    with servers.valkey_server(password="hush-hush") as server:
        yield server


@contextmanager
def fresh_database(server: servers.PostgresServer, name: str) -> Iterator[Server]:
    yield Server(server, server.create_database(name))
    server.start()
    server.drop_database(name)


@pytest.fixture(params=DIALECTS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteFile | Server]:
    if request.param == "sqlite":
        yield SqliteFile(tmp_path)
        return
    with fresh_database(request.getfixturevalue("own_postgres"), "faults") as server:
        yield server


@pytest.fixture
def cache(own_valkey: servers.ValkeyServer) -> Iterator[servers.ValkeyServer]:
    own_valkey.start()
    own_valkey.run("FLUSHALL")
    yield own_valkey
    own_valkey.start()


@pytest.fixture
def sessions(database: SqliteFile | Server, cache: servers.ValkeyServer) -> Iterator[ChatSessions]:
    store = SessionCache(RedisSettings(url=cache.url), session_ttl=600, write=True)
    with closing(ChatSessions(SessionStores(Database.open(database.url, write=True), store))) as sessions:
        yield sessions


def held(sessions: ChatSessions, count: int = 2) -> ChatSession:
    sessions.upsert_chat_session(new_session(messages=count))
    session = sessions.get_chat_session("s-1")
    assert session is not None
    return session


def stored(sessions: ChatSessions, session_id: str = "s-1") -> ChatSession | None:
    assert sessions.stores.database is not None
    copy = sessions.stores.database.read_copy(session_id)
    return None if copy is None else copy.session()


def cached(sessions: ChatSessions, session_id: str = "s-1") -> ChatSession | None:
    assert sessions.stores.cache is not None
    return sessions.stores.cache.read_session(session_id)


# The database is down


def test_a_cached_session_is_read_without_the_database(sessions: ChatSessions, database: SqliteFile | Server) -> None:
    held(sessions)
    database.kill(sessions)
    assert len(contents(sessions.get_chat_session("s-1", "u-1"))) == 2
    assert sessions.get_chat_session("s-1", "u-2") is None
    for read in (lambda: sessions.get_chat_session("nobody"), lambda: sessions.get_user_sessions("u-1")):
        with pytest.raises(DatabaseUnavailable):
            read()


def test_an_upsert_goes_to_the_cache_as_it_is_and_to_the_rows_when_they_are_back(
    sessions: ChatSessions, database: SqliteFile | Server
) -> None:
    session = held(sessions)
    database.kill(sessions)
    session.messages.append(message("user", "kept \x00in the cache"))
    session.title = "as it was given"
    with pytest.raises(DatabaseUnavailable):
        sessions.upsert_chat_session(session)
    document = cached(sessions)
    assert contents(document) == ["message 0", "message 1", "kept in the cache"]
    assert (document or session).title == "as it was given"
    assert session.loaded.messages == 2
    database.start()
    sessions.upsert_chat_session(session)
    assert contents(stored(sessions)) == contents(cached(sessions)) == contents(document)


def test_what_the_cache_alone_has_is_saved_by_whoever_reads_and_saves_it_next(
    sessions: ChatSessions, database: SqliteFile | Server
) -> None:
    session = held(sessions)
    database.kill(sessions)
    session.messages.append(message("user", "kept"))
    with pytest.raises(DatabaseError):
        sessions.upsert_chat_session(session)
    database.start()
    again = sessions.get_chat_session("s-1")
    assert again is not None
    again.messages.append(message("user", "news"))
    sessions.upsert_chat_session(again)
    assert contents(stored(sessions)) == ["message 0", "message 1", "kept", "news"]


def test_a_new_session_is_cached_all_the_same(sessions: ChatSessions, database: SqliteFile | Server) -> None:
    held(sessions)
    database.kill(sessions)
    session = new_session("s-2", messages=1)
    with pytest.raises(DatabaseUnavailable):
        sessions.upsert_chat_session(session)
    assert contents(cached(sessions, "s-2")) == ["message 0"]
    assert not session.loaded.known


def test_the_other_writers_say_so_and_leave_the_cache_as_it_is(
    sessions: ChatSessions, database: SqliteFile | Server, cache: servers.ValkeyServer
) -> None:
    held(sessions)
    document = cache.run("GET", "chat:session:s-1")
    database.kill(sessions)
    for write in (
        lambda: sessions.create_chat_session("u-1"),
        lambda: sessions.append_and_save_message("s-1", message()),
    ):
        with pytest.raises(DatabaseUnavailable):
            write()
    assert sessions.update_session_title("s-1", "Neu") is False
    assert sessions.delete_chat_session("s-1") is False
    assert cache.run("KEYS", "*") == [b"chat:session:s-1"]
    assert cache.run("GET", "chat:session:s-1") == document


def test_the_other_copy_is_still_shown(sessions: ChatSessions, database: SqliteFile | Server) -> None:
    held(sessions)
    database.kill(sessions)
    copies = sessions.stores.read_copies("s-1")
    assert isinstance(copies.cached, CachedCopy)
    assert isinstance(copies.stored, Unavailable)


def test_a_server_that_is_killed_while_a_save_waits_in_it_leaves_the_session_to_the_cache(
    own_postgres: servers.PostgresServer, cache: servers.ValkeyServer
) -> None:
    with fresh_database(own_postgres, "midway") as database, saving(database, cache) as (sessions, session, start):
        with blocked(database.url, start) as (save, _):
            own_postgres.kill()
            with pytest.raises(DatabaseUnavailable):
                save()
        assert contents(cached(sessions)) == contents(session) == ["message 0", "message 1", "Hello"]
        own_postgres.start()
        assert contents(stored(sessions)) == ["message 0", "message 1"]
        sessions.upsert_chat_session(session)
        assert contents(stored(sessions)) == contents(session)


@pytest.mark.parametrize("which", ["the save", "its lock"])
def test_a_connection_that_is_lost_is_a_failed_save_or_makes_no_difference(
    own_postgres: servers.PostgresServer, cache: servers.ValkeyServer, which: str
) -> None:
    ends = {
        "the save": "wait_event_type = 'Lock'",
        "its lock": "pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')",
    }
    with fresh_database(own_postgres, "lost") as database, saving(database, cache) as (sessions, session, start):
        with blocked(database.url, start) as (save, go_on):
            with psycopg.connect(database.url, autocommit=True) as other:
                other.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ends[which]}".encode())
            if which == "the save":
                with pytest.raises(DatabaseError):
                    save()
            else:
                go_on()
                save()
        assert contents(cached(sessions)) == contents(session)
        assert (contents(stored(sessions)) == contents(session)) is (which == "its lock")
        sessions.upsert_chat_session(session)
        assert contents(stored(sessions)) == contents(session)


@contextmanager
def saving(
    database: Server, cache: servers.ValkeyServer
) -> Iterator[tuple[ChatSessions, ChatSession, Callable[[], Any]]]:
    """A session with one message more than its rows, and what saves it."""
    store = SessionCache(RedisSettings(url=cache.url), session_ttl=600, write=True)
    with closing(ChatSessions(SessionStores(Database.open(database.url, write=True), store))) as sessions:
        session = held(sessions)
        session.messages.append(message())
        yield sessions, session, lambda: sessions.upsert_chat_session(session)


@contextmanager
def blocked(url: str, start: Callable[[], Any]) -> Iterator[tuple[Callable[[], Any], Callable[[], None]]]:
    """Starts a save that waits for a row which another transaction holds; gives its end, and what lets it go on."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with closing(psycopg.connect(url)) as other, ThreadPoolExecutor(1) as pool:
        other.execute('SELECT * FROM "ChatSession" FOR UPDATE')
        saved = pool.submit(start)
        try:
            with psycopg.connect(url, autocommit=True) as watch:
                servers.wait_until(lambda: watch.execute(waiting).fetchone() == (1,), "the save")
            yield lambda: saved.result(timeout=servers.WAIT_SECONDS), other.close
        finally:
            other.close()


# The cache is down


def test_sessions_are_read_from_the_rows_without_the_cache(
    sessions: ChatSessions, cache: servers.ValkeyServer, caplog: pytest.LogCaptureFixture
) -> None:
    held(sessions)
    cache.kill()
    assert len(contents(sessions.get_chat_session("s-1", "u-1"))) == 2
    assert sessions.get_chat_session("s-1", "u-2") is None
    assert sessions.get_chat_session("nobody") is None
    assert "s-1" in caplog.text
    assert "hush-hush" not in caplog.text


def test_an_upsert_saves_the_rows_and_says_that_the_cache_failed(
    sessions: ChatSessions, cache: servers.ValkeyServer
) -> None:
    session = held(sessions)
    session.messages.append(message("user", "news"))
    cache.kill()
    with pytest.raises(RedisUnavailable) as raised:
        sessions.upsert_chat_session(session)
    assert "hush-hush" not in texts(raised.value)
    assert contents(stored(sessions)) == ["message 0", "message 1", "news"]
    assert session.loaded.messages == 3
    cache.start()
    sessions.upsert_chat_session(session)
    assert contents(stored(sessions)) == contents(cached(sessions)) == ["message 0", "message 1", "news"]


def test_the_other_writers_write_the_rows_and_only_log_it(
    sessions: ChatSessions, cache: servers.ValkeyServer, caplog: pytest.LogCaptureFixture
) -> None:
    held(sessions)
    cache.kill()
    made = sessions.create_chat_session("u-1")
    assert stored(sessions, made.session_id) is not None
    assert contents(sessions.append_and_save_message("s-1", message("user", "news")))[-1] == "news"
    assert contents(stored(sessions)) == ["message 0", "message 1", "news"]
    assert sessions.update_session_title("s-1", "Neu") is True
    assert (stored(sessions) or made).title == "Neu"
    assert sessions.delete_chat_session("s-1") is True
    assert stored(sessions) is None
    sessions.invalidate_session_cache("s-1")
    assert {"s-1", made.session_id} <= {word.strip(":") for word in caplog.text.split()}
    with pytest.raises(RedisError):
        sessions.cache_chat_session(made)


def test_the_rows_are_still_shown(sessions: ChatSessions, cache: servers.ValkeyServer) -> None:
    held(sessions)
    cache.kill()
    copies = sessions.stores.read_copies("s-1")
    assert isinstance(copies.stored, StoredCopy)
    assert isinstance(copies.cached, Unavailable)
    assert "hush-hush" not in copies.cached.reason


# Both are down


def test_with_both_down_the_databases_failure_is_told_and_nothing_else_is_raised(
    sessions: ChatSessions, database: SqliteFile | Server, cache: servers.ValkeyServer
) -> None:
    session = held(sessions)
    session.messages.append(message())
    database.kill(sessions)
    cache.kill()
    for use in (
        lambda: sessions.upsert_chat_session(session),
        lambda: sessions.get_chat_session("s-1"),
        lambda: sessions.append_and_save_message("s-1", message()),
        lambda: sessions.create_chat_session("u-1"),
    ):
        with pytest.raises(DatabaseUnavailable):
            use()
    assert sessions.update_session_title("s-1", "x") is False
    assert sessions.delete_chat_session("s-1") is False
    sessions.invalidate_session_cache("s-1")
    copies = sessions.stores.read_copies("s-1")
    assert isinstance(copies.stored, Unavailable)
    assert isinstance(copies.cached, Unavailable)


def test_the_status_says_which_store_is_down_and_why(
    sessions: ChatSessions, database: SqliteFile | Server, cache: servers.ValkeyServer, tmp_path: Path
) -> None:
    environment = {"DATABASE_URL": database.url, "REDIS_URL": cache.url, "INSPECTOR_DATA_DIR": str(tmp_path / "data")}
    held(sessions)
    with connect(Settings.from_environment(environment)) as connected:
        up = check_stores(connected)
        assert (up.database.answer, up.cache.answer, up.access, up.embedded) == ("ok", "ok", "read", False)
        database.kill(connected.sessions)
        cache.kill()
        down = check_stores(connected)
    assert (down.database.answer, down.cache.answer) == ("unavailable", "unavailable")
    assert "hush-hush" not in f"{down}"
    assert down.database.problem
    assert down.cache.problem


# Somebody else is in the way


def test_a_deleted_session_with_a_document_that_could_not_be_deleted_is_still_not_brought_back(
    sessions: ChatSessions, cache: servers.ValkeyServer
) -> None:
    session = held(sessions)
    cache.kill()
    assert sessions.delete_chat_session("s-1") is True
    cache.start()
    session.messages.append(message())
    with pytest.raises(SessionDeletedError):
        sessions.upsert_chat_session(session)
    assert (stored(sessions), cached(sessions)) == (None, None)


def test_a_writer_that_waits_too_long_for_the_lock_writes_nothing(
    sessions: ChatSessions, database: SqliteFile | Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = held(sessions)
    session.messages.append(message())
    store: Any = sessions.stores.database
    lock = store.session_lock
    monkeypatch.setattr(store, "session_lock", lambda session_id: lock(session_id, 0.01))
    with closing(Database.open(database.url, write=True)) as other, other.session_lock("s-1"):
        for write in (
            lambda: sessions.upsert_chat_session(session),
            lambda: sessions.append_and_save_message("s-1", message()),
        ):
            with pytest.raises(LockTimeout, match="try again"):
                write()
        assert sessions.update_session_title("s-1", "x") is False
        assert sessions.delete_chat_session("s-1") is False
    assert contents(stored(sessions)) == contents(cached(sessions)) == ["message 0", "message 1"]
    sessions.upsert_chat_session(session)
    assert len(contents(stored(sessions))) == 3
