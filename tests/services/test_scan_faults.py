"""Scans under faults: failing stores, unreadable sessions, cancellation and concurrent writers."""

import os
import random
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from chatdata.domain.document import encode
from chatdata.domain.messages import ChatMessage, ChatSession, Usage
from chatdata.errors import SessionDeletedError
from chatdata.services.scan import MOST_SESSIONS, ScanProgress, ScanResult, scan
from chatdata.services.session_stores import SessionStores
from chatdata.services.sessions import ChatSessions
from chatdata.settings.stores import RedisSettings
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database, rows
from tests.services.test_scan import both, scanned
from tests.support import servers
from tests.support.builders import DIALECTS, START, database_url, message, new_session, talk

GRACE = 0.25


def opened(url: str, redis_url: str, *, write: bool = True) -> ChatSessions:
    cache = SessionCache(RedisSettings(url=redis_url), session_ttl=3_600, write=write)
    return ChatSessions(SessionStores(Database.open(url, write=write, statement_timeout=120), cache))


@pytest.fixture(params=DIALECTS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return database_url(request.param, request, tmp_path)


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'chat.db'}"


@pytest.fixture
def sessions(url: str, redis_url: str) -> Iterator[ChatSessions]:
    with closing(opened(url, redis_url)) as sessions:
        assert sessions.stores.database is not None
        sessions.stores.database.facts()
        yield sessions


def many(sessions: ChatSessions, count: int, messages: int = 2, **fields: Any) -> list[str]:
    made = [new_session(f"s-{number:05d}", messages=messages, **fields) for number in range(count)]
    assert sessions.stores.database is not None
    sessions.stores.database.facts()
    both(sessions, *made)
    return [session.session_id for session in made]


def after(keys: int, act: Callable[[], object]) -> Callable[[ScanProgress], None]:
    """Does it once, when so many keys were read."""
    done: list[int] = []

    def told(progress: ScanProgress) -> None:
        if progress.keys >= keys and not done:
            done.append(progress.keys)
            act()

    return told


# --- stores that die ------------------------------------------------------------------------------------


def test_a_cache_that_dies_ends_the_scan_with_what_is_known(sqlite: str) -> None:
    with servers.valkey_server() as valkey, closing(opened(sqlite, valkey.url)) as sessions:
        many(sessions, 3_000)
        result = scanned(sessions, on_progress=after(500, valkey.kill))
    assert (result.status, result.unavailable) == ("stopped", ("cache",))
    assert "can't be reached" in (result.reason or "")
    assert 500 <= result.in_sync == result.compared == result.cached_keys < 3_000
    assert not result.whole


def test_a_database_that_dies_ends_the_scan_with_what_is_known(redis_url: str) -> None:
    with servers.postgres_server(own=True) as postgres, ExitStack() as stack:
        sessions = stack.enter_context(closing(opened(postgres.create_database("scan"), redis_url)))
        many(sessions, 1_000)
        result = scanned(sessions, on_progress=after(300, postgres.kill))
    assert (result.status, result.unavailable) == ("stopped", ("database",))
    assert 300 <= result.in_sync == result.compared < 1_000


def test_a_store_that_dies_before_the_second_look_leaves_what_differs_unconfirmed(sqlite: str) -> None:
    with servers.valkey_server() as valkey, closing(opened(sqlite, valkey.url)) as sessions:
        (one, *_) = many(sessions, 3)
        assert sessions.stores.cache is not None
        sessions.stores.cache.put(new_session(one, messages=1))
        result = scanned(sessions, on_progress=after(3, valkey.kill))
    assert (result.status, result.unconfirmed, result.in_sync, result.sessions) == ("stopped", 1, 2, ())
    assert result.to_look_at == 1


def test_stores_that_never_answered_stop_it_at_once(sqlite: str, redis_url: str) -> None:
    with closing(opened(sqlite, f"redis://{servers.UNREACHABLE}:1")) as sessions:
        assert sessions.stores.database is not None
        sessions.stores.database.facts()
        assert scanned(sessions).unavailable == ("cache",)
    with closing(opened("sqlite:////nowhere/chat.db", redis_url, write=False)) as sessions:
        writer = SessionCache(RedisSettings(url=redis_url), session_ttl=60, write=True)
        with closing(writer):
            writer.put(new_session())
        result = scanned(sessions)
        assert (result.status, result.unavailable, result.compared) == ("stopped", ("database",), 0)


def test_one_primary_that_is_down_stops_it() -> None:
    """Sessions of the others would look like all there is."""
    with servers.valkey_cluster() as cluster, ExitStack() as stack:
        where = RedisSettings(cluster_host=cluster.host, cluster_port=cluster.port)
        folder = stack.enter_context(servers._folder())
        database = stack.enter_context(closing(Database.open(f"sqlite:///{folder / 'chat.db'}", write=True)))
        cache = stack.enter_context(closing(SessionCache(where, session_ttl=600, write=True)))
        many(ChatSessions(SessionStores(database, cache)), 50)
        cluster.nodes[1].kill()
        assert scanned(ChatSessions(SessionStores(database, cache))).unavailable == ("cache",)


# --- sessions that can't be read ------------------------------------------------------------------------


def test_documents_of_every_kind_of_damage_are_corrupt_and_stop_nothing(sessions: ChatSessions) -> None:
    ids = many(sessions, 120)
    whole = encode(new_session("s-00000", messages=2))
    damages = [b"", b"\xff\xfe", b"[" * 100_000, b"null", whole[:-9], b"\x00" * 10, b'{"messages": 7}', b"9" * 9_999]
    assert sessions.stores.cache is not None
    for session_id, damage in zip(ids, damages, strict=False):
        sessions.stores.cache.put_raw(session_id, damage)
    result = scanned(sessions)
    assert (result.corrupt, result.in_sync, result.unreadable) == (len(damages), 120 - len(damages), 0)


def test_a_row_with_words_where_a_number_should_be_is_read_and_stops_nothing(sqlite: str, redis_url: str) -> None:
    with closing(opened(sqlite, redis_url)) as sessions:
        ids = many(sessions, 150)
        assert sessions.stores.database is not None
        with sessions.stores.database.writing() as connection:
            damage = text('UPDATE "ChatSession" SET "totalPromptTokens" = \'many\' WHERE id = :id')
            connection.execute(damage, {"id": ids[3]})
        result = scanned(sessions)
    assert (result.status, result.unreadable, result.compared) == ("finished", 0, 150)


def test_a_database_that_refuses_every_session_stops_it(pg_url: str, redis_url: str) -> None:
    with closing(opened(pg_url, redis_url)) as sessions:
        many(sessions, 20)
        assert sessions.stores.database is not None
        with sessions.stores.database.writing() as connection:
            connection.execute(text('ALTER TABLE "ChatMessage" RENAME COLUMN content TO contents'))
        result = scanned(sessions)
    assert (result.status, result.unavailable, result.compared) == ("stopped", ("database",), 0)


def test_whatever_a_comparison_stumbles_over_is_unreadable(
    sessions: ChatSessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one, *_) = many(sessions, 5)
    assert sessions.stores.cache is not None
    sessions.stores.cache.put(new_session(one, messages=1))
    real: Any = sessions.stores.cache.copy_of

    def stumbling(document: Any) -> Any:
        raise ZeroDivisionError("words of a conversation") if document else real

    monkeypatch.setattr(sessions.stores.cache, "copy_of", stumbling)
    result = scanned(sessions)
    assert (result.in_sync, result.unreadable) == (4, 1)


# --- ending it ------------------------------------------------------------------------------------------


def test_a_cancelled_scan_says_what_is_known(sessions: ChatSessions) -> None:
    many(sessions, 600)
    told: list[ScanProgress] = []
    result = scanned(sessions, on_progress=told.append, cancelled=lambda: bool(told) and told[-1].keys >= 200)
    assert (result.status, result.reason) == ("cancelled", None)
    assert 200 <= result.in_sync < 600
    assert (result.whole, result.uncached) == (False, None)


def test_a_scan_is_cancelled_while_it_waits_for_a_second_look(sessions: ChatSessions) -> None:
    (one, *_) = many(sessions, 2)
    assert sessions.stores.cache is not None
    sessions.stores.cache.put(new_session(one, messages=1))
    started = time.monotonic()
    cancelled = threading.Event()
    threading.Timer(0.3, cancelled.set).start()
    result = scan(sessions.stores, grace=3_600, cancelled=cancelled.is_set)
    assert time.monotonic() - started < 60
    assert (result.status, result.unconfirmed, result.in_sync) == ("cancelled", 1, 1)


# --- much of everything ---------------------------------------------------------------------------------


def test_where_everything_differs_the_worst_are_listed_and_all_are_counted(sqlite: str, redis_url: str) -> None:
    with closing(opened(sqlite, redis_url)) as sessions:
        count = MOST_SESSIONS + 500
        ids = many(sessions, count, messages=1)
        assert sessions.stores.cache is not None
        for session_id in ids[:-100]:
            sessions.stores.cache.put(new_session(session_id, messages=1, title="other"))
        for session_id in ids[-100:]:
            sessions.stores.cache.put(new_session(session_id, messages=2))
        result = scanned(sessions)
    assert (result.drifted, len(result.sessions), result.not_listed) == (count, MOST_SESSIONS, 500)
    assert {one.session_id for one in result.sessions[:100]} == set(ids[-100:])
    assert result.findings_by_kind == {"title_drift": count - 100, "unsaved_tail": 100}


def test_memory_does_not_grow_with_the_number_of_sessions(sqlite: str, redis_url: str) -> None:
    with closing(opened(sqlite, redis_url)) as sessions:
        small, large = 2_000, 20_000
        many_quickly(sessions, large)
        peaks = [peak_of(sessions, limit=count) for count in (small, small, large)]
    assert peaks[2] < peaks[1] + 1_500_000


def many_quickly(sessions: ChatSessions, count: int) -> None:
    assert sessions.stores.database is not None
    assert sessions.stores.cache is not None
    sessions.stores.database.facts()
    made = [new_session(f"s-{number:05d}", messages=1) for number in range(count)]
    with sessions.stores.database.writing() as connection:
        heads = [{"id": one.session_id, "createdAt": START, "updatedAt": START, "userId": "u-1"} for one in made]
        messages = [rows.message_row(one.session_id, 0, one.messages[0], START) for one in made]
        rows.insert_rows(connection, heads, messages)
    with sessions.stores.cache._client.pipeline(transaction=False) as pipeline:
        for session in made:
            pipeline.set(f"chat:session:{session.session_id}", encode(session), ex=3_600)
        pipeline.execute()


def peak_of(sessions: ChatSessions, limit: int) -> int:
    tracemalloc.start()
    try:
        assert scan(sessions.stores, limit=limit).in_sync == limit
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_large_documents_are_read_few_at_a_time(sqlite: str, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatdata.services.scan.scanning._BATCH_BYTES", 50_000)
    with closing(opened(sqlite, redis_url)) as sessions:
        many(sessions, 250, messages=10, title="x" * 2_000)
        told: list[ScanProgress] = []
        result = scanned(sessions, on_progress=told.append)
    assert result.in_sync == 250
    steps = [two.keys - one.keys for one, two in pairwise(told) if two.keys > one.keys]
    assert max(steps) < 25


# --- writers at work ------------------------------------------------------------------------------------


def soak_seconds() -> float:
    return float(os.environ.get("INSPECTOR_SOAK") or 4) / len(DIALECTS)


class Writers:
    """Threads, each with stores of its own, that write at random until they are stopped."""

    def __init__(self, url: str, redis_url: str, step: "Step", count: int = 8) -> None:
        self.stopped = threading.Event()
        self.problems: list[BaseException] = []
        self.acts = 0
        self._arguments = url, redis_url, step
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(count)]

    def __enter__(self) -> "Writers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        for thread in self._threads:
            thread.join()

    def _run(self, number: int) -> None:
        url, redis_url, step = self._arguments
        chance = random.Random(number)
        try:
            with closing(opened(url, redis_url)) as sessions:
                while not self.stopped.is_set():
                    self.acts += 1
                    step(sessions, chance, f"{number}-{self.acts}", number)
        except BaseException as problem:
            self.problems.append(problem)


Step = Callable[[ChatSessions, random.Random, str, int], object]
SHARED = 80


def careful(sessions: ChatSessions, chance: random.Random, mark: str, _number: int) -> None:
    """Our own operations, all writers on the same sessions."""
    session_id = f"s-{chance.randrange(SHARED):05d}"
    act = chance.choices(("upsert", "append", "rename", "anew"), weights=(8, 8, 4, 1))[0]
    if act == "append":
        sessions.append_and_save_message(session_id, message("user", f"append {mark}"))
    elif act == "rename":
        sessions.update_session_title(session_id, f"title {mark}")
    elif act == "upsert":
        session = sessions.get_chat_session(session_id)
        assert session is not None
        session.messages += [message("user", f"upsert {mark}"), message("assistant", f"answer {mark}")]
        session.usage.append(Usage.of(3, 1))
        sessions.upsert_chat_session(session)
    else:
        _comes_and_goes(sessions, mark)


def _comes_and_goes(sessions: ChatSessions, mark: str) -> None:
    session = ChatSession.new("u-1", session_id=f"new-{mark}")
    session.messages = talk(2, mark)
    try:
        sessions.upsert_chat_session(session)
        sessions.append_and_save_message(session.session_id, message("user", f"append {mark}"))
    except SessionDeletedError:
        return
    sessions.delete_chat_session(session.session_id)


def plain(sessions: ChatSessions, chance: random.Random, mark: str, number: int) -> None:
    """As the reference writes: database, then cache, each writer on sessions of its own; nothing is locked."""
    database, cache = sessions.stores.database, sessions.stores.cache
    assert database is not None
    assert cache is not None
    session_id = f"s-{number * 10 + chance.randrange(10):05d}"
    with database.writing() as connection:
        session = rows.read_for_saving(connection, session_id)
        assert session is not None
        news = ChatMessage(role="user", content=f"plain {mark}")
        session = session.model_copy(update={"messages": [*session.messages, news], "usage": [Usage.of(len(mark), 7)]})
        rows.append_messages(connection, session_id, [news], START)
        rows.update_session(connection, session)
        if chance.random() < 0.3:
            session.title = f"title {mark}"
            rows.update_title(connection, session_id, session.title, START)
    time.sleep(chance.random() * 0.02)
    cache.put(session)


@pytest.mark.soak
@pytest.mark.parametrize("step", [careful, plain], ids=["careful", "plain"])
def test_writers_are_no_false_alarm_and_drift_that_is_planted_meanwhile_is_found(
    sessions: ChatSessions, url: str, redis_url: str, step: Step
) -> None:
    many(sessions, SHARED, messages=4)
    planted = plant(sessions)
    until, results = time.monotonic() + soak_seconds() / 2, list[ScanResult]()
    with closing(opened(url, redis_url, write=False)) as reader, Writers(url, redis_url, step) as writers:
        while time.monotonic() < until or len(results) < 3:
            if len(results) == 1:
                spoil(sessions, planted)
            results.append(scan(reader.stores, grace=GRACE))
    assert writers.problems == []
    assert writers.acts > 20
    assert {(result.status, result.unreadable) for result in results} == {("finished", 0)}
    assert alarms(results[0]) == {}
    assert all(alarms(result) == dict.fromkeys(planted, "stale_cache") for result in results[1:])
    compared, moving = (sum(getattr(result, name) for result in results) for name in ("compared", "moving"))
    assert compared > SHARED
    assert moving <= compared * 0.01


def alarms(result: ScanResult) -> dict[str, str]:
    """Session → what is said of it."""
    said = {one.session_id: " ".join(finding.kind for finding in one.findings) for one in result.sessions}
    return {name: kinds for name, kinds in said.items() if kinds}


def plant(sessions: ChatSessions) -> list[str]:
    """Sessions that nobody writes."""
    made = [new_session(f"planted-{number}", messages=6) for number in range(3)]
    both(sessions, *made)
    return [session.session_id for session in made]


def spoil(sessions: ChatSessions, ids: list[str]) -> None:
    assert sessions.stores.cache is not None
    for session_id in ids:
        sessions.stores.cache.put(new_session(session_id, messages=4))
