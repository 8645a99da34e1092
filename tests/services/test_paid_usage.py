"""Paid costs: sums by day, user, session and model, beside list prices, and databases that have or grant no log."""

import secrets
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, text

from chatdata.domain.tokens import token_price
from chatdata.errors import NotConfigured, StatementTimeout
from chatdata.services.session_stores import SessionStores
from chatdata.services.usage.paid import PaidCost, PaidSums, PaidUsage, paid_usage
from chatdata.stores.database import Database, SessionFilter
from tests.support.builders import DIALECTS, database_url
from tests.support.cost_log import Payment, make_cost_log
from tests.support.usage_rows import BERLIN

ALL = SessionFilter()
PAYMENTS = [
    Payment("2026-05-20 21:59:59.999", 1_500_000, session="s-1", tokens=(1_000, 100, 400, 50)),
    Payment("2026-05-20 22:00:00.000", 500_000, session="s-1", tokens=(2_000, 200, None, None), key="sessionId"),
    Payment("2026-05-21 09:00:00.000", 250_000, user="bob", model="no-such-model", tokens=(10, 1, 0, 0)),
    Payment("2026-05-21 10:00:00.000", None, user="bob", session="s-2", tokens=(5, None, None, None)),
    Payment("2026-05-22 10:00:00.000", 40, user=None, model=None),
    Payment("2026-05-22 11:00:00.000", 9_000_000, block="AITextGenerator", tokens=(1, 1, 1, 1)),
    Payment("2026-05-22 11:00:00.000", 9_000_000, block="copilot", tokens=(1, 1, 1, 1)),
]


@pytest.fixture(params=DIALECTS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with closing(Database.open(database_url(request.param, request, tmp_path), write=True)) as database:
        yield database


def found(database: Database, by: str, where: SessionFilter = ALL, **more: object) -> PaidUsage:
    return paid_usage(SessionStores(database, None), where, by, **more)  # type: ignore[arg-type]


def paid(usage: PaidUsage) -> dict[tuple[str | None, str | None], int | None]:
    return {(cost.key, cost.model): cost.sums.microdollars for cost in usage.costs}


def test_costs_are_summed_by_user_and_model_and_only_those_of_conversations(database: Database) -> None:
    make_cost_log(database, PAYMENTS)
    usage = found(database, "user")
    assert usage.state == "readable"
    assert paid(usage) == {
        ("ana", "gpt-4o"): 2_000_000, ("bob", "no-such-model"): 250_000, ("bob", "gpt-4o"): None, (None, None): 40
    }  # fmt: skip
    assert [cost.key for cost in usage.costs[:2]] == ["ana", "bob"]
    assert usage.costs[0].sums == PaidSums(2, 0, 2_000_000, 3_000, 300, 400, 50, 0, 3_000, 300)
    assert usage.total == PaidSums(5, 1, 2_250_040, 3_015, 301, 400, 50, 2, 3_010, 301)
    assert usage.paid == Decimal("2.25004")


def test_columns_with_the_names_of_the_sums_change_no_group(database: Database) -> None:
    make_cost_log(database, PAYMENTS)
    expected = paid(found(database, "user"))
    with database.writing() as connection:
        for column in ("key", "named"):
            connection.execute(text(f"""ALTER TABLE "PlatformCostLog" ADD COLUMN "{column}" TEXT DEFAULT 'same'"""))
    assert paid(found(database, "user")) == expected


def test_the_list_price_is_that_of_the_logged_tokens_and_unknown_without_them(database: Database) -> None:
    make_cost_log(database, PAYMENTS)
    prices = {(cost.key, cost.model): cost.at_list_price for cost in found(database, "user").costs}
    price = token_price("gpt-4o")
    assert price is not None
    assert prices == {
        ("ana", "gpt-4o"): price.of(3_000, 300).amount,
        ("bob", "no-such-model"): None,
        ("bob", "gpt-4o"): None,
        (None, None): None,
    }
    assert found(database, "user").at_list_price == price.of(3_000, 300).amount


def test_totals_are_the_same_however_payments_are_grouped(database: Database) -> None:
    counts = [(1_000, 100), (2_000, None), (None, 300), (None, None), (7, 0), (-5, 10)]
    who = [("2026-05-20 10:00:00", "ana", "s-1"), ("2026-05-21 10:00:00", "bob", "s-2")]
    make_cost_log(
        database,
        [
            Payment(at, 10, user=user, session=session if index % 2 else None, model=model, tokens=(*pair, None, None))
            for index, pair in enumerate(counts)
            for at, user, session in who[: 1 + index % 2]
            for model in ("gpt-4o", "no-such-model", None)
        ],
    )
    price = token_price("gpt-4o")
    assert price is not None
    for by in ("day", "week", "user", "session", "model"):
        usage = found(database, by)
        assert usage.at_list_price == price.of(1_007, 100).amount, by
        assert (usage.total.entries, usage.without_list_price) == (27, 25), by
        assert usage.without_list_price == sum(cost.without_list_price for cost in usage.costs)


def test_a_day_is_one_of_the_time_zone(database: Database) -> None:
    make_cost_log(database, PAYMENTS)
    in_utc = paid(found(database, "day"))
    assert {key: in_utc[key, "gpt-4o"] for key, model in in_utc if model == "gpt-4o"} == {
        "2026-05-20": 2_000_000, "2026-05-21": None
    }  # fmt: skip
    berlin = found(database, "day", zone=BERLIN)
    assert [(cost.key, cost.model, cost.sums.microdollars) for cost in berlin.costs] == [
        ("2026-05-20", "gpt-4o", 1_500_000),
        ("2026-05-21", "gpt-4o", 500_000),
        ("2026-05-21", "no-such-model", 250_000),
        ("2026-05-22", None, 40),
    ]
    assert {cost.key for cost in found(database, "week").costs} == {"2026-05-18"}


def test_a_session_is_the_one_that_the_metadata_names(database: Database) -> None:
    make_cost_log(database, PAYMENTS)
    with database.writing() as connection:
        for odd in ('"a text"', "[1]", '{"session_id": null}', "{}"):
            connection.execute(
                text(
                    'INSERT INTO "PlatformCostLog" ("createdAt", "blockName", "costMicrodollars", metadata) '
                    "VALUES ('2026-05-20 10:00:00', 'copilot:x', 1, "
                    + ("CAST(:odd AS JSONB))" if connection.dialect.name == "postgresql" else ":odd)")
                ),
                {"odd": odd},
            )
    assert paid(found(database, "session")) == {
        ("s-1", "gpt-4o"): 2_000_000, ("s-2", "gpt-4o"): None, (None, "no-such-model"): 250_000, (None, None): 44
    }  # fmt: skip
    assert paid(found(database, "model"))["gpt-4o", "gpt-4o"] == 2_000_000


def test_users_and_the_time_of_payment_narrow_it(database: Database) -> None:
    make_cost_log(database, PAYMENTS)
    since, until = datetime(2026, 5, 20, 22, tzinfo=UTC), datetime(2026, 5, 21, 9, tzinfo=UTC)
    within = SessionFilter(started_since=since, started_until=until)
    assert paid(found(database, "user", within)) == {("ana", "gpt-4o"): 500_000, ("bob", "no-such-model"): 250_000}
    assert {cost.key for cost in found(database, "user", SessionFilter(user_id="bob")).costs} == {"bob"}
    assert {cost.key for cost in found(database, "user", SessionFilter(user_ids=frozenset({"bob", None}))).costs} == {
        "bob", None
    }  # fmt: skip
    assert {cost.key for cost in found(database, "user", SessionFilter(user_contains="AN")).costs} == {"ana"}
    assert {cost.key for cost in found(database, "user", SessionFilter(without_user=True)).costs} == {None}


def test_without_the_table_it_is_missing_and_without_a_needed_column_of_unknown_form(database: Database) -> None:
    assert (found(database, "day").state, database.facts().cost_log) == ("missing", "missing")
    make_cost_log(database, PAYMENTS, without="costMicrodollars")
    assert (found(database, "day").state, found(database, "day").costs) == ("unknown form", ())
    assert database.facts().cost_log == "unknown form"


@pytest.mark.parametrize("column", ["cacheReadTokens", "metadata"])
def test_a_log_without_a_later_column_is_read_without_it(database: Database, column: str) -> None:
    make_cost_log(database, PAYMENTS, without=column)
    usage = found(database, "session")
    assert usage.total.microdollars == 2_250_040
    assert usage.total.cache_read_tokens == (None if column == "cacheReadTokens" else 400)
    assert ({cost.key for cost in usage.costs} == {None}) == (column == "metadata")


def test_values_that_only_sqlite_can_hold_are_left_out_of_sums(tmp_path: Path) -> None:
    odd = [
        Payment("soon", "many", tokens=("x", b"\xff", 1e300, 3)),
        Payment("2026-05-20 10:00:00", 7, user=b"\xffana", model="gpt-4o"),  # type: ignore[arg-type]
    ]
    with closing(Database.open(f"sqlite:///{tmp_path / 'odd.db'}", write=True)) as database:
        make_cost_log(database, odd)
        with database.writing() as connection:
            connection.exec_driver_sql("UPDATE \"PlatformCostLog\" SET metadata = '{broken'")
        assert found(database, "day").total == PaidSums(2, 1, 7, None, None, None, 3, 2)
        assert {cost.key for cost in found(database, "day").costs} == {None, "2026-05-20"}
        assert {cost.key for cost in found(database, "session").costs} == {None}


def test_times_beyond_the_calendar_have_no_day(pg_url: str) -> None:
    with closing(Database.open(pg_url, write=True)) as database:
        make_cost_log(database, PAYMENTS[:1])
        with database.writing() as connection:
            connection.exec_driver_sql('UPDATE "PlatformCostLog" SET "createdAt" = \'infinity\'')
        assert paid(found(database, "day")) == {(None, "gpt-4o"): 1_500_000}


def test_a_role_without_the_grant_reads_sessions_and_says_that_the_log_is_not_granted(pg_url: str) -> None:
    role, url = f"payer_{secrets.token_hex(4)}", make_url(pg_url)
    with closing(Database.open(pg_url, write=True)) as database:
        make_cost_log(database, PAYMENTS)
        grants = f'GRANT USAGE ON SCHEMA public TO {role}; GRANT SELECT ON "ChatSession", "ChatMessage" TO {role}'
        columns = '"createdAt", "userId", model, "blockName", "costMicrodollars"'
        with psycopg.connect(pg_url, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'x'".encode())
            try:
                connection.execute(grants.encode())
                limited = url.set(username=role, password="x").render_as_string(hide_password=False)
                with closing(Database.open(limited)) as reader:
                    assert (found(reader, "user").state, reader.facts().cost_log) == ("not granted", "not granted")
                    assert found(reader, "user").costs == ()
                    connection.execute(f'GRANT SELECT ({columns}) ON "PlatformCostLog" TO {role}'.encode())
                    some = found(reader, "user")
                    assert (some.state, some.total.microdollars, some.total.input_tokens) == (
                        "readable",
                        2_250_040,
                        None,
                    )
            finally:
                connection.execute(f"DROP OWNED BY {role}; DROP ROLE {role}".encode())


def test_the_statement_timeout_ends_it(pg_url: str) -> None:
    with closing(Database.open(pg_url, write=True)) as database:
        make_cost_log(database, PAYMENTS)
        with database.writing() as connection:
            connection.exec_driver_sql('ALTER TABLE "PlatformCostLog" RENAME TO "Log"')
            connection.exec_driver_sql(
                'CREATE VIEW "PlatformCostLog" AS SELECT * FROM "Log" CROSS JOIN (SELECT pg_sleep(1)::text) AS slow'
            )
    with closing(Database.open(pg_url, statement_timeout=0.2)) as database, pytest.raises(StatementTimeout):
        found(database, "user")


def test_other_tables_of_conversations_are_named(database: Database) -> None:
    assert database.facts().unread_tables == ()
    with database.writing() as connection:
        connection.exec_driver_sql('CREATE TABLE "ChatMessageFeedback" (id TEXT)')
        connection.exec_driver_sql('CREATE TABLE "AgentGraph" (id TEXT)')
    assert database.facts().unread_tables == ("ChatMessageFeedback",)


@pytest.mark.parametrize(
    ("table", "columns", "named"),
    [
        ("ConversationTurn", ("id", "sessionId", "role", "content", "sequence"), True),
        ("old_messages", ("id", "session_id", "role", "content"), True),
        ("Sessions2025", ("id", "userId", "title", "totalPromptTokens"), True),
        ("chatsession", ("id",), True),
        ("CopilotThread", ("id",), True),
        ("Article", ("id", "userId", "title", "content"), False),
        ("WebSession", ("sessionId", "userId", "role"), False),
    ],
)
def test_tables_with_the_columns_of_conversations_are_named(
    database: Database, table: str, columns: tuple[str, ...], named: bool
) -> None:
    with database.writing() as connection:
        listed = ", ".join(f'"{column}" TEXT' for column in columns)
        # SQLite folds the case of names, PostgreSQL does not
        name = "chat_session" if table == "chatsession" and connection.dialect.name == "sqlite" else table
        connection.exec_driver_sql(f'CREATE TABLE "{name}" ({listed})')
    assert database.facts().unread_tables == ((name,) if named else ())


def test_a_view_of_tables_that_are_gone_keeps_nobody_from_reading_the_others(tmp_path: Path) -> None:
    with closing(Database.open(f"sqlite:///{tmp_path / 'chat.db'}", write=True)) as database:
        assert database.facts().sessions == 0
        with database.writing() as connection:
            connection.exec_driver_sql("CREATE VIEW chat_log AS SELECT role, content FROM gone")
        assert database.facts().unread_tables == ("chat_log",)


def test_without_a_database_there_is_nothing_to_read() -> None:
    with pytest.raises(NotConfigured, match="DATABASE_URL"):
        paid_usage(SessionStores(None, None), ALL, "day")


def test_a_cost_without_a_model_has_no_list_price() -> None:
    cost = PaidCost("ana", None, PaidSums(1, 0, 5, 10, 1))
    assert (cost.at_list_price, cost.prices_dated, cost.paid) == (None, None, Decimal("0.000005"))
