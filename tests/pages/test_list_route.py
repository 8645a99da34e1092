"""The route of the list's pages: what the Sessions page shows at the same address, page by page."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from chatdata import ChatSessions
from chatdata.domain.annotations import Annotation
from chatdata.services.lint_all import LintRun
from chatdata.services.scan import keep, scan
from pages.ui.server import services
from pages.ui.sessions import filters
from pages.ui.sessions.routes import list_routes
from tests.pages.conftest import HEADER, OpenPage, SignIn, conversation
from tests.support.tables import tables

NOW = datetime.now(UTC)
TODAY = NOW.date()


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(Starlette(routes=list_routes())) as opened:
        yield opened


def page(client: TestClient, **query: str) -> Any:
    answer = client.get("/api/list/page", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def listed(sessions: ChatSessions) -> ChatSessions:
    """Five sessions that differ in what filters look at, with a scan, a provider check and a note."""
    conversation(sessions, "s1", "apples and pears", "ok", "thanks")
    conversation(sessions, "s2", "oranges", user="noah")
    conversation(sessions, "s3", "apples", "red", user="zoe")
    conversation(sessions, "s4", "plums", "blue", "thanks", "bye")
    sessions.update_session_title("s3", "Fruit salad")
    sessions.invalidate_session_cache("s2")
    behind = conversation(sessions, "s5", "apples", "pears", "plums")
    behind.messages.pop()
    sessions.cache_chat_session(behind)
    connected = services.connected()
    assert keep(connected.app_db, scan(connected.stores, grace=0))
    model = connected.settings.model
    connected.app_db.keep_lint(model, LintRun("database", NOW, NOW, 4, {"s4": ("openai",)}))
    connected.app_db.keep_notes([Annotation("a" * 32, "s1", 0, "", None, "ana", NOW)])
    return sessions


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize(
    "query",
    [
        {},
        {"words": "apples"},
        {"words": " s2 "},
        {"words": '"apples and"'},
        {"user": "oa"},
        {"user": '"noah" "zoe"'},
        {"user": '""'},
        {"messages_min": "2", "messages_max": "3"},
        {"messages_min": "-1"},
        {"messages_max": "many"},
        {"tokens_min": "120"},
        {"tokens_max": "119"},
        {"title": "salad"},
        {"cached": "uncached"},
        {"cached": "cached", "user": "mia"},
        {"cached": "nonsense"},
        {"status": "running"},
        {"turns": "failed"},
        {"tool": "find_order"},
        {"next_turn": "would be rejected"},
        {"next_turn": "rejected by anthropic"},
        {"notes": "noted"},
        {"sync": "out_of_sync"},
        {"sync": "stale_cache", "notes": "noted"},
        {"sync": "unsaved"},
        {"sync": "unheard-of"},
        {"started": "2000-01-01..2001-01-01"},
        {"started": f"{TODAY - timedelta(days=1)}..", "tz": "Asia/Tokyo"},
        {"since": str(TODAY + timedelta(days=2))},
        {"since": str(TODAY - timedelta(days=2)), "until": str(TODAY + timedelta(days=2)), "tz": "America/New_York"},
        {"until": "yesterday"},
        {"sort": "messages"},
        {"sort": "tokens", "words": "apples"},
        {"sort": "started"},
        {"view": "masked", "words": "apples"},
        {"place": "newer"},
        {"place": "older~nonsense~s1"},
    ],
    ids=str,
)
def test_the_route_lists_what_the_page_of_the_same_address_lists(
    open_page: OpenPage, client: TestClient, query: dict[str, str]
) -> None:
    app = open_page(**query)
    assert not app.exception
    shown = tables(app)[0].data["ids"] if tables(app) else []
    assert page(client, **query)["ids"] == shown


@pytest.mark.parametrize("sort", ["active", "started", "messages", "tokens"])
def test_the_pages_lead_over_the_whole_list_and_back(sessions: ChatSessions, client: TestClient, sort: str) -> None:
    for number in range(120):
        conversation(sessions, f"s{number:03}", *["text"] * (1 + number % 3))
    pages = [page(client, sort=sort)]
    while pages[-1]["older"]:
        pages.append(page(client, sort=sort, place=pages[-1]["older"]))
    assert [len(one["ids"]) for one in pages] == [50, 50, 20]
    assert len({session for one in pages for session in one["ids"]}) == 120
    assert pages[0]["newer"] is None
    assert page(client, sort=sort, place=pages[2]["newer"])["ids"] == pages[1]["ids"]


def test_the_page_says_where_it_is_in_the_list(sessions: ChatSessions, open_page: OpenPage, client: TestClient) -> None:
    for number in range(60):
        conversation(sessions, f"s{number:02}", "text")
    older = page(client)["older"]
    newer = page(client, place=older)["newer"]
    assert tables(open_page())[0].data["place"] == {"before": 0, "total": 60, "newer": None, "older": older}
    assert tables(open_page(place=older))[0].data["place"] == {"before": 50, "total": 60, "newer": newer, "older": None}


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize("sort", ["active", "messages"])
@pytest.mark.parametrize(
    "value", ["", "x", "\x00", "-1", "9" * 400, "1e300", "nan", "9999-12-31", "0001-01-01", "0001-01-01T00:00:00+14:00"]
)
def test_no_parameter_breaks_the_route(client: TestClient, value: str, sort: str) -> None:
    names = [*filters.parameters(), "tz", "zone", "view", "sort", "place"]
    for name in names:
        assert client.get("/api/list/page", params={"sort": sort, name: value}).status_code == 200, name
    assert client.get("/api/list/page", params={"sort": sort, "place": f"older~{value}~s1"}).status_code == 200


def test_days_are_those_of_the_browser_where_no_zone_is_chosen(sessions: ChatSessions, client: TestClient) -> None:
    conversation(sessions, "s1", "apples")
    # 14 hours ahead of UTC is the next day's morning for ten hours of each day, and 11 behind the day before's.
    ahead = datetime.now(UTC) + timedelta(hours=14)
    query = {"since": str(ahead.date()), "until": str(ahead.date())}
    assert page(client, **query, zone="Pacific/Kiritimati")["ids"] == ["s1"]
    assert page(client, **query, zone="Pacific/Kiritimati", tz="Pacific/Pago_Pago")["ids"] == []


def test_a_role_that_may_not_search_words_or_users_gets_the_list_without_them(
    sessions: ChatSessions, sign_in: SignIn, client: TestClient
) -> None:
    sign_in("vera")
    conversation(sessions, "s2", "oranges", user="noah")
    client.headers[HEADER] = "vera"
    every = page(client)["ids"]
    assert sorted(every) == ["s1", "s2"]
    assert page(client, words="oranges", user="noah", title="x")["ids"] == every


@pytest.mark.usefixtures("sign_in")
def test_nobody_lists_without_a_sign_in(client: TestClient) -> None:
    assert client.get("/api/list/page").status_code == 401
