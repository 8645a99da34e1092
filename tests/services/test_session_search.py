"""What the masked level hides can't be found by searching either; what it shows is found as in the full level."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from chatdata import ChatMessage, ChatSession, ChatSessions, Usage
from chatdata.domain.copies import PrivacyLevel
from chatdata.errors import StatementTimeout
from chatdata.services.catalog import CachedOnly, Sort
from chatdata.services.finder import NoSessionMatch, SessionMatch
from chatdata.services.inspection import Inspection
from chatdata.services.session_search import SessionSearch
from chatdata.services.session_stores import SessionStores
from chatdata.settings.stores import RedisSettings
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database, SessionFilter
from tests.support.builders import tool_call

START = datetime(2026, 2, 20, 10, tzinfo=UTC)
KEY = b"k" * 32
NOWHERE = "zzzz-nowhere-zzzz"
DOWN = "postgresql://nobody:secret@127.0.0.1:1/none"
SESSIONS = 7
HIDDEN = (
    "jane.doe@corp.example",
    "jane.d",
    "doe@corp",
    "4111 1111 1111 1111",
    "4111 1111",
    "+49 30 901820",
    "901820",
    "sk-proj-Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4z",
    "Ab3dEf6hIj9",
)
"""Values of the masked kinds, and pieces of them, none of which stands elsewhere."""
SECRET = (
    "Write to jane.doe@corp.example, card 4111 1111 1111 1111, phone +49 30 901820, "
    "key sk-proj-Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4z please."
)


@pytest.fixture
def stores(tmp_path, redis_url: str) -> Iterator[SessionStores]:
    times = iter(START + timedelta(minutes=minute) for minute in range(1000))
    made = SessionStores(
        Database.open(f"sqlite:///{tmp_path}/chat.db", write=True),
        SessionCache(RedisSettings(url=redis_url), session_ttl=600, write=True),
        now=lambda: next(times),
    )
    for number in range(SESSIONS):
        session = ChatSession.new(f"user-{number}", session_id=f"s{number}", now=START)
        session.title = f"Invoice {number} for jane.doe@corp.example"
        session.messages = [
            ChatMessage(role="user", content=f"{SECRET} Apples {number}."),
            ChatMessage(role="assistant", tool_calls=[tool_call(f"call_secret{number}", arguments='{"q": "pears"}')]),
            ChatMessage(role="tool", content="found", tool_call_id=f"call_secret{number}"),
        ]
        session.usage = [Usage.of(10, number)]
        ChatSessions(made).upsert_chat_session(session)
    yield made
    made.close()


def search_of(stores: SessionStores, view: PrivacyLevel = "masked", seconds: float = 60) -> SessionSearch:
    return SessionSearch(stores, view, lambda: KEY, seconds=seconds)


def answer(search: SessionSearch, where: SessionFilter, cached: CachedOnly = "any") -> object:
    """All that a list tells."""
    return search.page(where, cached=cached), search.totals(where, cached), list(search.lines(where, cached))


@pytest.mark.parametrize("cached", ["any", "cached", "uncached"])
@pytest.mark.parametrize("hidden", HIDDEN)
def test_a_hidden_value_gets_the_answer_of_one_that_does_not_exist(
    stores: SessionStores, hidden: str, cached: CachedOnly
) -> None:
    quoted = f'"{hidden}"'
    search = search_of(stores)
    nothing = answer(search, SessionFilter(words=NOWHERE), cached)
    assert answer(search, SessionFilter(words=quoted), cached) == nothing
    assert answer(search, SessionFilter(words=f"apples {quoted}"), cached) == nothing
    assert answer(search, SessionFilter(title_words=quoted), cached) == nothing
    if cached != "uncached":
        assert len(search_of(stores, "full").page(SessionFilter(words=quoted), cached=cached).lines) == SESSIONS


@pytest.mark.parametrize("hidden", HIDDEN)
def test_a_list_of_cached_sessions_alone_tells_no_more(stores: SessionStores, hidden: str) -> None:
    for without in (SessionStores(None, stores.cache), SessionStores(Database.open(DOWN), stores.cache)):
        search = search_of(without)
        assert answer(search, SessionFilter(words=f'"{hidden}"')) == answer(search, SessionFilter(words=NOWHERE))


@pytest.mark.parametrize("where", [SessionFilter(words="apples"), SessionFilter(title_words="invoice")])
def test_what_the_level_shows_is_found_page_by_page_as_in_the_full_level(
    stores: SessionStores, where: SessionFilter
) -> None:
    masked, full = search_of(stores), search_of(stores, "full")
    assert masked.totals(where) == full.totals(where)
    cursor = None
    for number in range(4):
        one, other = (search.page(where, cursor=cursor, limit=2) for search in (masked, full))
        assert [line.summary for line in one.lines] == [line.summary for line in other.lines]
        assert (one.has_newer, one.has_older) == (other.has_newer, other.has_older) == (number > 0, number < 3)
        first = one.lines[0].summary.cursor
        assert masked.count_before(where, "any", first) == full.count_before(where, "any", first) == 2 * number
        back, there = (search.page(where, cursor=first, direction="newer", limit=2) for search in (masked, full))
        assert [line.summary for line in back.lines] == [line.summary for line in there.lines]
        assert (back.has_newer, back.has_older) == (there.has_newer, there.has_older)
        cursor = one.lines[-1].summary.cursor
    last, other = (search.page(where, direction="newer", limit=2) for search in (masked, full))
    assert [line.summary for line in last.lines] == [line.summary for line in other.lines]
    assert [line.summary for line in masked.lines(where)] == [line.summary for line in full.lines(where)]


@pytest.mark.parametrize("sort", get_args(Sort))
def test_the_list_of_a_redacted_search_has_the_same_order_as_that_of_the_full_level(
    stores: SessionStores, sort: Sort
) -> None:
    masked, full = search_of(stores), search_of(stores, "full")
    where, cursor, seen = SessionFilter(words="apples"), None, []
    for _ in range(4):
        one, other = (search.page(where, cursor=cursor, limit=2, sort=sort) for search in (masked, full))
        assert [line.summary for line in one.lines] == [line.summary for line in other.lines]
        assert (one.has_newer, one.has_older) == (other.has_newer, other.has_older)
        first, cursor = one.lines[0].summary.cursor_by(sort), one.lines[-1].summary.cursor_by(sort)
        assert masked.count_before(where, "any", first, sort) == full.count_before(where, "any", first, sort)
        assert masked.count_before(where, "any", first, sort) == len(seen)
        seen += one.lines
    assert len(seen) == SESSIONS


def test_a_search_says_how_many_messages_match_which_is_first_and_shows_its_words(stores: SessionStores) -> None:
    search, where = search_of(stores, "full"), SessionFilter(words="pears found")
    lines = search.page(where).lines
    matches = search.word_matches(lines, where)
    assert set(matches) == {line.summary.session_id for line in lines}
    found = matches["s3"]
    assert (found.messages, found.position, found.role, found.snippet.word) == (2, 1, "assistant", "pears")
    assert "«pears»" in found.snippet.marked
    assert search.word_matches(lines, SessionFilter()) == {}
    titles = SessionFilter(words="user-4")
    assert search.word_matches(search.page(titles).lines, titles) == {}


def test_matches_of_a_list_of_cached_sessions_alone_are_those_of_the_rows(stores: SessionStores) -> None:
    where = SessionFilter(words="pears")
    lines = search_of(stores, "full").page(where).lines
    known = search_of(stores, "full").word_matches(lines, where)
    for without in (SessionStores(None, stores.cache), SessionStores(Database.open(DOWN), stores.cache)):
        for view in ("full", "masked"):
            assert search_of(without, view).word_matches(lines, where) == known


@pytest.mark.parametrize("words", ["write", "card", "phone", *(f'"{hidden}"' for hidden in HIDDEN)])
def test_no_snippet_of_the_masked_level_holds_what_the_level_hides(stores: SessionStores, words: str) -> None:
    masked, full, where = search_of(stores), search_of(stores, "full"), SessionFilter(words=words)
    lines = full.page(where).lines
    assert len(lines) == SESSIONS  # even for lines that the masked level would not list
    matches = masked.word_matches(lines, where)
    assert len(matches) == (0 if words.startswith('"') else SESSIONS)
    told = repr(matches)
    assert not [hidden for hidden in HIDDEN if hidden in told]
    revealed = repr(full.word_matches(lines, where))
    assert [hidden for hidden in HIDDEN if hidden in revealed]


def test_the_structure_level_has_no_snippets_at_all(stores: SessionStores) -> None:
    where = SessionFilter(words="apples")
    lines = search_of(stores, "full").page(where).lines
    assert search_of(stores, "structure").word_matches(lines, where) == {}


def test_a_tool_is_searched_for_by_the_name_that_the_level_shows(stores: SessionStores) -> None:
    secret = "look_up_4111111111111111"
    session = ChatSession.new("mia", session_id="odd", now=START)
    session.messages = [ChatMessage(role="assistant", tool_calls=[tool_call("call_odd1", secret)])]
    ChatSessions(stores).upsert_chat_session(session)
    levels: tuple[PrivacyLevel, ...] = ("full", "masked", "structure")
    for view in levels:
        search = search_of(stores, view)
        assert len(search.page(SessionFilter(tool="find_agent")).lines) == SESSIONS
        shown = secret in repr(Inspection(stores, "odd", view, lambda: KEY).copies)
        assert len(search.page(SessionFilter(tool=secret)).lines) == shown
        assert shown == (view == "full")


def test_words_in_tool_arguments_and_ids_are_found(stores: SessionStores) -> None:
    search = search_of(stores)
    assert len(search.page(SessionFilter(words="pears")).lines) == SESSIONS
    assert [line.summary.session_id for line in search.page(SessionFilter(words="s3")).lines] == ["s3"]
    assert [line.summary.session_id for line in search.page(SessionFilter(words='"apples 4"')).lines] == ["s4"]


def test_without_words_nothing_is_redacted_and_without_pseudonyms_no_key_is_asked_for(stores: SessionStores) -> None:
    def no_key() -> bytes:
        raise AssertionError("asked for the key")

    assert len(SessionSearch(stores, "masked", no_key).page(SessionFilter()).lines) == SESSIONS
    assert len(SessionSearch(stores, "full", no_key).page(SessionFilter(words="apples")).lines) == SESSIONS


def test_a_search_that_takes_too_long_is_stopped(stores: SessionStores) -> None:
    with pytest.raises(StatementTimeout, match="stopped after 0 s"):
        search_of(stores, seconds=0).page(SessionFilter(words="apples"))


def test_a_tool_call_leads_to_its_session_only_where_its_id_is_shown(stores: SessionStores) -> None:
    assert search_of(stores, "full").locate("see call_secret3") == SessionMatch("s3", "database", 1, "tool call")
    assert search_of(stores, "masked").locate("see call_secret3") == SessionMatch("s3", "database", 1, "tool call")
    assert search_of(stores, "structure").locate("see call_secret3") == NoSessionMatch(())
    assert search_of(stores, "structure").locate("see call_nowhere") == NoSessionMatch(())
    assert search_of(stores, "structure").locate("s3") == SessionMatch("s3", "database", None, "session id")
