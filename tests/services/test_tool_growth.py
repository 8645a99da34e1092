"""Tokens caused by tool over many sessions: recorded and estimated, in both databases."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from chatdata import ChatMessage, ChatSession
from chatdata.domain.tokens import token_price
from chatdata.services.session_stores import SessionStores
from chatdata.services.usage import ToolGrowth, tool_growth
from chatdata.settings.stores import RedisSettings
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database, SessionFilter
from tests.support.builders import DIALECTS, database_url, fill, message, new_session, tool_call

ALL = SessionFilter()
FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)
PROMPT = token_price("gpt-4o").prompt  # type: ignore[union-attr]


@pytest.fixture(params=DIALECTS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with closing(Database.open(database_url(request.param, request, tmp_path), write=True)) as database:
        yield database


@pytest.fixture
def stores(database: Database, redis_url: str) -> SessionStores:
    return SessionStores(database, SessionCache(RedisSettings(url=redis_url), session_ttl=600, write=True))


def conversation(session_id: str, tool: str, day: int, user: str = "mia") -> ChatSession:
    """Three answers with a result of 400 characters after the first; the recorded growth is 150 tokens."""
    messages = [
        message(),
        ChatMessage(role="assistant", content="", tool_calls=[tool_call("c1", tool)]),
        ChatMessage(role="tool", tool_call_id="c1", content="x" * 400),
        message("assistant", "one"),
        message("assistant", "two"),
    ]
    turns = [(1_000, 10), (1_160, 10), (1_180, 10)]
    return new_session(session_id, user, messages, turns, FIRST + timedelta(days=day))


def test_a_cached_session_is_exact_and_any_other_an_estimate(database: Database, stores: SessionStores) -> None:
    fill(database, conversation("cached", "find", 0), conversation("rows", "find", 1), conversation("other", "run", 2))
    assert stores.cache is not None
    stores.cache.put(conversation("cached", "find", 0))
    found = tool_growth(stores, ALL, "gpt-4o")
    assert dict(found.tools) == {
        "find": ToolGrowth(150 + 100, 300 + 200, 200, 500 * PROMPT, 0),
        "run": ToolGrowth(100, 200, 200, 200 * PROMPT, 0),
    }
    assert (found.recorded, found.estimated, found.count, found.complete) == (1, 2, 3, True)
    assert (found.currency, found.cache_problem) == ("USD", "")


def test_the_filter_and_the_limits_say_what_was_covered(database: Database, stores: SessionStores) -> None:
    fill(database, *(conversation(f"s{day}", f"tool{day}", day, "ana" if day == 3 else "mia") for day in range(4)))
    fill(database, new_session("none", "mia", 4, [(1, 1)], FIRST + timedelta(days=9)))
    newest = tool_growth(stores, ALL, "gpt-4o", (2, 1_000))
    assert (set(newest.tools), newest.estimated, newest.count, newest.complete) == ({"tool3", "tool2"}, 2, 4, False)
    of_mia = tool_growth(stores, SessionFilter(user_ids=frozenset({"mia"})), "gpt-4o")
    assert (set(of_mia.tools), of_mia.count) == ({"tool0", "tool1", "tool2"}, 3)
    few = tool_growth(stores, ALL, "gpt-4o", (1_000, 0))
    assert (dict(few.tools), few.estimated, few.count) == ({}, 0, 4)


def test_a_cached_copy_that_lacks_answers_of_the_rows_is_not_used(database: Database, stores: SessionStores) -> None:
    whole = conversation("s1", "find", 0)
    fill(database, whole)
    assert stores.cache is not None
    behind = conversation("s1", "find", 0)
    stores.cache.put(behind.model_copy(update={"messages": behind.messages[:-1], "usage": behind.usage[:-1]}))
    found = tool_growth(stores, ALL, "gpt-4o")
    assert (found.recorded, found.estimated) == (0, 1)


def test_an_unknown_price_leaves_the_cost_unknown(database: Database, stores: SessionStores) -> None:
    fill(database, conversation("s1", "find", 0))
    assert tool_growth(stores, ALL, "no such model").tools["find"] == ToolGrowth(100, 200, 200, None, 200)
    assert tool_growth(stores, ALL, "").currency is None


def test_without_a_cache_everything_is_an_estimate_and_the_reason_is_said(database: Database) -> None:
    fill(database, conversation("s1", "find", 0))
    found = tool_growth(SessionStores(database, None), ALL, "gpt-4o")
    assert (found.recorded, found.estimated, found.cache_problem[:22]) == (0, 1, "No cache is configured")
    assert found.tools["find"].cost == 200 * PROMPT > Decimal()
