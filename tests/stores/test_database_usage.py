"""Every usage figure against a plain loop over raw rows, in both databases, with damaged rows too."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import astuple
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from chatdata.domain.dialects import CountName, UnknownCount
from chatdata.domain.imported import ImportedSource
from chatdata.domain.usage import Amounts, Spread, day_bounds, fold
from chatdata.services import usage
from chatdata.services.session_stores import SessionStores
from chatdata.services.sessions import ChatSessions
from chatdata.stores.app_db import AppDatabase
from chatdata.stores.database import Database, SessionFilter
from tests.support.builders import DIALECTS, database_url
from tests.support.usage_rows import (
    BACK,
    BERLIN,
    FORWARD,
    UNANSWERED,
    MessageSpec,
    PlainSession,
    SessionSpec,
    allow_null_totals,
    amounts,
    as_json,
    by_day,
    by_tool,
    by_user,
    by_word,
    call,
    clock_hours,
    percentile,
    read_all,
    refill,
    specs,
)

ALL = SessionFilter()
MANY = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with closing(Database.open(database_url(dialect, request, tmp_path), write=True)) as database:
        allow_null_totals(database)
        yield database


@pytest.fixture
def sessions(database: Database, tmp_path: Path) -> ChatSessions:
    return ChatSessions(SessionStores(database, None, app_db=AppDatabase(tmp_path / "own", "here")))


def fill(data: st.DataObject, sessions: ChatSessions, dialect: str) -> list[PlainSession]:
    """Sessions with counts, NULLs and damage, some of which the inspector knows to have unknown counts."""
    database, given = sessions.stores.require_database(), data.draw(specs(dialect))
    refill(database, dialect, given)
    which = st.lists(st.sampled_from(["", "prompt", "completion", "both"]), min_size=len(given), max_size=len(given))
    for at, name in enumerate(data.draw(which)):
        names: list[CountName] = ["prompt", "completion"] if name == "both" else [name] if name else []  # type: ignore[list-item]
        unknown = tuple(UnknownCount(one, "usage", "it is null") for one in names)
        assert sessions.stores.app_db is not None
        sessions.stores.app_db.keep_imported([ImportedSource(f"s-{at:02}", "openai-chat", BACK, unknown=unknown)])
    return read_all(database, sessions.stores.unknown_counts())


def same(found: Amounts, plain: tuple[Any, ...]) -> bool:
    return astuple(found) == plain


@MANY
@given(data=st.data())
def test_sums_over_time_and_users_are_those_of_a_plain_loop(
    dialect: str, database: Database, sessions: ChatSessions, data: st.DataObject
) -> None:
    plain = fill(data, sessions, dialect)
    overview = usage.overview(sessions.stores, ALL)
    assert same(overview.totals, amounts(plain))
    assert same(overview.undated, amounts([one for one in plain if one.started is None]))
    assert usage.totals(sessions.stores, ALL).amounts == overview.totals

    listed = database.totals(ALL, sessions.stores.unknown_counts())
    assert (listed.sessions, listed.messages) == (overview.totals.sessions, overview.totals.messages)
    assert listed.unknown == overview.totals.unknown
    unknown = usage.unknown_sessions(sessions.stores, ALL)
    assert unknown.count == overview.totals.unknown
    assert {one.session_id: one.unknown for one in unknown.sessions} == {
        one.id: one.unknown for one in plain if one.unknown
    }
    sums = [overview.totals.prompt_tokens, overview.totals.completion_tokens]
    assert [listed.prompt_tokens, listed.completion_tokens] == (sums if listed.unknown else [one or 0 for one in sums])

    days = fold(overview.quarters, BERLIN, "day")
    filled = {date.fromisoformat(day.key): astuple(day.amounts) for day in days if day.amounts.sessions}
    assert filled == by_day(plain, BERLIN)
    assert all(
        (day.end - day.start.astimezone(UTC)) == timedelta(hours=clock_hours(day.start.date(), BERLIN)) for day in days
    )

    limit = data.draw(st.integers(1, 6))
    users, expected = usage.by_user(sessions.stores, ALL, limit), by_user(plain)
    assert users.count == len(expected)
    assert len(users.users) == min(limit, len(expected))
    assert {user.user_id: astuple(user.amounts) for user in users.users}.items() <= expected.items()
    assert users.totals == overview.totals
    known = [(user.amounts.prompt_tokens or 0) + (user.amounts.completion_tokens or 0) for user in users.users]
    assert known == sorted(((row[4] or 0) + (row[5] or 0) for row in expected.values()), reverse=True)[:limit]


@MANY
@given(data=st.data())
def test_sessions_and_their_spread_are_those_of_a_plain_loop(
    dialect: str, database: Database, sessions: ChatSessions, data: st.DataObject
) -> None:
    plain = fill(data, sessions, dialect)
    limit = data.draw(st.integers(1, 4))
    for by, size in (("tokens", lambda one: one.tokens), ("messages", lambda one: len(one.messages))):
        largest = usage.largest_sessions(sessions.stores, ALL, by, limit)  # type: ignore[arg-type]
        expected = sorted(plain, key=lambda one, size=size: (-size(one), one.id))[:limit]
        assert [astuple(line) for line in largest.sessions] == [row_of(one) for one in expected]
        assert same(largest.totals, amounts(plain))

    spreads = usage.spread(sessions.stores, ALL)
    whole = [one for one in plain if one.recorded and not one.unknown]
    check_spread(spreads.tokens, [one.tokens for one in whole])
    check_spread(spreads.messages, [len(one.messages) for one in plain])
    assert spreads.unknown == sum(bool(one.unknown) for one in plain)
    assert spreads.unrecorded == sum(not one.recorded and not one.unknown for one in plain)

    scatter = usage.scatter(sessions.stores, ALL, limit)
    known = whole
    points = {one.id for one in sorted(known, key=lambda one: (-one.tokens, one.id))[:limit]}
    points |= {one.id for one in sorted(known, key=lambda one: (-len(one.messages), one.id))[:limit]}
    assert {point.session_id for point in scatter.points} == points
    assert scatter.sessions == len(known)
    for cell in scatter.cells:
        inside = [
            one
            for one in known
            if one.id not in points
            and cell.messages.low <= len(one.messages) < cell.messages.high
            and (cell.tokens.low <= one.tokens < cell.tokens.high or one.tokens < 0 == cell.tokens.low)
        ]
        assert len(inside) == cell.sessions


def row_of(one: PlainSession) -> tuple[Any, ...]:
    said = None
    if not one.title:
        said = next((item.content[:300] for item in one.messages if item.role == "user" and item.content), None)
    tokens = (one.prompt, one.completion) if one.recorded else (None, None)
    return (
        one.id,
        one.user,
        one.title,
        said,
        one.started,
        len(one.messages),
        one.calls,
        *tokens,
        one.turns,
        one.damaged,
        one.unknown,
    )


def check_spread(spread: Spread, values: list[int]) -> None:
    assert spread.sessions == len(values)
    assert spread.largest == max(values, default=None)
    assert [spread.median, spread.p90, spread.p99] == [percentile(values, percent) for percent in (50, 90, 99)]
    assert sum(each.sessions for each in spread.bins) == len(values)
    for each in spread.bins:
        low = -(10**15) if each.low == 0 else each.low
        assert each.sessions == sum(low <= value < each.high for value in values)


@MANY
@given(data=st.data())
def test_tools_and_words_are_those_of_a_plain_loop(
    dialect: str, database: Database, sessions: ChatSessions, data: st.DataObject
) -> None:
    plain = fill(data, sessions, dialect)
    tools = usage.by_tool(sessions.stores, ALL)
    expected = by_tool(plain)
    orphans = expected.pop(UNANSWERED, None)
    assert {tool.name: astuple(tool)[1:] for tool in tools.tools} == {
        name: (
            len(tool.sessions),
            tool.messages,
            tool.calls,
            len(tool.sizes),
            tool.failures,
            sum(tool.sizes),
            percentile(tool.sizes, 50),
            max(tool.sizes, default=None),
        )
        for name, tool in expected.items()
    }
    assert astuple(tools.unanswerable) == (
        (len(orphans.sizes), orphans.failures, sum(orphans.sizes)) if orphans else (0, 0, 0)
    )
    words = usage.by_title_word(sessions.stores, ALL)
    assert {
        one.word: (one.sessions, one.recorded, one.prompt_tokens, one.completion_tokens, one.unknown)
        for one in words.words
    } == {word: (row[0], row[1], row[4], row[5], row[8]) for word, row in by_word(plain).items()}
    assert words.count == len(words.words)


@MANY
@given(data=st.data())
def test_a_filter_lets_the_same_sessions_into_every_figure(
    dialect: str, database: Database, sessions: ChatSessions, data: st.DataObject
) -> None:
    plain = fill(data, sessions, dialect)
    edges = [FORWARD - timedelta(hours=2), FORWARD, BACK, BACK + timedelta(hours=23)]
    since, until = (data.draw(st.none() | st.sampled_from(edges)) for _ in range(2))
    users = data.draw(st.none() | st.frozensets(st.sampled_from([None, "ana", "bob", "nobody"])))
    word = data.draw(st.sampled_from(["", "password", "ПАРОЛЬ", "nowhere"]))
    where = SessionFilter(started_since=since, started_until=until, user_ids=users, title_words=word)
    chosen = [
        one
        for one in plain
        if (users is None or one.user in users)
        and word.lower() in (one.title or "").lower()
        and (since is until is None or one.started is not None)
        and (since is None or (one.started is not None and one.started >= since))
        and (until is None or (one.started is not None and one.started <= until))
    ]
    overview = usage.overview(sessions.stores, where)
    assert same(overview.totals, amounts(chosen))
    assert usage.by_user(sessions.stores, where).totals == overview.totals
    assert usage.largest_sessions(sessions.stores, where).totals == overview.totals
    assert {one.session_id for one in usage.largest_sessions(sessions.stores, where).sessions} == {
        one.id for one in chosen
    }
    assert usage.spread(sessions.stores, where).messages.sessions == len(chosen)
    whole = sum(one.recorded and not one.unknown for one in chosen)
    assert usage.scatter(sessions.stores, where).sessions == whole
    assert sum(tool.calls for tool in usage.by_tool(sessions.stores, where).tools) == overview.totals.tool_calls
    cost = usage.by_model(sessions.stores, where, "gpt-4o").cost
    assert (cost.sessions + cost.unpriced, cost.unknown) == (overview.totals.recorded, overview.totals.unknown)
    assert cost.unrecorded == overview.totals.unrecorded
    by_session = usage.session_costs(sessions.stores, frozenset(one.id for one in chosen), "gpt-4o").values()
    assert {
        usage.overview(sessions.stores, where, "gpt-4o").totals.cost,
        usage.by_user(sessions.stores, where, model="gpt-4o").totals.cost,
        sum(by_session, Decimal()) if by_session else None,
    } == {cost.amount}
    assert {line.session_id for line in database.page(where).sessions} == {one.id for one in chosen}


def test_an_empty_database_has_no_figures_and_says_so(sessions: ChatSessions) -> None:
    assert usage.overview(sessions.stores, ALL).totals == Amounts()
    assert usage.by_user(sessions.stores, ALL).users == ()
    assert usage.largest_sessions(sessions.stores, ALL).sessions == ()
    assert usage.spread(sessions.stores, ALL).tokens == Spread(0, None, None, None, None, ())
    assert usage.scatter(sessions.stores, ALL).sessions == 0
    assert usage.by_tool(sessions.stores, ALL).tools == ()
    assert usage.by_title_word(sessions.stores, ALL).words == ()
    assert usage.by_model(sessions.stores, ALL, "gpt-4o").cost.amount is None


def said(model: str | None) -> MessageSpec:
    return MessageSpec("assistant", "x", None, None, model)


def add_model_column(database: Database) -> None:
    database.facts()
    with database.writing() as connection:
        connection.execute(text('ALTER TABLE "ChatMessage" ADD COLUMN "model" TEXT'))
    database.facts()


def test_a_session_is_priced_by_the_one_model_that_its_messages_name(
    dialect: str, database: Database, sessions: ChatSessions
) -> None:
    add_model_column(database)
    at = "2026-03-29 00:00:00.000"
    million = 1_000_000
    refill(
        database,
        dialect,
        [
            SessionSpec(at, "ana", None, million, 0, (said("gpt-4o-mini"), said(None), said("gpt-4o-mini"))),
            SessionSpec(at, "ana", None, million, million, (said("gpt-4o-mini"), said("gpt-4o"))),
            SessionSpec(at, "ana", None, 2 * million, 0, (said(None),)),
            SessionSpec(at, "ana", None, 5, 5, (said("no-such-model"),)),
            SessionSpec(at, "ana", None, 0, 0, (said("gpt-4o"),)),
        ],
    )
    models = usage.by_model(sessions.stores, ALL, "gpt-4o")
    found = {(one.model, one.told_by): (one.sessions, one.prompt_tokens, one.cost) for one in models.models}
    assert {key: row[:2] for key, row in found.items()} == {
        ("gpt-4o-mini", "messages"): (1, million),
        (None, "several"): (1, million),
        ("gpt-4o", "settings"): (1, 2 * million),
        ("no-such-model", "messages"): (1, 5),
        ("gpt-4o", "messages"): (1, None),
    }
    mini, stand_in = found["gpt-4o-mini", "messages"][2], found["gpt-4o", "settings"][2]
    assert found[None, "several"][2] is found["no-such-model", "messages"][2] is None
    assert mini is not None
    assert stand_in is not None
    cost = models.cost
    assert (cost.amount, cost.sessions, cost.unpriced, cost.unrecorded) == (mini + stand_in, 2, 2, 1)
    assert (cost.currency, cost.prices_dated) == ("USD", date(2026, 11, 10))


def test_costs_by_time_user_word_and_session_are_those_of_their_models(
    dialect: str, database: Database, sessions: ChatSessions
) -> None:
    add_model_column(database)
    early, late, million = "2026-03-29 00:00:00.000", "2026-03-29 05:10:00.000", 1_000_000
    refill(
        database,
        dialect,
        [
            SessionSpec(early, "ana", "The invoice", million, 0, (said("gpt-4o-mini"), said(None))),
            SessionSpec(early, None, "Invoice again", million, million, (said("gpt-4o-mini"), said("gpt-4o"))),
            SessionSpec(late, None, "Trip, trip", 2 * million, 0, (said(None),)),
            SessionSpec(late, "bob", "Trip", 5, 5, (said("no-such-model"),)),
        ],
    )
    mini, usual = Decimal("0.15"), 2 * Decimal("2.5")
    quarters = usage.overview(sessions.stores, ALL, "gpt-4o").quarters
    assert [quarter.amounts.cost for quarter in quarters] == [mini, usual]
    users = usage.by_user(sessions.stores, ALL, model="gpt-4o").users
    assert {user.user_id: user.amounts.cost for user in users} == {"ana": mini, None: usual, "bob": None}
    words = usage.by_title_word(sessions.stores, ALL, model="gpt-4o").words
    assert {word.word: word.cost for word in words} == {"invoice": mini, "trip": usual}
    ids = frozenset({"s-00", "s-01", "s-02"})
    assert usage.session_costs(sessions.stores, ids, "gpt-4o") == {"s-00": mini, "s-02": usual}
    assert usage.session_costs(sessions.stores, ids, "no-such-model") == {"s-00": mini}
    narrow = SessionFilter(title_words="trip", user_ids=frozenset({None, "bob"}))
    assert usage.overview(sessions.stores, narrow, "gpt-4o").totals.cost == usual
    assert usage.by_title_word(sessions.stores, narrow, model="gpt-4o").words[0].cost == usual
    assert usage.overview(sessions.stores, ALL).totals.cost is None


@pytest.mark.parametrize("has_model_column", [False, True])
def test_a_keyword_costs_what_its_sessions_cost_together(
    dialect: str, database: Database, sessions: ChatSessions, *, has_model_column: bool
) -> None:
    if has_model_column:
        add_model_column(database)
    titles = ["Watch the week", "Apples, watch", "Apples and a week", "Zebras and apples", "Watch", None]
    million = 1_000_000
    at = "2026-03-29 00:00:00.000"
    refill(
        database,
        dialect,
        [SessionSpec(at, "ana", title, million * 2**n, 0, (said(None),)) for n, title in enumerate(titles)],
    )
    ids = [f"s-{n:02}" for n in range(len(titles))]
    costs = usage.session_costs(sessions.stores, frozenset(ids), "gpt-4o")
    assert len(costs) == len(titles)
    words = usage.by_title_word(sessions.stores, ALL, model="gpt-4o").words
    assert {word.word: word.cost for word in words} == {
        word: sum(costs[one] for one, title in zip(ids, titles, strict=True) if title and word in title.lower())
        for word in ("watch", "week", "apples", "zebras")
    }


@pytest.mark.parametrize(
    ("table", "column"),
    [("ChatSession", "key"), ("ChatSession", "model"), ("ChatSession", "key_0"), ("ChatMessage", "key_0")],
)
def test_a_column_with_the_name_of_a_figure_changes_no_group(
    dialect: str, database: Database, sessions: ChatSessions, table: str, column: str
) -> None:
    add_model_column(database)
    at, users, models = "2026-03-29 00:00:00.000", ("ana", "bob", "ana"), ("gpt-4o", "gpt-4o-mini", None)
    each = zip(users, models, strict=True)
    refill(database, dialect, [SessionSpec(at, user, f"{user}'s trip", 5, 0, (said(model),)) for user, model in each])
    expected = _groups(sessions)
    with database.writing() as connection:
        connection.execute(text(f'ALTER TABLE "{table}" ADD COLUMN "{column}" TEXT DEFAULT \'same\''))
    assert _groups(sessions) == expected


def _groups(sessions: ChatSessions) -> tuple[Any, ...]:
    stores = sessions.stores
    overview, users = usage.overview(stores, ALL, "gpt-4o"), usage.by_user(stores, ALL, 1, "gpt-4o")
    by_model, words = usage.by_model(stores, ALL, "gpt-4o"), usage.by_title_word(stores, ALL, model="gpt-4o")
    return overview.totals, overview.quarters, users.users, users.totals, by_model.models, words.words


@pytest.mark.parametrize("name", ["find", 'a "b" \\ %_', "ünïcode “x”"])
def test_a_filter_by_tool_is_exact(dialect: str, database: Database, sessions: ChatSessions, name: str) -> None:
    def asks(tool: str) -> MessageSpec:
        return MessageSpec("assistant", None, None, as_json([call("other"), call(tool, "b")]))

    at = "2026-03-29 00:00:00.000"
    names = (name, f"{name}s", name.upper() + "x", f"x{name}")
    rows = [SessionSpec(at, "ana", None, 1, 1, (asks(each),)) for each in names]
    refill(database, dialect, rows)
    found = usage.largest_sessions(sessions.stores, SessionFilter(tool=name))
    assert {one.session_id for one in found.sessions} == {"s-00"}


def test_an_id_that_comes_again_belongs_to_the_call_before_it(
    dialect: str, database: Database, sessions: ChatSessions
) -> None:
    def asks(name: str) -> MessageSpec:
        return MessageSpec("assistant", None, None, as_json([call(name)]))

    answer = MessageSpec("tool", "12345", "a", None)
    refill(
        database,
        dialect,
        [
            SessionSpec(
                "2026-03-29 00:00:00.000", "ana", "t", 1, 1, (answer, asks("one"), answer, asks("two"), answer, answer)
            )
        ],
    )
    tools = usage.by_tool(sessions.stores, ALL)
    assert {tool.name: (tool.calls, tool.results) for tool in tools.tools} == {"one": (1, 1), "two": (1, 2)}
    assert tools.unanswerable.results == 1


def test_a_day_of_the_zone_is_a_filter_of_whole_days(dialect: str, database: Database, sessions: ChatSessions) -> None:
    starts = [
        "2026-10-24 21:59:59.999",
        "2026-10-24 22:00:00.000",
        "2026-10-25 22:59:59.999",
        "2026-10-25 23:00:00.000",
    ]
    refill(database, dialect, [SessionSpec(at, "ana", None, 1, 1, ()) for at in starts])
    since, until = day_bounds(date(2026, 10, 25), date(2026, 10, 25), BERLIN)
    overview = usage.overview(sessions.stores, SessionFilter(started_since=since, started_until=until))
    assert [day.key for day in fold(overview.quarters, BERLIN)] == ["2026-10-25"]
    assert overview.totals.sessions == 2
    assert since is not None
    assert until is not None
    assert until - since == timedelta(hours=25) - timedelta(microseconds=1)


def test_all_figures_of_one_answer_are_of_one_moment(sessions: ChatSessions) -> None:
    before = datetime.now(UTC)
    as_of = usage.overview(sessions.stores, ALL).as_of
    assert before <= as_of <= datetime.now(UTC)
