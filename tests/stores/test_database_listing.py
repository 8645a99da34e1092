"""The list of sessions: each session once, in both directions, with any filter, and matching totals."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from chatdata.domain.messages import ChatSession
from chatdata.domain.messages.markers import turn_end
from chatdata.domain.summaries import Cursor, SessionSummary, SessionTotals, Sort
from chatdata.services.catalog import place_of
from chatdata.stores.database import Database, SessionFilter, paging
from tests.support.builders import DIALECTS, START, database_url, fill, message, minutes, new_session, talk, tool_call
from tests.support.laws import examples

MANY = 40_000


@pytest.fixture(params=DIALECTS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with closing(Database.open(database_url(request.param, request, tmp_path), write=True)) as database:
        yield database


def refill(database: Database, sessions: list[ChatSession]) -> None:
    with database.writing() as connection:
        connection.execute(text('DELETE FROM "ChatMessage"'))
        connection.execute(text('DELETE FROM "ChatSession"'))
    fill(database, *sessions)


def pages(
    database: Database, where: SessionFilter, limit: int, direction: Any, sort: Sort = "active"
) -> Iterator[list[SessionSummary]]:
    """All pages one after the other, each reached from the edge of the one before."""
    cursor: Cursor | None = None
    for _ in range(100):
        page = database.page(where, cursor, direction, limit, sort)
        yield list(page.sessions)
        if not (page.has_older if direction == "older" else page.has_newer):
            return
        cursor = page.sessions[-1 if direction == "older" else 0].cursor_by(sort)
    raise AssertionError("the list has no end")


def ids(lines: list[SessionSummary]) -> list[str]:
    return [line.session_id for line in lines]


def listed(database: Database, where: SessionFilter) -> set[str]:
    return set(ids(list(database.page(where).sessions)))


@dataclass(frozen=True)
class Spec:
    """A session by what filters ask for."""

    at: int
    messages: int
    prompt: int
    completion: int
    user: str | None

    def session(self, number: int) -> ChatSession:
        return new_session(
            f"s-{number:02}",
            self.user,
            self.messages,
            [(self.prompt, self.completion)],
            START + minutes(self.at),
            started_at=START - minutes(self.at * 3 % 5),
        )


SPECS = st.lists(
    st.builds(
        Spec,
        at=st.integers(0, 4),
        messages=st.integers(0, 3),
        prompt=st.integers(0, 3),
        completion=st.integers(0, 3),
        user=st.sampled_from(["u-1", "u-2", "U-1", None]),
    ),
    max_size=12,
)
BOUND = st.none() | st.integers(0, 4)
FILTERS = st.builds(
    SessionFilter,
    user_id=st.none() | st.sampled_from(["u-1", "u-3"]),
    user_contains=st.sampled_from(["", "u", "1", "_"]),
    active_since=st.none() | st.integers(0, 4).map(lambda at: START + minutes(at)),
    active_until=st.none() | st.integers(0, 4).map(lambda at: START + minutes(at)),
    min_messages=BOUND,
    max_messages=BOUND,
    min_tokens=BOUND,
    max_tokens=BOUND,
    only_ids=st.none() | st.frozensets(st.sampled_from(["s-00", "s-01", "s-02", "s-03", "nobody"])),
    without_ids=st.none() | st.frozensets(st.sampled_from(["s-00", "s-01", "s-02", "nobody"])),
)


def lets_through(where: SessionFilter, session: ChatSession) -> bool:
    """The filter said again, in Python."""
    tokens = session.prompt_tokens + session.completion_tokens
    user = session.user_id
    return all(
        (
            where.user_id is None or user == where.user_id,
            not where.user_contains or (user is not None and where.user_contains in user.lower()),
            within(session.updated_at, where.active_since, where.active_until),
            within(len(session.messages), where.min_messages, where.max_messages),
            within(tokens, where.min_tokens, where.max_tokens),
            where.only_ids is None or session.session_id in where.only_ids,
            where.without_ids is None or session.session_id not in where.without_ids,
        )
    )


def within(value: Any, low: Any, high: Any) -> bool:
    return (low is None or low <= value) and (high is None or value <= high)


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    specs=SPECS,
    where=FILTERS,
    limit=st.integers(1, 5),
    sort=st.sampled_from(get_args(Sort)),
    asked=st.sampled_from([1, 40]),
    few=st.sampled_from([2, 20_000]),
)
def test_pages_have_every_session_of_the_filter_once_and_totals_are_their_sums(
    database: Database, specs: list[Spec], where: SessionFilter, limit: int, sort: Sort, asked: int, few: int
) -> None:
    sessions = [spec.session(number) for number, spec in enumerate(specs)]
    refill(database, sessions)
    chosen = [session for session in sessions if lets_through(where, session)]
    expected = [item.session_id for item in sorted(chosen, key=ORDERS[sort], reverse=True)]

    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(paging, "_ASKED_FOR_EACH_LINE", asked)
        changed.setattr(paging, "_FEW", few)
        older = [line for page in pages(database, where, limit, "older", sort) for line in page]
        newer = [line for page in pages(database, where, limit, "newer", sort) for line in reversed(page)]
    assert ids(older) == expected
    assert ids(newer) == expected[::-1]
    before = [database.count_before(where, line.cursor_by(sort), sort) for line in older]
    assert before == list(range(len(expected)))
    assert database.totals(where) == SessionTotals(
        sessions=len(chosen),
        messages=sum(line.messages for line in older),
        prompt_tokens=sum(line.prompt_tokens for line in older),
        completion_tokens=sum(line.completion_tokens for line in older),
    )
    assert {line.session_id: line.messages for line in older} == {
        item.session_id: len(item.messages) for item in chosen
    }


ORDERS: dict[Sort, Callable[[ChatSession], Any]] = {
    "active": lambda session: (session.updated_at, session.session_id),
    "started": lambda session: (session.started_at, session.session_id),
    "messages": lambda session: (len(session.messages), session.session_id),
    "tokens": lambda session: (session.prompt_tokens + session.completion_tokens, session.session_id),
}
"""The orders of the list said again, in Python."""


@pytest.mark.parametrize("asked", [1, 3, 40])
@pytest.mark.parametrize("sort", get_args(Sort))
@pytest.mark.parametrize(
    "where",
    [
        SessionFilter(words="plover"),
        SessionFilter(words='"s-03"'),
        SessionFilter(tool="look_up"),
        SessionFilter(turn_end="failed"),
        SessionFilter(min_messages=3),
        SessionFilter(max_messages=1),
        SessionFilter(words="plover", max_messages=2, user_id="u-1"),
    ],
)
def test_sessions_told_by_their_messages_are_found_wherever_in_the_list_they_are(
    database: Database, monkeypatch: pytest.MonkeyPatch, where: SessionFilter, sort: Sort, asked: int
) -> None:
    monkeypatch.setattr(paging, "_ASKED_FOR_EACH_LINE", asked)
    fill(database, *(_odd_session(number) for number in range(20)))
    expected = {f"s-{number:02}" for number in range(20) if _is_meant(where, number)}
    for direction in ("older", "newer"):
        for limit in (1, 2, 7):
            lines = [line for page in pages(database, where, limit, direction, sort) for line in page]
            assert sorted(ids(lines)) == sorted(expected)
            places = [place_of(line, sort) for page in pages(database, where, limit, direction, sort) for line in page]
            assert direction == "newer" or places == sorted(places, reverse=True)


def _odd_session(number: int) -> ChatSession:
    messages = [message("user", "plover" if number % 5 == 0 else "heron")] if number % 4 else []
    if number % 7 == 1:
        messages.append(message("assistant", None, tool_calls=[tool_call(name="look_up")]))
    if number % 9 == 2:
        messages += [message("assistant", f"{ERROR} It failed."), message("user", "Again")]
    return new_session(f"s-{number:02}", f"u-{number % 2}", messages, at=START + minutes(number * 7 % 20))


def _is_meant(where: SessionFilter, number: int) -> bool:
    messages = _odd_session(number).messages
    return all(
        (
            where.words != "plover" or any(item.content == "plover" for item in messages),
            where.words != '"s-03"' or number == 3,
            not where.tool or any(item.tool_calls for item in messages),
            where.turn_end is None or any("failed" in (item.content or "") for item in messages),
            within(len(messages), where.min_messages, where.max_messages),
            where.user_id is None or where.user_id == f"u-{number % 2}",
        )
    )


def test_ids_with_what_means_something_in_an_array_are_found(database: Database) -> None:
    odd = ['a"b', "a\\b", "{a,b}", "NULL", "", " ", "a'b", "Ää\n", '\\"']
    fill(database, *(new_session(session_id) for session_id in (*odd, "other")))
    assert listed(database, SessionFilter(only_ids=frozenset(odd))) == set(odd)
    assert listed(database, SessionFilter(without_ids=frozenset(odd))) == {"other"}
    assert listed(database, SessionFilter(only_ids=frozenset({"\x00", "\ud800", "NULL"}))) == {"NULL"}


def test_an_empty_list_has_no_lines_and_no_pages_beside(database: Database) -> None:
    page = database.page(SessionFilter())
    assert (page.sessions, page.has_newer, page.has_older) == ((), False, False)
    assert database.totals(SessionFilter()) == SessionTotals(0, 0, 0, 0)
    assert database.users() == ((), 0)


def test_a_page_knows_whether_there_are_more_on_either_side(database: Database) -> None:
    fill(database, *(new_session(f"s-{n}", at=START + minutes(n)) for n in range(5)))
    first = database.page(SessionFilter(), limit=2)
    second = database.page(SessionFilter(), first.sessions[-1].cursor, limit=2)
    back = database.page(SessionFilter(), second.sessions[0].cursor, "newer", limit=2)
    last = database.page(SessionFilter(), direction="newer", limit=2)
    assert (ids(list(first.sessions)), first.has_newer, first.has_older) == (["s-4", "s-3"], False, True)
    assert (ids(list(second.sessions)), second.has_newer, second.has_older) == (["s-2", "s-1"], True, True)
    assert back == first
    assert (ids(list(last.sessions)), last.has_newer, last.has_older) == (["s-1", "s-0"], True, False)


def test_a_line_has_what_was_asked_first_and_answered_last(database: Database) -> None:
    said = [
        message("system", "be kind"),
        message("user", ""),
        message("user", "x" * 400),
        message("assistant", "first"),
        message("assistant", "last"),
        message("assistant", None),
        message("tool", "result"),
    ]
    fill(database, new_session("s-1", messages=said, usage=[(3, 1), (4, 1)], title="Trip"), new_session("s-2"))
    second, first = database.page(SessionFilter()).sessions
    assert first == SessionSummary("s-1", "u-1", "Trip", "x" * 300, "last", START, START, 7, 7, 2)
    assert (second.first_user_message, second.last_answer, second.messages) == (None, None, 0)


def test_both_ends_of_the_dates_are_inclusive_to_the_millisecond(database: Database) -> None:
    fill(database, new_session())
    millisecond = timedelta(milliseconds=1)
    for low, high, found in [(0, 0, {"s-1"}), (1, 1, set()), (-1, -1, set()), (-1, 1, {"s-1"})]:
        where = SessionFilter(active_since=START + low * millisecond, active_until=START + high * millisecond)
        assert listed(database, where) == found


def test_forty_thousand_ids_are_one_parameter(database: Database) -> None:
    fill(database, new_session("s-1"), new_session("s-2"))
    many = frozenset(f"other-{number}" for number in range(MANY))
    assert listed(database, SessionFilter(only_ids=many | {"s-1"})) == {"s-1"}
    assert listed(database, SessionFilter(without_ids=many | {"s-1"})) == {"s-2"}
    assert database.totals(SessionFilter(without_ids=many)).sessions == 2


def test_bounds_beyond_what_a_database_can_count_are_bounds(database: Database) -> None:
    fill(database, new_session("s-1", messages=1))
    beyond = 10**30
    assert listed(database, SessionFilter(max_tokens=beyond, max_messages=beyond, min_tokens=-beyond)) == {"s-1"}
    assert listed(database, SessionFilter(min_tokens=beyond)) == set()
    assert listed(database, SessionFilter(min_messages=2**31)) == set()


def test_token_sums_go_beyond_what_an_integer_column_holds(database: Database) -> None:
    most = 2**31 - 1
    fill(database, new_session("s-1", usage=[(most, most)]), new_session("s-2", usage=[(most, most)]))
    assert listed(database, SessionFilter(min_tokens=2 * most)) == {"s-1", "s-2"}
    assert listed(database, SessionFilter(min_tokens=2 * most + 1)) == set()
    totals = database.totals(SessionFilter())
    assert (totals.prompt_tokens, totals.completion_tokens) == (2 * most, 2 * most)
    ((user,), _) = database.users()
    assert user.prompt_tokens == 2 * most


@pytest.mark.parametrize(("sort", "column"), [("active", "updatedAt"), ("started", "createdAt")])
@pytest.mark.parametrize("direction", ["older", "newer"])
def test_sessions_at_the_ends_of_time_are_listed_once(pg_url: str, direction: Any, sort: Sort, column: str) -> None:
    moments = ["infinity", "infinity", "294000-01-01", "12000-01-01", "-infinity", "-infinity", "4000-01-01 BC"]
    with closing(Database.open(pg_url, write=True)) as database:
        fill(database, *(new_session(f"s-{number}") for number in range(len(moments) + 1)))
        with psycopg.connect(pg_url) as connection:
            for number, moment in enumerate(moments):
                parameters = (moment, f"s-{number}")
                connection.execute(f'UPDATE "ChatSession" SET "{column}" = %s WHERE id = %s', parameters)
        for limit in (1, 2, 3):
            lines = [line for page in pages(database, SessionFilter(), limit, direction, sort) for line in page]
            assert sorted(ids(lines)) == [f"s-{number}" for number in range(len(moments) + 1)]
        fourth = database.page(SessionFilter(), sort=sort).sessions[3].cursor_by(sort)
        assert database.count_before(SessionFilter(), fourth, sort) == 3


@pytest.mark.parametrize("session_id", ["", "\x00", "\ud800", "x' OR 1=1"])
def test_a_cursor_from_a_url_with_any_text_is_a_place_in_the_list(database: Database, session_id: str) -> None:
    fill(database, new_session("s-1", at=START - minutes(1)), new_session("s-2", at=START + minutes(1)))
    page = database.page(SessionFilter(), Cursor(START, session_id))
    assert ids(list(page.sessions)) == ["s-1"]
    assert database.count_before(SessionFilter(), Cursor(START, session_id)) == 1


def test_users_have_the_sums_of_their_sessions_last_seen_first(database: Database) -> None:
    fill(
        database,
        new_session("s-1", "ann", talk(2), [(1, 2)], START),
        new_session("s-2", "ann", talk(2), [(10, 20)], START + minutes(5), started_at=START - minutes(9)),
        new_session("s-3", "bob", talk(2), [(100, 200)], START + minutes(9)),
        new_session("s-4", None, at=START - minutes(99)),
    )
    users, count = database.users()
    found = [(u.user_id, u.sessions, u.prompt_tokens, u.completion_tokens, u.first_seen, u.last_seen) for u in users]
    assert found == [
        ("bob", 1, 100, 200, START + minutes(9), START + minutes(9)),
        ("ann", 2, 11, 22, START - minutes(9), START + minutes(5)),
        (None, 1, 0, 0, START - minutes(99), START - minutes(99)),
    ]
    assert count == 3
    assert [user.user_id for user in database.users("AN")[0]] == ["ann"]
    assert [user.user_id for user in database.users(limit=1, offset=1)[0]] == ["ann"]
    assert database.users("%") == ((), 0)
    assert database.users(offset=9) == ((), 3)


def test_a_users_sessions_come_newest_first_with_their_total(database: Database) -> None:
    fill(database, *(new_session(f"s-{n}", f"u-{n % 2}", at=START + minutes(n // 4)) for n in range(12)))
    first, total = database.user_sessions("u-0", 4, 0)
    rest, _ = database.user_sessions("u-0", 4, 4)
    found = [item.session_id for item in first + rest]
    assert found == sorted(found, key=lambda item: (int(item[2:]) // 4, item), reverse=True)
    assert set(found) == {f"s-{n}" for n in range(0, 12, 2)}
    assert total == 6


def test_existing_keeps_the_order_given_and_repeats(database: Database) -> None:
    fill(database, new_session("s-1"), new_session("s-2"))
    assert database.existing(["s-2", "nobody", "s-1", "s-2"]) == ["s-2", "s-1", "s-2"]
    assert database.existing([]) == []


ERROR, RETRYABLE, NOTICE = "[__COPILOT_ERROR_f7a1__]", "[__COPILOT_RETRYABLE_ERROR_a9c2__]", "[__COPILOT_SYSTEM_e3b0__]"
ENDS = {
    "failed": [message("user", "Go"), message("assistant", f"{ERROR} It failed."), message("user", "Again")],
    "failed-retryable": [message("assistant", f"{RETRYABLE} It is busy.")],
    "stopped": [message("assistant", f"{NOTICE} Execution STOPPED by user.")],
    "both": [message("assistant", f"{NOTICE} Execution stopped by user."), message("assistant", f"{ERROR} Oh.")],
    "notice": [message("assistant", f"{NOTICE} The plan has changed.")],
    "quoted-inside": [message("assistant", f"The log says {ERROR}.")],
    "quoted-by-user": [message("user", f"{ERROR} What is this?"), message("tool", f"{ERROR}", tool_call_id="c")],
    "other-case": [message("assistant", f"{ERROR.lower()} It failed.")],
    "wildcards": [message("assistant", "[xxCOPILOTxERRORxf7a1xx] It failed.")],
    "empty": [],
}


def test_sessions_with_failed_and_stopped_turns_are_listed_and_counted(database: Database) -> None:
    refill(database, [new_session(name, messages=messages) for name, messages in ENDS.items()])
    for end, expected in {
        "failed": {"failed", "failed-retryable", "both"},
        "stopped": {"stopped", "both"},
    }.items():
        where = SessionFilter(turn_end=end)  # type: ignore[arg-type]
        assert listed(database, where) == expected
        assert database.totals(where).sessions == len(expected)
    assert listed(database, SessionFilter()) == ENDS.keys()


def test_the_filter_for_the_end_of_a_turn_agrees_with_the_marker_of_a_message(database: Database) -> None:
    refill(database, [new_session(name, messages=messages) for name, messages in ENDS.items()])
    for end in ("failed", "stopped"):
        expected = {name for name, messages in ENDS.items() if end in map(turn_end, messages)}
        assert listed(database, SessionFilter(turn_end=end)) == expected


def test_sessions_are_found_by_a_tool_that_was_called_whatever_else_rows_hold(database: Database) -> None:
    calls = [message("assistant", None, tool_calls=[tool_call("c-1", "look_up"), tool_call("c-2", "Fahrpläne")])]
    odd = [message("assistant", None, tool_calls=["look_up", {"function": "look_up"}, None])]
    fill(
        database,
        new_session("s-1", messages=calls),
        new_session("s-2", messages=[message("assistant", None, function_call={"name": "look_up", "arguments": "{}"})]),
        new_session("s-3", messages=[message("assistant", "look_up"), message("tool", "look_up", name="look_up")]),
        new_session("s-4", messages=odd),
    )
    assert listed(database, SessionFilter(tool="look_up")) == {"s-1", "s-2"}
    assert listed(database, SessionFilter(tool="Fahrpläne")) == {"s-1"}
    assert listed(database, SessionFilter(tool="look")) == set()


def test_damaged_calls_do_not_end_a_search_for_a_tool(tmp_path: Path) -> None:
    with closing(Database.open(f"sqlite:///{tmp_path}/chat.db", write=True)) as database:
        fill(database, new_session("s-1", messages=[message("assistant", None, tool_calls=[tool_call()])]), talked())
        damage = 'UPDATE "ChatMessage" SET "toolCalls" = :calls, "functionCall" = :calls WHERE "sessionId" = :id'
        for calls in ("[{", "7", '"text"', b"\xff\x00"):
            with database.writing() as connection:
                connection.execute(text(damage), {"calls": calls, "id": "s-2"})
            assert listed(database, SessionFilter(tool="find_agent")) == {"s-1"}


def talked() -> ChatSession:
    return new_session("s-2", messages=talk(2))
