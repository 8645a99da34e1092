"""Checking every session of a deployment: coverage, stored results, and a store that fails meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from chatdata.domain.copies import Source, StoredCopy
from chatdata.domain.lint import PROVIDERS
from chatdata.domain.messages import ChatMessage
from chatdata.domain.payload import assess
from chatdata.domain.tokens import model_facts
from chatdata.errors import ChatDataError, DatabaseUnavailable, NotConfigured, RedisUnavailable
from chatdata.services.catalog import list_sessions
from chatdata.services.lint_all import how_many, lint_all, lint_and_keep
from chatdata.services.session_stores import SessionStores
from chatdata.services.sessions import ChatSessions
from chatdata.settings.stores import RedisSettings
from chatdata.stores.app_db import AppDatabase
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database, SessionFilter
from tests.support import servers
from tests.support.builders import DIALECTS, START, database_url, fill, message, new_session, talk, tool_call

MODEL = model_facts("gpt-4o")
UNKNOWN = model_facts("no-such-model")
CALLING = message("assistant", None, tool_calls=[tool_call()])
DONE = message("tool", "done", tool_call_id="call_1")
STORED: dict[str, list[ChatMessage]] = {
    "orphan": [*talk(2), message("tool", "late", tool_call_id="call_x")],
    "fine": talk(2),
    "only-mistral": [message(), CALLING, DONE],
    "critic": [message("critic"), *talk(2)],
    "empty": [],
}


def made(url: str, redis_url: str) -> ChatSessions:
    cache = SessionCache(RedisSettings(url=redis_url), session_ttl=600, write=True)
    return ChatSessions(SessionStores(Database.open(url, write=True), cache))


@pytest.fixture(params=DIALECTS)
def sessions(request: pytest.FixtureRequest, tmp_path: Path, redis_url: str) -> Iterator[ChatSessions]:
    """A database and a real Valkey with the same sessions in both."""
    with closing(made(database_url(request.param, request, tmp_path), redis_url)) as opened:
        for session_id, messages in STORED.items():
            opened.upsert_chat_session(new_session(session_id, messages=messages))
        yield opened


@pytest.fixture
def kept(tmp_path: Path) -> AppDatabase:
    return AppDatabase(tmp_path / "kept", "here")


def rejecting(sessions: ChatSessions, source: Source) -> dict[str, tuple[str, ...] | None]:
    return {
        linted.session_id: linted.judged and linted.judged.rejected_by
        for linted in lint_all(sessions.stores, source, MODEL)
    }


# The walk


@pytest.mark.parametrize("source", ["database", "cache"])
def test_every_session_of_a_store_is_judged_once(sessions: ChatSessions, source: Source) -> None:
    found = rejecting(sessions, source)
    assert found == {
        "orphan": PROVIDERS,
        "fine": (),
        "only-mistral": ("mistral",),
        "critic": (),
        "empty": (),
    }
    assert how_many(sessions.stores, source) == len(found)
    assert len(list(lint_all(sessions.stores, source, MODEL))) == len(found)


def test_the_walk_says_of_each_what_judging_it_alone_says(sessions: ChatSessions) -> None:
    for linted in lint_all(sessions.stores, "database", MODEL):
        copy = sessions.stores.read_copies(linted.session_id).stored
        assert isinstance(copy, StoredCopy)
        assert linted.judged == assess(copy.messages, MODEL)


def test_each_copy_is_judged_for_itself(sessions: ChatSessions) -> None:
    sessions.cache_chat_session(new_session("fine", messages=STORED["orphan"]))
    sessions.cache_chat_session(new_session("ghost", messages=talk(1)))
    sessions.invalidate_session_cache("orphan")
    assert rejecting(sessions, "database")["fine"] == ()
    found = rejecting(sessions, "cache")
    assert (found["fine"], "orphan" in found, "ghost" in found) == (PROVIDERS, False, True)


def test_more_sessions_than_are_read_at_once_are_all_seen(sessions: ChatSessions) -> None:
    assert sessions.stores.database is not None
    fill(sessions.stores.database, *(new_session(f"s-{number:04}", messages=1) for number in range(1_100)))
    assert len({linted.session_id for linted in lint_all(sessions.stores, "database", MODEL)}) == 1_100 + len(STORED)


def test_a_document_that_can_not_be_read_is_passed_over(sessions: ChatSessions, kept: AppDatabase) -> None:
    assert sessions.stores.cache is not None
    sessions.stores.cache.put_raw("orphan", b"{broken")
    assert rejecting(sessions, "cache")["orphan"] is None
    run = lint_and_keep(sessions.stores, kept, "cache", MODEL)
    assert (run.sessions, dict(run.rejected)) == (len(STORED) - 1, {"only-mistral": ("mistral",)})


def test_a_session_that_is_deleted_meanwhile_is_passed_over(sessions: ChatSessions) -> None:
    walk = lint_all(sessions.stores, "database", MODEL)
    first = next(walk).session_id
    gone = next(name for name in STORED if name != first)
    sessions.delete_chat_session(gone)
    assert {linted.session_id for linted in walk if linted.judged is None} == {gone}


# What is kept


def test_what_is_kept_is_what_the_filter_of_the_list_uses(sessions: ChatSessions, kept: AppDatabase) -> None:
    assert kept.last_lint("database", MODEL.name) is None
    seen: list[str] = []
    moments = iter((START, START + timedelta(seconds=5)))
    run = lint_and_keep(
        sessions.stores,
        kept,
        "database",
        MODEL,
        each=lambda linted: seen.append(linted.session_id),
        clock=lambda: next(moments),
    )
    assert sorted(seen) == sorted(STORED)
    assert (run.started_at, run.finished_at) == (START, START + timedelta(seconds=5))
    assert kept.last_lint("database", MODEL.name) == run
    wanted = SessionFilter(only_ids=frozenset(run.rejected))
    assert {line.summary.session_id for line in list_sessions(sessions.stores, wanted).lines} == {
        "orphan",
        "only-mistral",
    }


def test_nobody_rejected_is_kept_too_and_lists_nothing(sessions: ChatSessions, kept: AppDatabase) -> None:
    for session_id in ("orphan", "only-mistral"):
        sessions.delete_chat_session(session_id)
    run = lint_and_keep(sessions.stores, kept, "database", UNKNOWN)
    assert (kept.last_lint("database", UNKNOWN.name), dict(run.rejected), run.sessions) == (
        run,
        {},
        3,
    )
    assert list_sessions(sessions.stores, SessionFilter(only_ids=frozenset(run.rejected))).lines == ()


def test_a_run_of_another_deployment_is_not_shown(sessions: ChatSessions, kept: AppDatabase, tmp_path: Path) -> None:
    lint_and_keep(sessions.stores, kept, "database", MODEL)
    with closing(Database.open(f"sqlite:///{tmp_path}/other.db", write=True)) as other:
        for stores in (SessionStores(other, None), SessionStores(sessions.stores.database, None)):
            of_another = AppDatabase(tmp_path / "kept", stores.deployment)
            assert of_another.last_lint("database", MODEL.name) is None


def test_runs_of_the_other_copy_or_another_model_say_nothing_of_this_one(
    sessions: ChatSessions, kept: AppDatabase
) -> None:
    run = lint_and_keep(sessions.stores, kept, "database", MODEL)
    lint_and_keep(sessions.stores, kept, "cache", MODEL)
    lint_and_keep(sessions.stores, kept, "database", UNKNOWN)
    assert kept.last_lint("database", MODEL.name) == run


def test_no_password_is_kept(kept: AppDatabase, tmp_path: Path, redis_url: str) -> None:
    with servers.valkey_server(password="hush-hush") as locked:
        with closing(made(f"sqlite:///{tmp_path}/chat.db", locked.url)) as sessions:
            sessions.upsert_chat_session(new_session(messages=1))
            assert lint_and_keep(sessions.stores, kept, "cache", MODEL).sessions == 1
    files = [file for file in (tmp_path / "kept").iterdir() if file.is_file()]
    assert files
    assert not any(b"hush" in file.read_bytes() for file in files)


# Stores that are not there


@pytest.mark.parametrize("source", ["database", "cache"])
def test_a_store_that_no_setting_names_is_said(sessions: ChatSessions, source: Source) -> None:
    other = (
        ChatSessions(SessionStores(None, sessions.stores.cache))
        if source == "database"
        else ChatSessions(SessionStores(sessions.stores.database, None))
    )
    assert how_many(other.stores, source) is None
    with pytest.raises(NotConfigured):
        list(lint_all(other.stores, source, MODEL))


@pytest.fixture(params=["sqlite", "postgresql", "valkey"])
def dying(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[ChatSessions, Source, Callable[[], None]]]:
    """Sessions, the store whose end is near, and what ends it."""
    folder = tmp_path / "there"
    folder.mkdir()
    url = f"sqlite:///{folder}/chat.db"
    with servers.valkey_server() as valkey:
        if request.param == "postgresql":
            with servers.postgres_server(own=True) as postgres, closing(made(postgres.base, valkey.url)) as opened:
                yield opened, "database", postgres.kill
            return
        with closing(made(url, valkey.url)) as opened:

            def take_away() -> None:  # an open file outlives its folder
                assert opened.stores.database is not None
                opened.stores.database.close()
                folder.rename(tmp_path / "away")
                folder.touch()

            yield (opened, "cache", valkey.kill) if request.param == "valkey" else (opened, "database", take_away)


def test_a_store_that_dies_in_the_middle_ends_the_run_and_nothing_of_it_is_kept(
    dying: tuple[ChatSessions, Source, Callable[[], None]], kept: AppDatabase
) -> None:
    sessions, source, end = dying
    for number in range(5):
        sessions.upsert_chat_session(new_session(f"s-{number}", messages=STORED["orphan"]))
    before = lint_and_keep(sessions.stores, kept, source, MODEL)
    seen: list[str] = []

    def each(linted: object) -> None:
        seen.append(str(linted))
        if len(seen) == 2:
            end()

    expected: type[ChatDataError] = DatabaseUnavailable if source == "database" else RedisUnavailable
    with pytest.raises(expected, match="can't be"):
        lint_and_keep(sessions.stores, kept, source, MODEL, each=each)
    assert len(seen) == 2
    assert kept.last_lint(source, MODEL.name) == before


def test_a_window_of_the_last_messages_breaks_the_sessions_whose_results_lose_their_call(
    sessions: ChatSessions, kept: AppDatabase
) -> None:
    calling = [message(), CALLING, DONE, message("assistant", "Done."), message(), message("assistant", "Yes.")]
    sessions.upsert_chat_session(new_session("cut", messages=calling))
    for source in ("database", "cache"):
        broken = {
            last: {
                linted.session_id
                for linted in lint_all(sessions.stores, source, MODEL, last=last)
                if linted.judged and "orphan_tool_result" in {one.code for one in linted.judged.report.findings}
            }
            for last in (3, 4, 5, 99)
        }
        assert "cut" in broken[4]
        assert [last for last, ids in broken.items() if "cut" in ids] == [4]
        whole = {one.session_id: one.judged for one in lint_all(sessions.stores, source, MODEL)}
        windowed = {one.session_id: one.judged for one in lint_all(sessions.stores, source, MODEL, last=99)}
        assert windowed == whole


def test_a_run_over_cut_sessions_is_not_kept(sessions: ChatSessions, kept: AppDatabase) -> None:
    lint_and_keep(sessions.stores, kept, "database", MODEL)
    whole = kept.last_lint("database", MODEL.name)
    lint_and_keep(sessions.stores, kept, "database", MODEL, last=1)
    assert kept.last_lint("database", MODEL.name) == whole
