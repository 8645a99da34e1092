"""The Overview page: what needs attention, each figure a link to its sessions, and one box for everything."""

from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Metric
from streamlit.util import calc_hash

from chatdata import ChatMessage, ChatSessions
from chatdata.domain.formatting import short_number
from chatdata.domain.tokens import model_facts
from chatdata.services.lint_all import lint_and_keep
from chatdata.services.repair import Done, Proposal, apply, propose
from chatdata.services.scan import keep, scan
from pages.ui.server import services
from tests.pages.conftest import OpenPage, component, conversation
from tests.pages.test_sessions_page import shown
from tests.support.builders import fill, new_session
from tests.support.tables import click_row, tables

ERROR = (
    "Error code: 400 - {'error': {'message': \"An assistant message with 'tool_calls' must be followed by tool "
    "messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: call_1\", "
    "'type': 'invalid_request_error', 'param': 'messages.[2].role', 'code': None}}"
)


def scanned() -> None:
    """Scans the stores of the test and keeps the result, as the page's button does."""
    connected = services.connected()
    assert keep(connected.app_db, scan(connected.stores, grace=0))


def links(app: AppTest) -> dict[str, str]:
    """The labels of all links, and where each leads."""
    return {
        link.proto.label.replace("\\", ""): f"{link.proto.page}?{link.proto.query_string}"
        for link in app.get("page_link")
    }


def leads_to(app: AppTest, label: str) -> str:
    (found,) = [target for name, target in links(app).items() if label in name]
    return found


def behind(sessions: ChatSessions, session_id: str) -> None:
    """A session whose cache ends one message before the database."""
    session = conversation(sessions, session_id, "apples", "pears", "plums")
    session.messages.pop()
    sessions.cache_chat_session(session)


def unsaved(sessions: ChatSessions, session_id: str) -> None:
    """A session with a message that only the cache has."""
    session = conversation(sessions, session_id, "apples", "pears")
    session.messages.append(ChatMessage(role="user", content="plums"))
    sessions.cache_chat_session(session)


def test_without_a_scan_it_offers_one(open_page: OpenPage) -> None:
    app = open_page("overview")
    assert app.title[0].value == "Overview"
    assert "No scans yet" in app.info[0].value
    assert app.button(key="scan_now").label == "Scan now"


def test_each_figure_leads_to_exactly_the_sessions_that_it_counts(sessions: ChatSessions, open_page: OpenPage) -> None:
    conversation(sessions, "fine", "apples", "pears")
    behind(sessions, "behind")
    unsaved(sessions, "unsaved")
    lint_and_keep(sessions.stores, services.connected().app_db, "database", model_facts("gpt-4o"))
    scanned()
    app = open_page("overview")
    assert not app.exception
    assert leads_to(app, "**1 message**").startswith("sessions?sync=unsaved")
    assert leads_to(app, "**2 sessions**").startswith("sessions?sync=out_of_sync")
    assert leads_to(app, "Cache is behind: 1 session").startswith("sessions?sync=stale_cache")
    for query, expected in (
        ("unsaved", ["unsaved"]),
        ("out_of_sync", ["behind", "unsaved"]),
        ("stale_cache", ["behind"]),
    ):
        listed = open_page("sessions", sync=query)
        assert len(tables(listed)[0].value) == len(expected), query
    assert not tables(open_page("sessions", sync="ghost_session"))


def test_open_issues_are_counted_as_the_list_at_the_link_and_not_called_out_of_sync(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    behind(sessions, "behind")
    unsaved(sessions, "unsaved")
    conversation(sessions, "in sync with a gap", "apples", "pears")
    sessions.cache_chat_session(new_session("no row", "mia", 3))
    with sessions.stores.require_database().writing() as connection:
        later = (
            """UPDATE "ChatMessage" SET "sequence" = 7 WHERE "sequence" = 1 AND "sessionId" = 'in sync with a gap'"""
        )
        assert connection.execute(text(later)).rowcount == 1
    scanned()

    page = open_page("overview")

    captions = [item.value for item in page.caption]
    at = captions.index("Open issues")
    assert captions[at + 1] == "4 kinds of issue; 1 more session without a database row"
    (target,) = [to for name, to in links(page).items() if "**3 sessions**" in name]
    listed = open_page("sessions", **dict(parse_qsl(target.partition("?")[2])))
    assert len(tables(listed)[0].value) == 3
    assert leads_to(page, "Cache only (no database row): 1 session").startswith("cache_health")
    assert metric(open_page("cache_health"), "Out of sync").value == "2"
    assert "Out of sync" not in captions


def test_the_next_to_expire_comes_first_and_a_click_compares_it(sessions: ChatSessions, open_page: OpenPage) -> None:
    unsaved(sessions, "later")
    unsaved(sessions, "sooner")
    cache = sessions.stores.cache
    assert cache is not None
    cache.put_raw("sooner", cache.read_raw("sooner") or b"", ttl_seconds=600)
    scanned()
    app = open_page("overview")
    assert str(tables(app)[0].words("left")[0]).startswith("9 min")
    assert component(click_row(app, 0), "navigate")["to"] == "session?id=sooner&tab=compare"


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("ERROR chat:session:s-77 save failed", "session?id=s-77&source=database"),
        ("https://inspector.example/session?id=s-77&message=1", "session?id=s-77&source=database&message=1"),
        ("https://inspector.example/conversation?session=s-77&message=1", "session?id=s-77&source=database&message=1"),
        ("plums", "sessions?words=plums"),
        (f"s-77 {ERROR}", "session?id=s-77&tab=payload&source=database&part=explain"),
    ],
    ids=["log line", "link", "link of an earlier version", "words", "error with its session"],
)
def test_the_box_opens_what_its_text_names(sessions: ChatSessions, open_page: OpenPage, text: str, target: str) -> None:
    conversation(sessions, "s-77", "apples", "pears")
    app = open_page("overview")
    app.text_input(key="find").input(text).run()
    assert component(app, "navigate")["to"] == target


def test_an_error_that_names_no_session_is_explained_in_place(open_page: OpenPage) -> None:
    app = open_page("overview")
    app.text_input(key="find").input(ERROR).run()
    text = shown(app).replace("\\", "")
    assert "OpenAI" in text
    assert "Usual cause: " in text
    assert "names no session" in text


@pytest.mark.parametrize(
    ("path", "query", "target"),
    [
        ("conversation", {"session": "s1", "message": "3"}, "session?message=3&id=s1"),
        ("conversation", {"session": "s1", "turns": "true"}, "session?id=s1&tab=tokens"),
        ("drift", {"session": "s1"}, "session?id=s1&tab=compare"),
        ("payload", {"session": "s1", "source": "cache"}, "session?source=cache&id=s1&tab=payload"),
        ("payload", {"session": "s1", "part": "Export"}, "session?part=export&id=s1&tab=payload"),
        ("fleet", {}, "cache_health?"),
    ],
)
def test_addresses_of_earlier_versions_lead_on(
    open_page: OpenPage, path: str, query: dict[str, str], target: str
) -> None:
    app = open_page("overview", **query)
    app._page_hash = calc_hash(path)  # these pages have no file that an AppTest could switch to
    told = component(app.run(), "navigate")
    assert (told["to"], told["replace"]) == (target, True)


def test_what_runs_now_is_counted_whatever_the_last_scan_found(sessions: ChatSessions, open_page: OpenPage) -> None:
    database = sessions.stores.require_database()
    for session_id, status in (("s1", "running"), ("s2", "queued"), ("s3", "idle")):
        conversation(sessions, session_id, "apples")
        database.add_status_column()
        database.put_status(session_id, status)
    services.close()  # the pages find the column when they connect

    page = open_page("overview")

    assert leads_to(page, "1 running").endswith("?status=running")
    assert "1 queued" in shown_words(page)
    scanned()
    assert "No turn has lost its worker. Now 1 running, 1 queued" in shown_words(open_page("overview"))


def shown_words(page: AppTest) -> str:
    return " ".join(item.value for item in page.caption)


def metric(page: AppTest, label: str) -> Metric:
    return next(metric for metric in page.metric if metric.label == label)


@pytest.mark.parametrize("tz", ["UTC", "Asia/Tokyo", "America/Los_Angeles"])
def test_the_week_has_the_figures_of_the_usage_page_that_it_opens(
    sessions: ChatSessions, open_page: OpenPage, tz: str
) -> None:
    every_five_hours = [services.now() - timedelta(hours=5 * number, minutes=20) for number in range(80)]
    fill(
        sessions.stores.require_database(),
        *(
            new_session(f"s-{number}", "mia", 2, [(10_000 + 100 * number, number)], started)
            for number, started in enumerate(every_five_hours)
        ),
    )
    page = open_page("overview", tz=tz)
    target = leads_to(page, "tokens**")
    usage_page = open_page("usage", tz=tz, **dict(parse_qsl(target.partition("?")[2])))
    tokens, cost = metric(usage_page, "Tokens"), metric(usage_page, "Cost")
    shown_tokens = short_number(int(tokens.value.replace(",", "")))
    assert f"**{shown_tokens} tokens**" in " ".join(links(page))
    assert tokens.delta
    assert f"{tokens.delta} vs previous 7 days · {cost.value}" in [item.value for item in page.caption]


def test_a_repaired_session_is_gone_at_once_from_each_list_and_figure(
    sessions: ChatSessions, open_page: OpenPage
) -> None:
    behind(sessions, "behind")
    unsaved(sessions, "unsaved")
    scanned()
    connected = services.connected()
    proposal = propose(connected.stores, "unsaved", "save_cached_tail")
    assert isinstance(proposal, Proposal)
    assert isinstance(apply(connected.stores, connected.app_db, proposal, who="mia"), Done)
    app = open_page("overview")
    assert leads_to(app, "**0 messages**").startswith("sessions?sync=unsaved")
    assert leads_to(app, "**1 session**").startswith("sessions?sync=out_of_sync")
    assert "No message exists only in the cache." in [box.value for box in app.success]
    assert not [label for label in links(app) if "Not saved" in label or "missing in database" in label]
    assert leads_to(app, "Cache is behind: 1 session").startswith("sessions?sync=stale_cache")
    assert "1 session repaired and re-checked since." in shown(app)
    assert len(tables(open_page("sessions", sync="out_of_sync"))[0].value) == 1
    assert not tables(open_page("sessions", sync="unsaved"))
