"""Repairs while a store or the repairing process is killed: never applied by half, and always logged."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from chatdata.domain.copies import CachedCopy
from chatdata.domain.drift import Repair
from chatdata.domain.messages import ChatSession
from chatdata.errors import ChatDataError, DatabaseError, RedisError
from chatdata.services.repair import Done, Proposal, apply, propose
from chatdata.services.session_stores import SessionStores
from chatdata.services.sessions import ChatSessions
from chatdata.settings.stores import RedisSettings
from chatdata.stores.app_db import AppDatabase, AuditEntry
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database
from tests.services.test_repair import cache_of, database_of, opened
from tests.services.test_session_faults import Server, SqliteFile, blocked, fresh_database
from tests.support import servers
from tests.support.builders import DIALECTS, contents, fill, new_session

ACTIONS: tuple[Repair, ...] = ("invalidate_cache", "rewarm_cache", "save_cached_tail", "keep_alive")
WRITES = {"invalidate_cache": "delete_if", "rewarm_cache": "put_if", "keep_alive": "extend_if"}
PASSWORD = "hush-hush"


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[servers.PostgresServer]:
    with servers.postgres_server(own=True) as server:
        yield server


@pytest.fixture(scope="module")
def own_valkey() -> Iterator[servers.ValkeyServer]:
    """Each write is on disk before it is answered, so that a kill loses none."""
    with servers.valkey_server("--appendonly", "yes", "--appendfsync", "always", password=PASSWORD) as server:
        yield server


@pytest.fixture
def cache(own_valkey: servers.ValkeyServer) -> Iterator[servers.ValkeyServer]:
    own_valkey.start()
    own_valkey.run("FLUSHALL")
    yield own_valkey
    own_valkey.start()


@pytest.fixture(params=DIALECTS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteFile | Server]:
    if request.param == "sqlite":
        yield SqliteFile(tmp_path)
        return
    with fresh_database(request.getfixturevalue("own_postgres"), "repair_faults") as server:
        yield server


@pytest.fixture
def sessions(database: SqliteFile | Server, cache: servers.ValkeyServer) -> Iterator[ChatSessions]:
    with closing(opened(database.url, RedisSettings(url=cache.url))) as sessions:
        drifted(sessions)
        yield sessions


@pytest.fixture
def kept(tmp_path: Path) -> AppDatabase:
    return AppDatabase(tmp_path / "kept", "here")


def drifted(sessions: ChatSessions, cached: int = 5, stored: int = 3) -> None:
    """The cache has two messages that no row has."""
    fill(database_of(sessions), new_session(messages=stored))
    warm(sessions, new_session(messages=cached))


def warm(sessions: ChatSessions, session: ChatSession) -> None:
    cache_of(sessions).put_raw("s-1", session.model_dump_json().encode(), ttl_seconds=100)


def proposed(sessions: ChatSessions, action: Repair) -> Proposal:
    found = propose(sessions.stores, "s-1", action)
    assert isinstance(found, Proposal)
    return found


def stored(sessions: ChatSessions) -> list[str | None]:
    copy = database_of(sessions).read_copy("s-1")
    return [] if copy is None else contents(copy.session())


def cached(sessions: ChatSessions) -> list[str | None] | None:
    copy = cache_of(sessions).read_copy("s-1")
    return contents(copy.session()) if isinstance(copy, CachedCopy) else None


def last(kept: AppDatabase) -> AuditEntry:
    (entry,) = kept.audit_entries(1)
    return entry


def before(call: Callable[..., Any], act: Callable[[], object]) -> Callable[..., Any]:
    def changed(*arguments: Any) -> Any:
        act()
        return call(*arguments)

    return changed


def after(call: Callable[..., Any], act: Callable[[], object]) -> Callable[..., Any]:
    def changed(*arguments: Any) -> Any:
        found = call(*arguments)
        act()
        return found

    return changed


def repaired_at_last(sessions: ChatSessions, kept: AppDatabase, action: Repair) -> None:
    """The same, proposed anew, can be done."""
    cache_of(sessions)._writing_client.delete("copilot:session_lock:s-1")
    assert isinstance(apply(sessions.stores, kept, proposed(sessions, action), who="mia"), Done)


THREE, FIVE = [f"message {n}" for n in range(3)], [f"message {n}" for n in range(5)]


# A store is killed


@pytest.mark.parametrize("action", ACTIONS)
def test_a_cache_that_is_killed_right_before_the_write_leaves_all_as_it_was(
    sessions: ChatSessions, cache: servers.ValkeyServer, kept: AppDatabase, action: Repair
) -> None:
    proposal, store = proposed(sessions, action), cache_of(sessions)
    kill_at(store, action, cache.kill)
    with pytest.raises(RedisError) as raised:
        apply(sessions.stores, kept, proposal, who="mia")
    assert PASSWORD not in str(raised.value)
    entry = last(kept)
    assert (entry.result, entry.sentence, entry.cached_after) == ("failed", str(raised.value), None)
    cache.start()
    assert (stored(sessions), cached(sessions)) == (THREE, FIVE)
    unpatch(store)
    repaired_at_last(sessions, kept, action)


def kill_at(store: Any, action: Repair, kill: Callable[[], object]) -> None:
    """Right before the write; of a saved tail between the new rows and their commit."""
    if action != "save_cached_tail":
        setattr(store, WRITES[action], before(getattr(store, WRITES[action]), kill))
        return
    reads = iter([lambda: None, kill])
    read = store.read_raw
    store.read_raw = lambda session_id: (next(reads)(), read(session_id))[1]


def unpatch(store: Any) -> None:
    for name in (*WRITES.values(), "read_raw"):
        vars(store).pop(name, None)


@pytest.mark.parametrize("action", ["invalidate_cache", "rewarm_cache", "keep_alive"])
def test_a_cache_that_is_killed_right_after_the_write_is_repaired_and_says_that_nobody_looked_again(
    sessions: ChatSessions, cache: servers.ValkeyServer, kept: AppDatabase, action: Repair
) -> None:
    store: Any = cache_of(sessions)
    proposal = proposed(sessions, action)
    setattr(store, WRITES[action], after(getattr(store, WRITES[action]), cache.kill))
    done = apply(sessions.stores, kept, proposal, who="mia")
    assert isinstance(done, Done)
    assert (done.comparison, done.guard, done.ended) == (None, None, ())
    entry = last(kept)
    assert (entry.result, entry.cached_after) == ("done", None)
    cache.start()
    assert cached(sessions) == {"invalidate_cache": None, "rewarm_cache": THREE, "keep_alive": FIVE}[action]


def test_a_database_that_is_killed_before_the_commit_leaves_the_words_in_the_cache(
    own_postgres: servers.PostgresServer, cache: servers.ValkeyServer, kept: AppDatabase
) -> None:
    with fresh_database(own_postgres, "commit") as database:
        with closing(opened(database.url, RedisSettings(url=cache.url))) as sessions:
            drifted(sessions)
            proposal, store = proposed(sessions, "save_cached_tail"), cache_of(sessions)
            kill_at(store, "save_cached_tail", own_postgres.kill)
            with pytest.raises(DatabaseError):
                apply(sessions.stores, kept, proposal, who="mia")
            unpatch(store)
            assert last(kept).result == "failed"
            assert cached(sessions) == FIVE
            own_postgres.start()
            assert stored(sessions) == THREE
            repaired_at_last(sessions, kept, "save_cached_tail")
            assert stored(sessions) == FIVE


def test_a_database_that_is_killed_after_the_cache_was_written_leaves_the_copies_equal(
    own_postgres: servers.PostgresServer, cache: servers.ValkeyServer, kept: AppDatabase
) -> None:
    with fresh_database(own_postgres, "written") as database:
        with closing(opened(database.url, RedisSettings(url=cache.url))) as sessions:
            drifted(sessions, cached=2)
            store: Any = cache_of(sessions)
            proposal = proposed(sessions, "rewarm_cache")
            store.put_if = after(store.put_if, own_postgres.kill)
            with pytest.raises(DatabaseError):
                apply(sessions.stores, kept, proposal, who="mia")
            assert last(kept).result == "failed"
            own_postgres.start()
            assert (stored(sessions), cached(sessions)) == (THREE, THREE)


def test_a_server_that_is_killed_while_a_repair_waits_for_the_row_leaves_all_as_it_was(
    own_postgres: servers.PostgresServer, cache: servers.ValkeyServer, kept: AppDatabase
) -> None:
    with fresh_database(own_postgres, "waiting") as database:
        with closing(opened(database.url, RedisSettings(url=cache.url))) as sessions:
            drifted(sessions)
            proposal = proposed(sessions, "save_cached_tail")
            with blocked(database.url, lambda: apply(sessions.stores, kept, proposal, who="mia")) as (end, _):
                own_postgres.kill()
                with pytest.raises(DatabaseError):
                    end()
            own_postgres.start()
            assert (stored(sessions), cached(sessions)) == (THREE, FIVE)
            repaired_at_last(sessions, kept, "save_cached_tail")


def test_a_writer_who_commits_while_a_repair_waits_for_the_row_is_a_move(
    own_postgres: servers.PostgresServer, cache: servers.ValkeyServer, kept: AppDatabase
) -> None:
    with fresh_database(own_postgres, "writer") as database:
        with closing(opened(database.url, RedisSettings(url=cache.url))) as sessions:
            drifted(sessions)
            proposal = proposed(sessions, "save_cached_tail")
            with psycopg.connect(database.url) as writer:
                writer.execute('UPDATE "ChatSession" SET title = %s', ["meanwhile"])
                with blocked_by(writer, lambda: apply(sessions.stores, kept, proposal, who="mia")) as end:
                    writer.commit()
                    refusal: Any = end()
            assert (refusal.reason, refusal.moved) == ("moved", ("database",))
            assert (stored(sessions), cached(sessions)) == (THREE, FIVE)


def test_a_repair_that_waits_too_long_for_the_row_is_refused(
    own_postgres: servers.PostgresServer, cache: servers.ValkeyServer, kept: AppDatabase
) -> None:
    with fresh_database(own_postgres, "waiting_long") as database:
        redis = SessionCache(RedisSettings(url=cache.url), session_ttl=600, write=True)
        with closing(
            ChatSessions(SessionStores(Database.open(database.url, write=True, statement_timeout=0.3), redis))
        ) as sessions:
            drifted(sessions)
            proposal = proposed(sessions, "save_cached_tail")
            with psycopg.connect(database.url) as writer:
                writer.execute('SELECT * FROM "ChatSession" FOR UPDATE')
                refusal: Any = apply(sessions.stores, kept, proposal, who="mia")
            assert (refusal.reason, last(kept).result) == ("locked", "refused")
            assert (stored(sessions), cached(sessions)) == (THREE, FIVE)


class blocked_by:  # noqa: N801 -- reads as a block
    """Starts a repair that waits for a row of this connection; gives its end."""

    def __init__(self, writer: "psycopg.Connection[Any]", start: Callable[[], Any]) -> None:
        self._pool, self._start, self._dsn = ThreadPoolExecutor(1), start, writer.info.dsn

    def __enter__(self) -> Callable[[], Any]:
        running = self._pool.submit(self._start)
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        with psycopg.connect(self._dsn, autocommit=True) as watch:
            servers.wait_until(lambda: watch.execute(waiting).fetchone() == (1,), "the repair")
        return lambda: running.result(timeout=servers.WAIT_SECONDS)

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()


def test_a_longer_life_needs_no_database(
    sessions: ChatSessions, database: SqliteFile | Server, cache: servers.ValkeyServer, kept: AppDatabase
) -> None:
    before = cache_of(sessions).read_raw("s-1")
    database.kill(sessions)
    proposal = proposed(sessions, "keep_alive")
    assert (proposal.guard.stored, proposal.before.status, proposal.before.unavailable) == (
        "unknown",
        None,
        ("database",),
    )
    assert "database is unavailable" in proposal.cautions[0]
    done: Any = apply(sessions.stores, kept, proposal, who="mia")
    assert (cache_of(sessions).read_raw("s-1"), last(kept).result) == (before, "done")
    assert done.comparison.cache.ttl_seconds > 500
    assert last(kept).sentence == "The repair was applied, but the database is unavailable."
    for action in set(ACTIONS) - {"keep_alive"}:
        with pytest.raises(ChatDataError):
            propose(sessions.stores, "s-1", action)
    database.start()
    assert stored(sessions) == THREE


def test_without_a_database_a_document_that_moved_gets_no_longer_life(
    sessions: ChatSessions, database: SqliteFile | Server, kept: AppDatabase
) -> None:
    database.kill(sessions)
    proposal = proposed(sessions, "keep_alive")
    warm(sessions, new_session(messages=6))
    refusal: Any = apply(sessions.stores, kept, proposal, who="mia")
    assert (refusal.reason, refusal.moved) == ("moved", ("cache",))
    cache_of(sessions).delete("s-1")
    gone: Any = propose(sessions.stores, "s-1", "keep_alive")
    assert gone.reason == "nothing_to_do"
    database.start()


@pytest.mark.parametrize("action", ACTIONS)
def test_with_a_store_that_is_down_nothing_is_proposed_or_done(
    sessions: ChatSessions,
    database: SqliteFile | Server,
    cache: servers.ValkeyServer,
    kept: AppDatabase,
    action: Repair,
) -> None:
    proposal = proposed(sessions, action)
    for down, up in ((cache.kill, cache.start), (lambda: database.kill(sessions), database.start)):
        down()
        tries: list[Callable[[], object]] = [lambda: apply(sessions.stores, kept, proposal, who="mia")]
        if action != "keep_alive" or up == cache.start:
            tries.append(lambda: propose(sessions.stores, "s-1", action))
        for do in tries:
            with pytest.raises(ChatDataError) as raised:
                do()
            assert PASSWORD not in str(raised.value)
        assert last(kept).result == "failed"
        up()
    assert (stored(sessions), cached(sessions)) == (THREE, FIVE)
    repaired_at_last(sessions, kept, action)


# The one who repairs is killed

PROCESS = """
import os, signal, sys
from pathlib import Path
from chatdata.stores.app_db import AppDatabase
from chatdata.services.repair import apply, propose
from chatdata.settings.stores import RedisSettings
from tests.services.test_repair import opened
from tests.services.test_repair_faults import after, before, kill_at

def die():
    os.kill(os.getpid(), signal.SIGKILL)

url, redis_url, folder, action, point = sys.argv[1:]
sessions = opened(url, RedisSettings(url=redis_url))
proposal = propose(sessions.stores, "s-1", action)
if point == "before":
    kill_at(sessions.stores.cache, action, die)
else:
    sessions.stores.database.read_copy = lambda _: die()
apply(sessions.stores, AppDatabase(Path(folder), "here"), proposal, who="mia")
"""


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("point", ["before", "after"])
def test_a_killed_process_leaves_all_or_nothing_and_its_beginning_in_the_audit_log(
    sessions: ChatSessions,
    database: SqliteFile | Server,
    cache: servers.ValkeyServer,
    kept: AppDatabase,
    tmp_path: Path,
    action: Repair,
    point: str,
) -> None:
    arguments = [database.url, cache.url, str(tmp_path / "kept"), action, point]
    ended = subprocess.run(
        [sys.executable, "-c", PROCESS, *arguments],
        cwd=Path(__file__).parents[2],
        timeout=servers.WAIT_SECONDS,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL
    entry = last(kept)
    assert (entry.result, entry.who, entry.cached_after) == ("begun", "mia", None)
    done = {"invalidate_cache": (THREE, None), "rewarm_cache": (THREE, THREE), "save_cached_tail": (FIVE, FIVE)}
    expected = done.get(action, (THREE, FIVE)) if point == "after" else (THREE, FIVE)
    servers.wait_until(lambda: (stored(sessions), cached(sessions)) == expected, "what was begun")
    assert 0 < cache.run("PTTL", "copilot:session_lock:s-1") <= 10_000
    if point == "before":
        repaired_at_last(sessions, kept, action)
