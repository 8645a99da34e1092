"""The session operations on both databases and a real Valkey: the reference semantics, made safer."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from chatdata.domain.copies import Absent, CachedCopy, CorruptDocument, StoredCopy, Unconfigured
from chatdata.domain.document import encode, key_of
from chatdata.domain.messages import ChatMessage, ChatSession, Usage
from chatdata.errors import DatabaseError, LockTimeout, NotConfigured, ReadOnlyError, SessionDeletedError
from chatdata.services.session_stores import SessionStores
from chatdata.services.sessions import ChatSessions
from chatdata.settings.stores import RedisSettings
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database
from tests.support import servers
from tests.support.builders import (
    DIALECTS,
    START,
    any_sessions,
    contents,
    database_url,
    document,
    fill,
    message,
    minutes,
    new_session,
    talk,
    tool_call,
)
from tests.support.laws import examples

TTL = 600
NOW = START + minutes(90)


@pytest.fixture(params=DIALECTS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return database_url(request.param, request, tmp_path)


@pytest.fixture
def sessions(url: str, redis_url: str) -> Iterator[ChatSessions]:
    with closing(opened(url, redis_url)) as sessions:
        yield sessions


def opened(url: str, redis_url: str, *, write: bool = True) -> ChatSessions:
    cache = SessionCache(RedisSettings(url=redis_url), session_ttl=TTL, write=write)
    return ChatSessions(SessionStores(Database.open(url, write=write), cache, now=lambda: NOW))


def database_of(sessions: ChatSessions) -> Database:
    assert sessions.stores.database is not None
    return sessions.stores.database


def cache_of(sessions: ChatSessions) -> SessionCache:
    assert sessions.stores.cache is not None
    return sessions.stores.cache


def stored(sessions: ChatSessions, session_id: str = "s-1") -> ChatSession | None:
    copy = database_of(sessions).read_copy(session_id)
    return None if copy is None else copy.session()


def cached(sessions: ChatSessions, session_id: str = "s-1") -> ChatSession | None:
    return cache_of(sessions).read_session(session_id)


def in_sync(sessions: ChatSessions, session_id: str = "s-1") -> bool:
    """Both copies are there and say the same, as far as both can say it."""
    rows, document = stored(sessions, session_id), cached(sessions, session_id)
    if rows is None or document is None:
        return False
    assert [item.position for item in positions(sessions, session_id)] == list(range(len(rows.messages)))
    return comparable(rows) == comparable(document)


def positions(sessions: ChatSessions, session_id: str) -> tuple[Any, ...]:
    copy = database_of(sessions).read_copy(session_id)
    assert copy is not None
    return copy.messages


def comparable(session: ChatSession) -> dict[str, Any]:
    kept = session.model_dump(exclude={"usage", "started_at", "updated_at"})
    return {**kept, "tokens": (session.prompt_tokens, session.completion_tokens)}


def hold(sessions: ChatSessions, session: ChatSession | None = None, **fields: Any) -> ChatSession:
    """A saved session in both stores, loaded afresh."""
    sessions.upsert_chat_session(session or new_session(**fields))
    loaded = sessions.get_chat_session(session.session_id if session else "s-1")
    assert loaded is not None
    return loaded


# get


def test_a_cached_session_is_read_from_the_cache(sessions: ChatSessions) -> None:
    fill(database_of(sessions), new_session(title="rows"))
    cache_of(sessions).put(new_session(title="cache"))
    session = sessions.get_chat_session("s-1", "u-1")
    assert session is not None
    assert (session.title, session.loaded.known) == ("cache", True)


def test_a_session_of_the_rows_alone_is_read_from_them_and_cached_with_the_full_time_to_live(
    sessions: ChatSessions, valkey: servers.ValkeyServer
) -> None:
    fill(database_of(sessions), new_session(messages=3, usage=[(3, 1), (4, 1)]))
    session = sessions.get_chat_session("s-1")
    assert session is not None
    assert (contents(session), session.usage) == (contents(stored(sessions)), [Usage.of(7, 2)])
    assert in_sync(sessions)
    assert (TTL - 60) * 1000 < valkey.run("PTTL", key_of("s-1")) <= TTL * 1000


def test_an_unknown_session_is_none_and_leaves_nothing_in_the_cache(
    sessions: ChatSessions, valkey: servers.ValkeyServer
) -> None:
    for session_id in ("nobody", "", "\x00", "\ud800"):
        assert sessions.get_chat_session(session_id) is None
    assert valkey.run("DBSIZE") == 0


def test_a_session_of_another_user_is_none(sessions: ChatSessions) -> None:
    fill(database_of(sessions), new_session("s-1", "u-1"), new_session("s-2", None))
    for _ in ("from the rows", "from the cache"):
        assert sessions.get_chat_session("s-1", "u-2") is None
        assert sessions.get_chat_session("s-2", "u-2") is None
        assert sessions.get_chat_session("s-1", "u-1") is not None
        assert sessions.get_chat_session("s-2") is not None


def test_a_cached_session_of_another_user_is_not_looked_for_in_the_rows(sessions: ChatSessions) -> None:
    fill(database_of(sessions), new_session(user_id="u-1"))
    cache_of(sessions).put(new_session(user_id="u-2"))
    assert sessions.get_chat_session("s-1", "u-1") is None


def test_an_unreadable_document_gives_the_rows_which_then_take_its_place(
    sessions: ChatSessions, caplog: pytest.LogCaptureFixture
) -> None:
    fill(database_of(sessions), new_session(messages=2))
    cache_of(sessions).put_raw("s-1", b'{"session_id": "s-1"}')
    assert contents(sessions.get_chat_session("s-1")) == contents(stored(sessions))
    assert in_sync(sessions)
    assert "s-1" in caplog.text


def test_where_writing_is_not_allowed_nothing_is_written_back(
    url: str, sessions: ChatSessions, redis_url: str, valkey: servers.ValkeyServer
) -> None:
    fill(database_of(sessions), new_session(messages=2))
    cache_of(sessions).put_raw("s-2", b"{", ttl_seconds=100)
    fill(database_of(sessions), new_session("s-2"))
    until = valkey.run("PEXPIRETIME", key_of("s-2"))
    with closing(opened(url, redis_url, write=False)) as reader:
        for session_id in ("s-1", "s-2"):
            assert contents(reader.get_chat_session(session_id)) == contents(stored(sessions, session_id))
    assert valkey.run("DBSIZE") == 1
    assert valkey.run("PEXPIRETIME", key_of("s-2")) == until


def test_while_another_writer_holds_the_session_it_is_read_and_not_written_back(sessions: ChatSessions) -> None:
    fill(database_of(sessions), new_session(messages=2))
    with database_of(sessions).session_lock("s-1"):
        assert len(contents(sessions.get_chat_session("s-1"))) == 2
    assert cached(sessions) is None


# Looking


def test_looking_at_both_copies_changes_nothing(sessions: ChatSessions, valkey: servers.ValkeyServer) -> None:
    fill(database_of(sessions), new_session(messages=2), new_session("s-2"))
    cache_of(sessions).put_raw("s-2", b"{", ttl_seconds=100)
    until = valkey.run("PEXPIRETIME", key_of("s-2"))
    copies = sessions.stores.read_copies("s-1")
    assert isinstance(copies.stored, StoredCopy)
    assert (copies.cached, copies.read_at) == (Absent(), NOW)
    assert isinstance(sessions.stores.read_copies("s-2").cached, CorruptDocument)
    assert valkey.run("DBSIZE") == 1
    assert valkey.run("PEXPIRETIME", key_of("s-2")) == until


def test_one_copy_alone_can_be_looked_at(sessions: ChatSessions) -> None:
    hold(sessions)
    assert isinstance(sessions.stores.read_copies("s-1", only="cache").cached, CachedCopy)
    assert sessions.stores.read_copies("s-1", only="cache").stored == Absent()
    assert isinstance(sessions.stores.read_copies("s-1", only="database").stored, StoredCopy)
    assert sessions.stores.read_copies("s-1", only="database").cached == Absent()


# upsert


def test_a_new_session_is_saved_in_both_stores_with_its_title(sessions: ChatSessions) -> None:
    session = new_session(messages=3, usage=[(3, 1), (4, 1)], title="Trip", credentials={"github": {}})
    assert sessions.upsert_chat_session(session) == sessions.get_chat_session("s-1")
    assert in_sync(sessions)
    rows, document = stored(sessions), cached(sessions)
    assert rows is not None
    assert document is not None
    assert (rows.title, rows.started_at, rows.updated_at, rows.credentials) == ("Trip", START, NOW, {"github": {}})
    assert document.usage == [Usage.of(3, 1), Usage.of(4, 1)]
    assert (session.loaded.known, session.loaded.messages) == (True, 3)


def test_only_what_came_after_the_load_is_added(sessions: ChatSessions) -> None:
    session = hold(sessions, messages=2)
    before = [item.id for item in positions(sessions, "s-1")]
    session.messages += [message("user", "more"), message("assistant", "enough")]
    session.usage.append(Usage.of(5, 5))
    session.credentials["github"] = {"kind": "oauth"}
    sessions.upsert_chat_session(session)
    assert [item.id for item in positions(sessions, "s-1")][:2] == before
    assert contents(stored(sessions)) == ["message 0", "message 1", "more", "enough"]
    assert in_sync(sessions)
    sessions.upsert_chat_session(session)
    assert len(contents(stored(sessions))) == 4


def test_the_title_of_a_row_that_exists_is_not_written(sessions: ChatSessions) -> None:
    session = hold(sessions, title="old")
    session.title = "new"
    sessions.upsert_chat_session(session)
    assert in_sync(sessions)
    assert (stored(sessions) or session).title == "old"


def test_a_session_loaded_before_another_writer_is_added_at_the_rows_real_end(sessions: ChatSessions) -> None:
    first, second = hold(sessions, messages=2, usage=[(1, 1)]), hold_again(sessions)
    first.messages += [message("user", "a1"), message("assistant", "a2")]
    first.usage.append(Usage.of(10, 20))
    second.messages.append(message("user", "b1"))
    second.usage.append(Usage.of(100, 200))
    sessions.upsert_chat_session(first)
    sessions.upsert_chat_session(second)
    second.messages.append(message("user", "b2"))
    sessions.upsert_chat_session(second)
    assert contents(stored(sessions)) == ["message 0", "message 1", "a1", "a2", "b1", "b2"]
    assert in_sync(sessions)
    rows = stored(sessions)
    assert rows is not None
    assert (rows.prompt_tokens, rows.completion_tokens) == (111, 221)


def test_what_a_save_returns_is_what_the_next_reader_gets(sessions: ChatSessions) -> None:
    first, second = hold(sessions, messages=2, title="old", usage=[(1, 1)]), hold_again(sessions)
    first.messages.append(message("user", "a\x00"))
    second.messages.append(message("assistant", "b", tool_calls=[{"score": float("nan")}]))
    second.title, second.started_at, second.updated_at = "new", START + minutes(1), START
    second.usage.append(Usage.of(5, 5))
    for session in (first, second):
        saved = sessions.upsert_chat_session(session)
        assert saved.model_dump() == hold_again(sessions).model_dump()
    assert (contents(saved), saved.title) == (["message 0", "message 1", "a", "b"], "old")
    saved.messages.append(message("user", "c"))
    assert contents(sessions.upsert_chat_session(saved))[-3:] == ["a", "b", "c"]


def test_without_a_cache_a_save_returns_what_the_rows_hold(url: str) -> None:
    with closing(ChatSessions(SessionStores(Database.open(url, write=True), None, now=lambda: NOW))) as alone:
        saved = alone.upsert_chat_session(
            new_session(messages=2, usage=[(3, 1), (4, 1)], started_at=START.replace(microsecond=123_456))
        )
        assert saved == alone.get_chat_session("s-1")
        assert saved.usage == [Usage.of(7, 2)]


def hold_again(sessions: ChatSessions) -> ChatSession:
    session = sessions.get_chat_session("s-1")
    assert session is not None
    return session


def test_a_stale_document_adds_after_the_rows_that_it_lacks(sessions: ChatSessions) -> None:
    hold(sessions, messages=10)
    stale = new_session(messages=4)
    cache_of(sessions).put(stale)
    session = hold_again(sessions)
    session.messages.append(message("user", "news"))
    sessions.upsert_chat_session(session)
    assert contents(stored(sessions)) == [*(f"message {n}" for n in range(10)), "news"]
    assert in_sync(sessions)


def test_messages_that_only_the_cache_has_after_a_failed_save_are_saved_with_the_next(sessions: ChatSessions) -> None:
    hold(sessions, messages=2)
    cache_of(sessions).put(new_session(messages=4))
    session = hold_again(sessions)
    session.messages.append(message("user", "news"))
    sessions.upsert_chat_session(session)
    assert contents(stored(sessions)) == ["message 0", "message 1", "message 2", "message 3", "news"]
    assert in_sync(sessions)


def test_saving_a_session_that_no_store_handed_out_twice_adds_nothing_twice(sessions: ChatSessions) -> None:
    for count in (3, 3, 5):
        sessions.upsert_chat_session(new_session(messages=count, usage=[(count, 0)]))
    assert contents(stored(sessions)) == [f"message {n}" for n in range(5)]
    assert in_sync(sessions)
    assert (stored(sessions) or new_session()).prompt_tokens == 5


def test_a_session_deleted_since_it_was_loaded_is_not_brought_back(sessions: ChatSessions) -> None:
    session = hold(sessions, messages=2)
    assert sessions.delete_chat_session("s-1")
    session.messages.append(message("user", "late"))
    for _ in range(2):
        with pytest.raises(SessionDeletedError, match="s-1 was deleted since it was loaded"):
            sessions.upsert_chat_session(session)
    assert (stored(sessions), cached(sessions)) == (None, None)


def test_what_no_store_can_hold_is_cleaned_once_before_both_writes(sessions: ChatSessions) -> None:
    said = message("tool", "a\x00b\ud800\x1b", tool_calls=[{"id": "\x07", "n\x00": float("nan")}])
    session = new_session(messages=[said], title="\x1b[1m", credentials={"\x00": "\x00"})
    sessions.upsert_chat_session(session)
    rows = stored(sessions)
    assert in_sync(sessions)
    assert rows is not None
    assert rows.messages == [message("tool", "ab\ufffd", tool_calls=[{"id": "", "n": None}])]
    assert (rows.title, rows.credentials) == ("[1m", {"": ""})
    assert session.messages == [said]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(any_sessions)
def test_any_session_is_saved_and_read_from_either_store_alike(sessions: ChatSessions, session: ChatSession) -> None:
    session = ChatSession.model_validate({**session.model_dump(), "session_id": ChatSession.new("x").session_id})
    saved = sessions.upsert_chat_session(session)
    assert saved == sessions.get_chat_session(session.session_id)
    assert saved.loaded.messages == len(session.messages)
    assert in_sync(sessions, session.session_id)
    document = cached(sessions, session.session_id)
    assert document is not None
    assert document.messages == session.sanitize().messages
    sessions.append_and_save_message(session.session_id, message("user", "more"))
    assert in_sync(sessions, session.session_id)


_saves = st.lists(
    st.tuples(
        st.sampled_from(["as loaded", "from before the last save", "never loaded"]),
        st.sampled_from(["kept", "lost", "unreadable"]),
        any_sessions,
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(any_sessions, _saves)
def test_what_any_save_returns_is_in_every_field_what_get_gives_next(
    sessions: ChatSessions, first: ChatSession, saves: list[tuple[str, str, ChatSession]]
) -> None:
    session_id = ChatSession.new("x").session_id
    saved = before = sessions.upsert_chat_session(first.model_copy(update={"session_id": session_id}))
    for origin, cached_copy, other in saves:
        if cached_copy == "lost":
            cache_of(sessions).delete(session_id)
        elif cached_copy == "unreadable":
            cache_of(sessions).put_raw(session_id, b"{")
        base = other if origin == "never loaded" else saved if origin == "as loaded" else before
        changed = base.model_copy(deep=True)
        changed.session_id, changed.title, changed.credentials = session_id, other.title, other.credentials
        changed.messages = [*base.messages, *other.messages]
        changed.usage = [*base.usage, *other.usage]
        changed.started_at, changed.updated_at = other.started_at, other.updated_at
        before, saved = saved, sessions.upsert_chat_session(changed)
        for read in (sessions.get_chat_session(session_id), sessions.get_chat_session(session_id)):
            assert read is not None
            assert saved == read
            assert (saved.model_dump(), saved.loaded) == (read.model_dump(), read.loaded)


def test_messages_that_a_session_gets_while_it_is_saved_are_saved_next_time(url: str, redis_url: str) -> None:
    session = new_session(messages=1)

    def clock() -> datetime:
        """Called while the session is being saved."""
        if len(session.messages) == 1:
            session.messages.append(message("user", "meanwhile"))
            session.usage.append(Usage.of(5, 5))
        return NOW

    with closing(opened(url, redis_url)) as sessions:
        sessions._now = clock
        sessions.upsert_chat_session(session)
        sessions.upsert_chat_session(session)
        assert contents(stored(sessions)) == ["message 0", "meanwhile"]
        assert (stored(sessions) or session).prompt_tokens == 5
        assert in_sync(sessions)


def test_threads_that_save_the_same_session_add_each_message_once(sessions: ChatSessions) -> None:
    session = hold(sessions, messages=2)
    session.messages += talk(4, "news ")
    together = threading.Barrier(4)

    def save(_: int) -> None:
        together.wait()
        sessions.upsert_chat_session(session)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(save, range(4)))
    assert contents(stored(sessions)) == contents(session)
    assert in_sync(sessions)


@pytest.mark.parametrize("act", ["create", "new", "upsert", "failed upsert", "append", "rename", "delete", "refill"])
def test_the_cache_is_only_written_while_the_session_is_locked(
    url: str, sessions: ChatSessions, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = new_session("s-2") if act == "new" else hold(sessions, messages=1)
    session.usage.append(Usage.of(2**70 if act == "failed upsert" else 1, 1))
    if act == "refill":
        sessions.invalidate_session_cache("s-1")
    acts: dict[str, Callable[[], Any]] = {
        "create": lambda: sessions.create_chat_session("u-1"),
        "append": lambda: sessions.append_and_save_message("s-1", message()),
        "rename": lambda: sessions.update_session_title("s-1", "x"),
        "delete": lambda: sessions.delete_chat_session("s-1"),
        "refill": lambda: sessions.get_chat_session("s-1"),
    }
    locked: list[bool] = []
    cache = cache_of(sessions)
    with closing(Database.open(url, write=True)) as other:
        other.facts()

        def watched(write: Callable[..., None]) -> Callable[..., None]:
            def replacement(session_id: str, *arguments: Any, **options: Any) -> None:
                locked.append(is_locked(other, session_id))
                write(session_id, *arguments, **options)

            return replacement

        monkeypatch.setattr(cache, "put_raw", watched(cache.put_raw))
        monkeypatch.setattr(cache, "delete", watched(cache.delete))
        with suppress(DatabaseError):
            acts.get(act, lambda: sessions.upsert_chat_session(session))()
    assert locked == [True] * len(locked) != []


def is_locked(database: Database, session_id: str) -> bool:
    try:
        with database.session_lock(session_id, wait=0.001):
            return False
    except LockTimeout:
        return True


def test_threads_that_append_at_once_lose_nothing(sessions: ChatSessions) -> None:
    hold(sessions)
    together = threading.Barrier(8)

    def append(writer: int) -> None:
        together.wait()
        for number in range(3):
            sessions.append_and_save_message("s-1", message("user", f"{writer}-{number}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(append, range(8)))
    assert sorted(map(str, contents(stored(sessions)))) == sorted(f"{w}-{n}" for w in range(8) for n in range(3))
    assert in_sync(sessions)


def test_rows_that_refuse_the_save_leave_it_to_the_cache_and_to_the_next_try(sessions: ChatSessions) -> None:
    session = hold(sessions, messages=1)
    session.messages.append(message())
    session.usage.append(Usage.of(2**70, 0))
    with pytest.raises(DatabaseError):
        sessions.upsert_chat_session(session)
    assert contents(stored(sessions)) == ["message 0"]
    assert contents(cached(sessions)) == ["message 0", "Hello"]
    session.usage.clear()
    sessions.upsert_chat_session(session)
    assert contents(stored(sessions)) == ["message 0", "Hello"]
    assert in_sync(sessions)


# append


def test_an_append_reads_the_rows_and_not_the_cache(sessions: ChatSessions) -> None:
    hold(sessions, messages=3, usage=[(3, 1), (4, 1)])
    cache_of(sessions).put(new_session(messages=1, usage=[(3, 1), (4, 1)]))
    session = sessions.append_and_save_message("s-1", message("assistant", "news\x00", tool_calls=[tool_call()]))
    assert contents(session) == ["message 0", "message 1", "message 2", "news"]
    assert (contents(stored(sessions)), session.loaded.messages) == (contents(session), 4)
    assert in_sync(sessions)
    assert (cached(sessions) or session).usage == [Usage.of(3, 1), Usage.of(4, 1)]


def test_an_append_changes_nothing_else_of_the_row(sessions: ChatSessions) -> None:
    hold(sessions, messages=1, usage=[(3, 1)], title="Trip")
    with database_of(sessions).writing() as connection:
        connection.execute(text("""UPDATE "ChatSession" SET "credentials" = '[1]'"""))
    sessions.append_and_save_message("s-1", message())
    with database_of(sessions).reading() as connection:
        row = connection.exec_driver_sql('SELECT "credentials", "totalPromptTokens", "title" FROM "ChatSession"').one()
    assert (row[0] if isinstance(row[0], list) else json.loads(row[0]), *row[1:]) == ([1], 3, "Trip")


def test_an_append_to_a_missing_session_is_a_value_error(sessions: ChatSessions, valkey: servers.ValkeyServer) -> None:
    for session_id in ("nobody", "", "\x00", "\ud800"):
        with pytest.raises(ValueError, match="not found"):
            sessions.append_and_save_message(session_id, message())
    cache_of(sessions).put(new_session("ghost"))
    with pytest.raises(ValueError, match="ghost"):
        sessions.append_and_save_message("ghost", message())
    assert stored(sessions, "ghost") is None


def test_a_row_whose_sequence_has_gaps_is_continued_after_its_highest(sessions: ChatSessions) -> None:
    hold(sessions, messages=3)
    with database_of(sessions).writing() as connection:
        connection.execute(text('UPDATE "ChatMessage" SET "sequence" = 9 WHERE "sequence" = 2'))
    sessions.append_and_save_message("s-1", message("user", "news"))
    assert [item.position for item in positions(sessions, "s-1")] == [0, 1, 9, 10]


# rename


def test_a_rename_changes_the_row_and_only_the_title_of_the_document(sessions: ChatSessions) -> None:
    hold(sessions, messages=1)
    later = document(chat_status="idle", metadata={"x": [1.5, None]}, messages=[{"role": "user", "sequence": 7}])
    cache_of(sessions).put_raw("s-1", json.dumps(later).encode(), ttl_seconds=100)
    assert sessions.update_session_title("s-1", "Neu\x00 ไทย")
    assert json.loads(cache_of(sessions).read_raw("s-1") or b"") == {**later, "title": "Neu ไทย"}
    rows = stored(sessions)
    assert rows is not None
    assert (rows.title, rows.updated_at) == ("Neu ไทย", NOW)


def test_a_rename_caches_nothing_that_was_not_cached(sessions: ChatSessions) -> None:
    fill(database_of(sessions), new_session())
    assert sessions.update_session_title("s-1", "Neu")
    assert cached(sessions) is None


def test_a_rename_leaves_an_unreadable_document_as_it_is(sessions: ChatSessions) -> None:
    fill(database_of(sessions), new_session())
    cache_of(sessions).put_raw("s-1", b"\xff")
    assert sessions.update_session_title("s-1", "Neu")
    assert cache_of(sessions).read_raw("s-1") == b"\xff"


def test_a_rename_of_a_missing_session_is_false_and_leaves_its_document(sessions: ChatSessions) -> None:
    cache_of(sessions).put(new_session("ghost"))
    for session_id in ("ghost", "nobody", "\x00", "\ud800"):
        assert sessions.update_session_title(session_id, "Neu") is False
    assert (cached(sessions, "ghost") or new_session(title="x")).title is None


# delete


def test_a_deleted_session_is_in_neither_store(sessions: ChatSessions) -> None:
    hold(sessions, messages=2)
    assert sessions.delete_chat_session("s-1", "u-1") is True
    assert (stored(sessions), cached(sessions)) == (None, None)
    with database_of(sessions).reading() as connection:
        assert connection.exec_driver_sql('SELECT count(*) FROM "ChatMessage"').scalar() == 0
    assert sessions.delete_chat_session("s-1") is False


def test_a_session_of_another_user_is_not_deleted(sessions: ChatSessions) -> None:
    hold(sessions, messages=2)
    for user_id in ("u-2", "", "\x00"):
        assert sessions.delete_chat_session("s-1", user_id) is False
    assert in_sync(sessions)


@pytest.mark.parametrize("session_id", ["nobody", "", "\x00", "\ud800"])
def test_a_missing_session_is_not_deleted(sessions: ChatSessions, session_id: str) -> None:
    assert sessions.delete_chat_session(session_id) is False


# create and list


def test_a_created_session_is_empty_and_in_both_stores(sessions: ChatSessions) -> None:
    session = sessions.create_chat_session("u-1")
    assert (session.user_id, session.messages, session.started_at, session.loaded.known) == ("u-1", [], NOW, True)
    assert in_sync(sessions, session.session_id)
    session.messages.append(message())
    sessions.upsert_chat_session(session)
    assert in_sync(sessions, session.session_id)


def test_the_sessions_of_a_user_come_newest_first_with_their_total(sessions: ChatSessions) -> None:
    made = [new_session(f"s-{n}", f"u-{n % 2}", messages=1, at=START + minutes(n)) for n in range(6)]
    fill(database_of(sessions), *made)
    found, total = sessions.get_user_sessions("u-0", limit=2)
    assert ([item.session_id for item in found], total) == (["s-4", "s-2"], 3)
    assert [item.session_id for item in sessions.get_user_sessions("u-0", limit=2, offset=2)[0]] == ["s-0"]
    assert len(sessions.get_user_sessions("u-1")[0]) == 3
    assert sessions.get_user_sessions("nobody") == ([], 0)


# The cache alone


def test_a_session_is_cached_and_forgotten(sessions: ChatSessions) -> None:
    sessions.cache_chat_session(new_session(title="cached"))
    assert (cached(sessions) or new_session()).title == "cached"
    sessions.invalidate_session_cache("s-1")
    sessions.invalidate_session_cache("s-1")
    assert cached(sessions) is None
    assert stored(sessions) is None


# Stores that are missing, or may not be written


def every_writer(sessions: ChatSessions) -> list[Any]:
    return [
        lambda: sessions.create_chat_session("u-1"),
        lambda: sessions.upsert_chat_session(new_session()),
        lambda: sessions.append_and_save_message("s-1", message()),
        lambda: sessions.update_session_title("s-1", "x"),
        lambda: sessions.delete_chat_session("s-1"),
    ]


def test_without_write_access_every_writer_is_refused(
    url: str, sessions: ChatSessions, redis_url: str, valkey: servers.ValkeyServer
) -> None:
    hold(sessions, messages=1)
    before = (stored(sessions), cache_of(sessions).read_raw("s-1"))
    with closing(opened(url, redis_url, write=False)) as reader:
        writers = every_writer(reader)
        writers += [lambda: reader.cache_chat_session(new_session()), lambda: reader.invalidate_session_cache("s-1")]
        for write in writers:
            with pytest.raises(ReadOnlyError, match="INSPECTOR_ACCESS=write"):
                write()
    assert (stored(sessions), cache_of(sessions).read_raw("s-1")) == before
    assert valkey.run("DBSIZE") == 1


def test_without_a_database_the_cache_is_read_and_the_rest_names_the_setting(redis_url: str) -> None:
    cache = SessionCache(RedisSettings(url=redis_url), session_ttl=TTL, write=True)
    with closing(ChatSessions(SessionStores(None, cache))) as sessions:
        cache.put(new_session(title="cached"))
        assert (sessions.get_chat_session("s-1") or new_session()).title == "cached"
        assert sessions.get_chat_session("nobody") is None
        for use in [*every_writer(sessions), lambda: sessions.get_user_sessions("u-1")]:
            with pytest.raises(NotConfigured, match="DATABASE_URL"):
                use()
        copies = sessions.stores.read_copies("s-1")
        assert isinstance(copies.cached, CachedCopy)
        assert isinstance(copies.stored, Unconfigured)
        assert cache.read_raw("s-1") == encode(new_session(title="cached"))


def test_without_a_cache_everything_works_on_the_rows(url: str) -> None:
    with closing(ChatSessions(SessionStores(Database.open(url, write=True), None))) as sessions:
        sessions.upsert_chat_session(new_session(messages=1))
        assert len(sessions.append_and_save_message("s-1", message()).messages) == 2
        assert sessions.update_session_title("s-1", "Trip")
        assert (sessions.get_chat_session("s-1") or new_session()).title == "Trip"
        sessions.cache_chat_session(new_session())
        sessions.invalidate_session_cache("s-1")
        copies = sessions.stores.read_copies("s-1")
        assert isinstance(copies.stored, StoredCopy)
        assert isinstance(copies.cached, Unconfigured)
        assert "REDIS_URL" in copies.cached.hint
        assert sessions.delete_chat_session("s-1")
        assert sessions.get_chat_session("s-1") is None


def test_without_any_store_there_is_nothing_to_find() -> None:
    sessions = ChatSessions(SessionStores(None, None))
    assert sessions.get_chat_session("s-1") is None
    copies = sessions.stores.read_copies("s-1")
    assert isinstance(copies.stored, Unconfigured)
    assert isinstance(copies.cached, Unconfigured)


# Big and odd


def test_ten_thousand_messages_and_one_of_5_mb_are_saved_and_read(sessions: ChatSessions) -> None:
    session = new_session(messages=[message("tool", "x" * 5_000_000), *talk(9_999)])
    sessions.upsert_chat_session(session)
    assert in_sync(sessions)
    sessions.append_and_save_message("s-1", message())
    assert len(contents(sessions.get_chat_session("s-1"))) == 10_001


def test_a_session_nested_deeper_than_pydantic_writes_goes_round(sessions: ChatSessions) -> None:
    deep: Any = []
    for _ in range(400):
        deep = [deep]
    said: list[ChatMessage] = [message("assistant", None, tool_calls=[{"x": deep}])]
    fill(database_of(sessions), new_session(messages=said))
    session = sessions.get_chat_session("s-1")
    assert session is not None
    assert session.messages == said
    assert in_sync(sessions)
    session.messages.append(message())
    sessions.upsert_chat_session(session)
    assert in_sync(sessions)


def test_a_cached_session_is_logged_by_its_id_and_never_by_its_words(
    sessions: ChatSessions, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    cache_of(sessions).put_raw("s-1", json.dumps(document(messages=[{"role": 5, "content": "secret"}])).encode())
    fill(database_of(sessions), new_session())
    sessions.get_chat_session("s-1")
    assert "s-1" in caplog.text
    assert "secret" not in caplog.text
