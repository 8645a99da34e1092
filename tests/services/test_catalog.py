"""The list of sessions, also with either store missing or down."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from chatdata import ChatMessage, ChatSession, ChatSessions, Usage
from chatdata.services.catalog import existing_ids, list_sessions, list_users, sum_sessions
from chatdata.services.session_stores import SessionStores
from chatdata.settings.stores import RedisSettings
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database, SessionFilter

START = datetime(2026, 2, 20, 10, tzinfo=UTC)
DOWN = "postgresql://nobody:secret@127.0.0.1:1/none"


@pytest.fixture
def sessions(tmp_path, redis_url: str) -> Iterator[ChatSessions]:
    times = iter(START + timedelta(minutes=minute) for minute in range(100))
    made = ChatSessions(
        SessionStores(
            Database.open(f"sqlite:///{tmp_path}/chat.db", write=True),
            SessionCache(RedisSettings(url=redis_url), session_ttl=600, write=True),
            now=lambda: next(times),
        )
    )
    for number in range(6):
        session = ChatSession.new("mia" if number % 2 else "noah", session_id=f"s{number}", now=START)
        session.messages = [ChatMessage(role="user", content=f"question {number}")] * (number + 1)
        session.usage = [Usage.of(10 * number, number)]
        made.upsert_chat_session(session)
    yield made
    made.close()


def test_lines_say_how_long_each_session_is_cached(sessions: ChatSessions) -> None:
    sessions.invalidate_session_cache("s4")
    listed = list_sessions(sessions.stores, SessionFilter())
    assert [line.summary.session_id for line in listed.lines] == ["s5", "s4", "s3", "s2", "s1", "s0"]
    assert [line.cached for line in listed.lines] == [True, False, True, True, True, True]
    assert listed.lines[0].expiry is not None
    assert 590 < (listed.lines[0].expiry.ttl_seconds or 0) <= 600


def test_ids_with_rows_are_told_from_others(sessions: ChatSessions) -> None:
    assert existing_ids(sessions.stores, ["s1", "never", "s4"]) == {"s1", "s4"}
    assert existing_ids(SessionStores(None, sessions.stores.cache), ["s1"]) == frozenset()


def test_a_filter_on_cached_sessions_and_on_the_others(sessions: ChatSessions) -> None:
    sessions.invalidate_session_cache("s4")
    cached = list_sessions(sessions.stores, SessionFilter(), cached="cached")
    uncached = list_sessions(sessions.stores, SessionFilter(), cached="uncached")
    assert len(cached.lines) == 5
    assert [line.summary.session_id for line in uncached.lines] == ["s4"]
    totals = sum_sessions(sessions.stores, SessionFilter(), "uncached")
    assert totals is not None
    assert (totals.sessions, totals.messages, totals.prompt_tokens) == (1, 5, 40)


def test_a_cache_that_is_down_leaves_the_rows_on_screen(sessions: ChatSessions) -> None:
    without = ChatSessions(
        SessionStores(sessions.stores.database, SessionCache(RedisSettings(url="redis://127.0.0.1:1"), session_ttl=60))
    )
    listed = list_sessions(without.stores, SessionFilter())
    assert len(listed.lines) == 6
    assert {line.cached for line in listed.lines} == {None}
    assert "127.0.0.1:1" in listed.problems[0]
    filtered = list_sessions(without.stores, SessionFilter(), cached="cached")
    assert len(filtered.lines) == 6
    assert "whether they are cached or not" in filtered.problems[0]


def test_words_beyond_the_limit_are_said_to_be_ignored(sessions: ChatSessions) -> None:
    listed = list_sessions(sessions.stores, SessionFilter(words="question " * 30))
    assert len(listed.lines) == 6
    assert listed.problems == ("Only the first 20 words are used; 10 more are ignored.",)


def test_a_database_that_is_down_leaves_the_cached_sessions_on_screen(sessions: ChatSessions) -> None:
    without = ChatSessions(SessionStores(Database.open(DOWN), sessions.stores.cache))
    listed = list_sessions(without.stores, SessionFilter())
    assert listed.source == "cache"
    assert [line.summary.session_id for line in listed.lines] == ["s5", "s4", "s3", "s2", "s1", "s0"]
    assert "secret" not in listed.problems[0]
    assert sum_sessions(without.stores, SessionFilter()) is None


def test_without_a_database_setting_the_cached_sessions_are_listed(sessions: ChatSessions) -> None:
    listed = list_sessions(SessionStores(None, sessions.stores.cache), SessionFilter())
    assert (len(listed.lines), listed.source) == (6, "cache")
    assert "DATABASE_URL" in listed.problems[0]


@pytest.mark.parametrize(
    "where",
    [
        SessionFilter(),
        SessionFilter(user_contains="MI"),
        SessionFilter(user_id="noah"),
        SessionFilter(without_user=True),
        SessionFilter(words="question 3"),
        SessionFilter(words='"question 3"'),
        SessionFilter(words="s2"),
        SessionFilter(min_messages=2, max_messages=4),
        SessionFilter(min_tokens=22, max_tokens=44),
        SessionFilter(active_since=START + timedelta(minutes=2), active_until=START + timedelta(minutes=4)),
        SessionFilter(words="nothing"),
    ],
    ids=str,
)
def test_the_cached_list_filters_as_the_database_does(sessions: ChatSessions, where: SessionFilter) -> None:
    stored = list_sessions(sessions.stores, where)
    cached = list_sessions(SessionStores(None, sessions.stores.cache), where)
    assert [line.summary for line in cached.lines] == [line.summary for line in stored.lines]


def test_unreadable_documents_are_counted_not_hidden(sessions: ChatSessions) -> None:
    assert sessions.stores.cache is not None
    sessions.stores.cache.put_raw("bad", b"{")
    listed = list_sessions(SessionStores(None, sessions.stores.cache), SessionFilter())
    assert len(listed.lines) == 6
    assert "1 cached document that can't be read" in listed.problems[1]


def test_users_come_from_whichever_store_answers(sessions: ChatSessions) -> None:
    stored = list_users(sessions.stores)
    cached = list_users(SessionStores(Database.open(DOWN), sessions.stores.cache))
    assert [(user.user_id, user.sessions, user.prompt_tokens) for user in stored.users] == [
        ("mia", 3, 90),
        ("noah", 3, 60),
    ]
    assert cached.users == stored.users
    assert cached.total == stored.total == 2


def test_failed_turns_are_also_found_in_the_cache_alone(sessions: ChatSessions) -> None:
    session = sessions.get_chat_session("s2", "noah")
    assert session is not None
    session.messages.append(ChatMessage(role="assistant", content="[__COPILOT_RETRYABLE_ERROR_a9c2__] Busy."))
    sessions.upsert_chat_session(session)
    alone = SessionStores(None, sessions.stores.cache)
    for stores in (sessions.stores, alone):
        for end, expected in {"failed": ["s2"], "stopped": []}.items():
            listed = list_sessions(stores, SessionFilter(turn_end=end))  # type: ignore[arg-type]
            assert [line.summary.session_id for line in listed.lines] == expected
