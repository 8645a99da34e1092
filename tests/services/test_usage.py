"""Usage from real stores: mismatching totals, a conversation's three counts, and unavailable stores."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from chatdata.domain.messages import Usage
from chatdata.domain.tokens import model_facts
from chatdata.errors import DatabaseUnavailable, NotConfigured, RedisUnavailable, StatementTimeout
from chatdata.services import usage as metering
from chatdata.services.catalog import list_sessions, sum_sessions
from chatdata.services.connect import connect
from chatdata.services.demo.seeding import seed_demo
from chatdata.services.inspection import compare_session
from chatdata.services.session_stores import SessionStores
from chatdata.services.sessions import ChatSessions
from chatdata.settings.stores import RedisSettings, Settings
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database, SessionFilter
from tests.support.builders import START, fill, message, minutes, new_session, tool_call
from tests.support.servers import UNREACHABLE
from tests.support.usage_rows import UNANSWERED, amounts, by_tool, read_all

ALL = SessionFilter()


@pytest.fixture
def sessions(tmp_path: Path, redis_url: str) -> Iterator[ChatSessions]:
    database = Database.open(f"sqlite:///{tmp_path / 'chat.db'}", write=True)
    cache = SessionCache(RedisSettings(url=redis_url), session_ttl=3_600, write=True)
    with closing(ChatSessions(SessionStores(database, cache))) as sessions:
        yield sessions


def keep(
    sessions: ChatSessions, session_id: str, usage: list[tuple[int, int]], cached: list[tuple[int, int]], **more: Any
) -> None:
    """A session whose rows and cached list may count differently."""
    session = new_session(session_id, usage=usage, messages=more.pop("messages", 2), **more)
    assert sessions.stores.database is not None
    fill(sessions.stores.database, session)
    sessions.cache_chat_session(session.model_copy(update={"usage": [Usage.of(*item) for item in cached]}))


def test_sessions_whose_two_sums_part_are_listed_the_largest_difference_first(sessions: ChatSessions) -> None:
    keep(sessions, "same", [(10, 2)], [(4, 1), (6, 1)])
    keep(sessions, "nothing", [], [(0, 0)])
    keep(sessions, "less", [(100, 2)], [(40, 1)])
    keep(sessions, "not-recorded", [], [(900, 30)], user_id="u-2")
    found = metering.mismatches(sessions.stores, ALL)
    assert [one.session.session_id for one in found.found] == ["not-recorded", "less"]
    assert found.found[0].session.total_tokens is None
    assert (found.found[1].cached_prompt_tokens, found.found[1].cached_completion_tokens) == (40, 1)
    assert (found.compared, found.complete, found.unreadable) == (4, True, 0)
    for one in found.found:
        kinds = {finding.kind for finding in compare_session(sessions.stores, one.session.session_id)[1].findings}
        assert "usage_mismatch" in kinds
    mine = metering.mismatches(sessions.stores, SessionFilter(user_id="u-2"))
    assert ([one.session.session_id for one in mine.found], mine.compared) == (["not-recorded"], 1)


def test_comparing_is_bounded_and_says_so(sessions: ChatSessions) -> None:
    for number in range(5):
        keep(sessions, f"s-{number}", [(1, 1)], [(2, 2)])
    some, all_of = (
        metering.mismatches(sessions.stores, ALL, limit=3),
        metering.mismatches(sessions.stores, ALL, limit=5),
    )
    assert (some.compared, len(some.found), some.complete) == (3, 3, False)
    assert (all_of.compared, len(all_of.found), all_of.complete) == (5, 5, True)


def test_a_document_that_cannot_be_read_is_counted_apart(sessions: ChatSessions, redis_url: str) -> None:
    keep(sessions, "broken", [(1, 1)], [(1, 1)])
    assert sessions.stores.cache is not None
    sessions.stores.cache.put_raw("broken", b"{")
    found = metering.mismatches(sessions.stores, ALL)
    assert (found.found, found.compared, found.unreadable) == ((), 0, 1)


def test_one_conversation_has_three_numbers_that_are_never_mixed(sessions: ChatSessions) -> None:
    talk = [
        message("user", "hello"),
        message("assistant", None, tool_calls=[tool_call("a", "find_agent")]),
        message("tool", "x" * 9_000, tool_call_id="a"),
        message("assistant", "done"),
    ]
    keep(sessions, "s", [(999, 9)], [(100, 5), (2_000, 7)], messages=talk)
    model = model_facts("gpt-4o")
    found = metering.conversation_usage(sessions.stores.read_copies("s"), model)
    assert found.recorded == metering.Sums(999, 9)
    assert found.growth is not None
    assert (found.growth.prompt_tokens, found.growth.completion_tokens) == (2_100, 12)
    assert found.growth.turns[1].jump is not None
    assert found.growth.turns[1].jump.tool == "find_agent"
    assert found.differs
    assert [turn.position for turn in found.estimates] == [1, 3]
    assert found.estimated_from == "database"

    sessions.invalidate_session_cache("s")
    alone = metering.conversation_usage(sessions.stores.read_copies("s"), model)
    assert (alone.recorded, alone.growth, alone.differs) == (found.recorded, None, False)
    assert "stored nowhere else" in alone.no_growth
    assert alone.estimates == found.estimates
    gone = metering.conversation_usage(sessions.stores.read_copies("nobody"), model)
    assert (gone.recorded, gone.growth, gone.estimates, gone.estimated_from) == (None, None, (), None)


def test_usage_needs_the_rows_and_mismatches_both_stores(sessions: ChatSessions, tmp_path: Path) -> None:
    for ask in (metering.overview, metering.by_user, metering.by_tool, metering.spread, metering.mismatches):
        with pytest.raises(NotConfigured, match="Usage is counted from the database's rows"):
            keepers = SessionStores(None, sessions.stores.cache)
            sessions.cache_chat_session(new_session("s", usage=[(1, 1)]))
            ask(keepers, ALL)
    with pytest.raises(NotConfigured, match="REDIS_URL"):
        metering.mismatches(SessionStores(sessions.stores.database, None), ALL)
    unreachable = SessionCache(RedisSettings(url=f"redis://{UNREACHABLE}:1"), session_ttl=60)
    with pytest.raises(RedisUnavailable):
        metering.mismatches(SessionStores(sessions.stores.database, unreachable), ALL)
    with (
        closing(Database.open(f"postgresql://reader@{UNREACHABLE}:1/x")) as nowhere,
        pytest.raises(DatabaseUnavailable),
    ):
        metering.overview(SessionStores(nowhere, None), ALL)


def test_a_question_over_the_timeout_is_stopped_and_says_what_to_narrow(pg_url: str) -> None:
    with closing(Database.open(pg_url, write=True)) as database:
        fill(database, *(new_session(f"s-{number}", messages=2) for number in range(3)))
    with closing(ChatSessions(SessionStores(Database.open(pg_url, statement_timeout=0.5), None))) as sessions:
        with psycopg.connect(pg_url) as other:
            other.execute('LOCK TABLE "ChatMessage" IN ACCESS EXCLUSIVE MODE')
            with pytest.raises(StatementTimeout, match=r"Narrow it \(a user, a shorter time\)"):
                metering.by_tool(sessions.stores, ALL)
        assert metering.totals(sessions.stores, ALL).amounts.messages == 6


def test_the_cached_list_knows_the_same_filters(sessions: ChatSessions) -> None:
    titles = {"a": "Reset the password", "b": "Refund", "c": None}
    for number, (session_id, title) in enumerate(titles.items()):
        user = ("ana", "bob", None)[number]
        keep(sessions, session_id, [(1, 1)], [(1, 1)], user_id=user, title=title, at=START + minutes(number))
    cached = ChatSessions(SessionStores(None, sessions.stores.cache))
    filters = {
        SessionFilter(user_ids=frozenset({"ana", None})): {"a", "c"},
        SessionFilter(user_ids=frozenset()): set(),
        SessionFilter(title_words="PASSWORD reset"): {"a"},
        SessionFilter(title_words='"reset password"'): set(),
        SessionFilter(started_since=START + minutes(1)): {"b", "c"},
        SessionFilter(started_until=START + minutes(1)): {"a", "b"},
        SessionFilter(started_since=START + minutes(1), started_until=START + minutes(1)): {"b"},
    }
    for where, expected in filters.items():
        for both in (cached, sessions):
            assert {line.summary.session_id for line in list_sessions(both.stores, where).lines} == expected
        totals = sum_sessions(sessions.stores, where)
        assert totals is not None
        assert totals.sessions == metering.totals(sessions.stores, where).amounts.sessions == len(expected)


def test_sessions_at_any_time_are_counted_by_all_of_a_filter_but_its_period(sessions: ChatSessions) -> None:
    for number, user in enumerate(("ana", "ana", "bob")):
        keep(sessions, f"s{number}", [(1, 1)], [(1, 1)], user_id=user, at=START + minutes(number))
    where = SessionFilter(user_id="ana", started_since=START + minutes(1), started_until=START + minutes(1))
    assert metering.totals(sessions.stores, where).amounts.sessions == 1
    assert metering.sessions_at_any_time(sessions.stores, where) == 2
    with pytest.raises(NotConfigured, match="no database"):
        metering.sessions_at_any_time(SessionStores(None, sessions.stores.cache), where)


def test_the_demo_conversations_count_as_a_plain_loop_counts_them(tmp_path: Path) -> None:
    with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(tmp_path / "demo")})) as connected:
        seed_demo(connected, START)
        assert connected.stores.database is not None
        plain = read_all(connected.stores.database)
        overview = metering.overview(connected.stores, ALL)
        tools = metering.by_tool(connected.stores, ALL).tools
    found = overview.totals
    assert (found.sessions, found.recorded, found.messages, found.tool_calls) == amounts(plain)[:4]
    assert (found.prompt_tokens, found.completion_tokens, found.turns, found.damaged) == amounts(plain)[4:8]
    expected = by_tool(plain)
    assert {tool.name: (tool.calls, tool.results, tool.failures) for tool in tools} == {
        name: (tool.calls, len(tool.sizes), tool.failures) for name, tool in expected.items() if name is not UNANSWERED
    }
