"""Paid cost on the Usage page."""

from datetime import UTC, datetime, timedelta

from streamlit.testing.v1 import AppTest

from chatdata import ChatSessions
from tests.pages.conftest import OpenPage
from tests.pages.test_sessions_page import shown
from tests.support.builders import fill, new_session
from tests.support.cost_log import Payment, make_cost_log
from tests.support.tables import tables

NOW = datetime.now(UTC)


def opened(sessions: ChatSessions, open_page: OpenPage, **query: str) -> AppTest:
    assert sessions.stores.database is not None
    fill(sessions.stores.database, new_session("s1", "mia", 2, [(100, 20)], NOW - timedelta(days=1)))
    return open_page("usage", usage_part="Cost by model", **query)


def at(days: float) -> str:
    return (NOW - timedelta(days=days)).replace(tzinfo=None).isoformat(" ", "milliseconds")


def test_without_a_log_the_costs_are_said_to_be_list_prices(sessions: ChatSessions, open_page: OpenPage) -> None:
    app = opened(sessions, open_page)
    assert not app.exception
    assert "the database has no table PlatformCostLog. The costs above are list prices." in shown(app).replace("\\", "")


def test_what_was_paid_is_shown_by_user_beside_the_list_price(sessions: ChatSessions, open_page: OpenPage) -> None:
    assert sessions.stores.database is not None
    sessions.stores.database.facts()
    make_cost_log(
        sessions.stores.database,
        [
            Payment(at(1), 1_500_000, user="mia", tokens=(1_000, 100, 400, None)),
            Payment(at(2), 200_000, user="noah", model="no-such-model"),
            Payment(at(60), 7_000_000, user="mia"),
        ],
    )
    app = opened(sessions, open_page, paid_by="user")
    assert not app.exception
    table = next(held.value for held in tables(app) if "paid" in held.value)
    assert table[["key", "model", "paid", "input", "cache_read"]].fillna(-1).values.tolist() == [
        ["mia", "gpt-4o", 1.5, 1_000, 400],
        ["noah", "no-such-model", 0.2, -1, -1],
    ]
    assert "Paid: $1.70; at list prices $0.004. Counted at the time of payment." in shown(app)
