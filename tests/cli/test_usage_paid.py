"""`usage --paid` and what `check` says of the log of paid costs."""

import csv
import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from chatdata.stores.database import Database
from tests.support.builders import DIALECTS, database_url, fill, new_session
from tests.support.command_line import at_once
from tests.support.cost_log import Payment, make_cost_log

PAYMENTS = [
    Payment("2026-05-20 10:00:00", 1_500_000, session="s-1", tokens=(1_000, 100, 400, 50)),
    Payment("2026-05-21 10:00:00", 250_000, user="=bob", model="no-such-model"),
]


@pytest.fixture(params=DIALECTS)
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    url = database_url(request.param, request, tmp_path)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.delenv("TZ", raising=False)
    with closing(Database.open(url, write=True)) as database:
        fill(database, new_session("s-1", "ana", 2))
        yield database


def test_people_see_what_was_paid_beside_the_list_price_and_which_is_which(database: Database) -> None:
    make_cost_log(database, PAYMENTS)
    answer = at_once("usage", "--paid", "--by", "user")
    assert answer.code == 0
    (line,) = [line for line in answer.out.splitlines() if line.startswith("ana")]
    assert line.split() == ["ana", "gpt-4o", "1.5000", "0.0035", "1,000", "100", "400", "50"]
    assert "2 payments: 1.7500 USD paid, 0.0035 USD at list prices" in answer.out
    assert "without discounts for cached tokens" in answer.out
    assert "1 payment without a list price: a token count or the model's price is unknown." in answer.out


def test_json_has_both_figures_under_their_names(database: Database) -> None:
    make_cost_log(database, PAYMENTS)
    document = at_once("usage", "--paid", "--by", "day", "--json").json
    assert (document["by"], document["cost_log"], document["time_zone"]) == ("day", "readable", "UTC")
    assert document["prices_dated"] is not None
    first, second = document["rows"]
    assert first == {
        "key": "2026-05-20",
        "model": "gpt-4o",
        "entries": 1,
        "unpriced": 0,
        "input_tokens": 1_000,
        "output_tokens": 100,
        "cache_read_tokens": 400,
        "cache_creation_tokens": 50,
        "paid_usd": 1.5,
        "list_price_usd": 0.0035,
        "without_list_price": 0,
    }
    assert (second["paid_usd"], second["list_price_usd"], second["input_tokens"]) == (0.25, None, None)
    assert (document["totals"]["paid_usd"], document["totals"]["entries"]) == (1.75, 2)
    assert (second["without_list_price"], document["totals"]["without_list_price"]) == (1, 1)


def test_csv_and_limit_and_bounds(database: Database) -> None:
    make_cost_log(database, PAYMENTS)
    rows = list(csv.DictReader(io.StringIO(at_once("usage", "--paid", "--by", "user", "--csv").out)))
    assert [(row["key"], row["paid_usd"], row["list_price_usd"]) for row in rows] == [
        ("ana", "1.5", "0.0035"), ("'=bob", "0.25", "")
    ]  # fmt: skip
    last = at_once("usage", "--paid", "--limit", "1", "--json").json
    assert [row["key"] for row in last["rows"]] == ["2026-05-21"]
    since = at_once("usage", "--paid", "--since", "2026-05-21", "--user", "ana", "--json").json
    assert (since["rows"], since["totals"]["paid_usd"]) == ([], None)
    assert "Nothing was paid." in at_once("usage", "--paid", "--since", "2026-05-22").out


@pytest.mark.parametrize("by", ["tool", "hour"])
def test_what_the_log_does_not_know_is_refused(database: Database, by: str) -> None:
    answer = at_once("usage", "--paid", "--by", by)
    assert answer.code == 2
    assert "day, week, user, session" in answer.err


def test_without_the_log_it_says_so_and_the_rest_is_as_before(database: Database) -> None:
    answer = at_once("usage", "--paid")
    assert (answer.code, answer.out.strip()) == (
        0, "Paid costs are not shown: the database has no table PlatformCostLog."
    )  # fmt: skip
    document = at_once("usage", "--paid", "--json").json
    assert (document["cost_log"], document["rows"], document["totals"]["paid_usd"]) == ("missing", [], None)
    assert at_once("usage", "--json").json["totals"]["sessions"] == 1


def test_check_says_whether_paid_costs_can_be_read_and_names_other_tables(database: Database) -> None:
    before = at_once("check", "--json").json["database"]
    assert (before["cost_log"], "unread_tables" in before) == ("missing", False)
    assert "the database has no table PlatformCostLog" in " ".join(at_once("check").out.split())
    make_cost_log(database)
    with database.writing() as connection:
        connection.exec_driver_sql('CREATE TABLE "ChatMessageFeedback" (id TEXT)')
    after = at_once("check", "--json").json["database"]
    assert (after["cost_log"], after["unread_tables"]) == ("readable", ["ChatMessageFeedback"])
    people = " ".join(at_once("check").out.split())
    assert "Paid costs are read from PlatformCostLog." in people
    assert "ChatMessageFeedback (tables)" in people
