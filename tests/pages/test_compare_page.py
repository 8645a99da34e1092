"""The page that compares any two sessions, and the routes of its rows."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from chatdata import ChatMessage, ChatSession, ChatSessions
from chatdata.services.two_sessions import SessionChoice
from pages.ui.compare.routes import compare_routes
from pages.ui.server import services
from tests.pages.conftest import OpenPage, SignIn, component, conversation, protos
from tests.support.command_line import UNREACHABLE_CACHE, at_once

CANARY = "Lindqvist"


def fork(sessions: ChatSessions) -> None:
    """s2 is s1 with another answer and two messages more."""
    conversation(sessions, "s1", "apples", "two ripe pears")
    conversation(sessions, "s2", "apples", "two ripe plums", "thanks", "bye")
    sessions.update_session_title("s1", "Fruit")


def facts(app: AppTest, key: str) -> dict[str, str]:
    return {fact["label"]: fact["value"] for row in component(app, key)["rows"] for fact in row}


def titles(app: AppTest) -> list[str]:
    return [text.value for text in app.main.markdown if text.value.startswith(("**A", "**B"))]


@pytest.fixture
def client(sessions: ChatSessions) -> Iterator[TestClient]:
    """The routes on the stores of the test, without sign-in."""
    with TestClient(Starlette(routes=compare_routes(services.inspections))) as opened:
        yield opened


def test_both_headers_and_the_counts_are_shown(sessions: ChatSessions, open_page: OpenPage) -> None:
    fork(sessions)
    app = open_page("/compare", a="s1", b="s2")
    assert not app.exception
    assert titles(app) == ["**A · Fruit**", "**B · Untitled conversation**"]
    assert (facts(app, "compare_a")["Messages"], facts(app, "compare_b")["Messages"]) == ("2", "4")
    assert facts(app, "compare_b")["Tokens"] == "100 input, 20 output"
    assert facts(app, "compare_counts") == {
        "Equal": "1",
        "Changed": "1",
        "Only in A": "0",
        "Only in B": "2",
        "Moved": "0",
        "Also different": "Title, Messages",
    }
    assert [link.proto.label for link in app.get("page_link")][-2:] == ["Open session A", "Open session B"]


def test_the_rows_are_those_of_these_copies(sessions: ChatSessions, open_page: OpenPage) -> None:
    fork(sessions)
    given = component(open_page("/compare", a="s1", b="s2", source_b="cache"), "compared")
    subject = given["subject"]
    assert subject["address"] == {"a": "s1", "b": "s2", "source_b": "cache", "view": "full"}
    assert [(side["key"], side["session"], side["source"]) for side in subject["sides"]] == [
        ("a", "s1", "database"),
        ("b", "s2", "cache"),
    ]
    assert subject["labels"]["only_a"] == "Only in A"


def test_an_unknown_token_count_is_not_shown_as_zero(sessions: ChatSessions, open_page: OpenPage) -> None:
    conversation(sessions, "s1", "apples")
    stores = services.connected()
    path = Path(stores.settings.data_dir) / "session.json"
    value = {"id": "s2", "messages": [{"role": "user", "content": "apples"}], "usage": {"prompt_tokens": 100}}
    path.write_text(json.dumps(value), "utf-8")
    assert at_once("import", str(path)).code == 0
    app = open_page("/compare", a="s1", b="s2")
    assert not app.exception
    assert facts(app, "compare_a")["Tokens"] == "100 input, 20 output"
    assert facts(app, "compare_b")["Tokens"] == "100 input, unknown output"
    assert "Output tokens" in facts(app, "compare_counts")["Also different"]


def test_equal_sessions_are_said_to_be(sessions: ChatSessions, open_page: OpenPage) -> None:
    conversation(sessions, "s1", "apples")
    app = open_page("/compare", a="s1", b="s1")
    assert "Both sessions are equal" in app.success[0].value


@pytest.mark.parametrize("query", [{}, {"a": "s1"}, {"b": "s1"}, {"a": " ", "b": "s1"}])
def test_without_two_ids_it_asks_for_them(sessions: ChatSessions, open_page: OpenPage, query: dict[str, str]) -> None:
    conversation(sessions, "s1", "apples")
    app = open_page("/compare", **query)
    assert not app.exception
    assert "Enter the IDs of two sessions" in app.info[0].value
    assert [box.label for box in app.text_input] == ["Session A", "Session B"]


def test_ids_that_are_typed_are_compared_and_can_be_swapped(sessions: ChatSessions, open_page: OpenPage) -> None:
    fork(sessions)
    app = open_page("/compare")
    app.text_input[0].set_value("s1").run()
    app.text_input[1].set_value(" s2 ").run()
    assert facts(app, "compare_counts")["Only in B"] == "2"
    next(button for button in app.button if button.label == "Swap").click().run()
    assert facts(app, "compare_counts")["Only in A"] == "2"
    assert titles(app)[0] == "**A · Untitled conversation**"


@pytest.mark.parametrize(("a", "b", "letter"), [("nobody", "s1", "A"), ("s1", "nobody", "B")])
def test_an_unknown_id_is_named_and_does_not_hide_the_other(
    sessions: ChatSessions, open_page: OpenPage, a: str, b: str, letter: str
) -> None:
    conversation(sessions, "s1", "apples")
    app = open_page("/compare", a=a, b=b)
    assert not app.exception
    (warning,) = (box.value.replace("\\", "") for box in app.warning)
    assert warning == f"Session {letter} was not found in the database or the cache: nobody"
    other = "compare_b" if letter == "A" else "compare_a"
    assert facts(app, other)["Messages"] == "1"


def test_a_cache_that_is_down_hides_neither_session(
    sessions: ChatSessions, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    fork(sessions)
    services.close()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/data/chat.db")
    monkeypatch.setenv("REDIS_URL", UNREACHABLE_CACHE)
    app = open_page("/compare", a="s1", b="s2")
    assert facts(app, "compare_counts")["Equal"] == "1"
    gone = open_page("/compare", a="s1", b="s2", source_b="cache")
    assert "Session B can't be read" in gone.warning[0].value.replace("\\", "")
    assert facts(gone, "compare_a")["Messages"] == "2"
    assert "SECRET" not in protos(gone)


def test_the_routes_answer_with_rows(sessions: ChatSessions, client: TestClient) -> None:
    fork(sessions)
    opening = client.get("/api/compare/opening", params={"a": "s1", "b": "s2"}).json()
    assert [part["kind"] for part in opening["index"]["stretches"]] == ["equal", "changed", "only_b"]
    assert (opening["first"], len(opening["items"])) == (1, 4)
    (row,) = client.get("/api/compare/window", params={"a": "s1", "b": "s2", "items": "1"}).json()["items"]
    assert row["a"]["fields"][0]["pieces"] == [["same", "two ripe "], ["only", "pears"]]
    assert row["b"]["fields"][0]["pieces"] == [["same", "two ripe "], ["only", "plums"]]


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [({"a": "s1"}, 400, "each need a session ID"), ({"a": "s1", "b": "nobody"}, 404, "Session B was not found")],
)
def test_a_route_says_what_it_lacks(
    sessions: ChatSessions, client: TestClient, query: dict[str, str], status: int, words: str
) -> None:
    conversation(sessions, "s1", "apples")
    answer = client.get("/api/compare/opening", params=query)
    assert (answer.status_code, words in answer.json()["error"]) == (status, True)


@pytest.mark.parametrize("person", ["vera", "ana"])
def test_a_name_that_only_one_session_tells_is_hidden_in_both(
    sessions: ChatSessions, sign_in: SignIn, open_page: OpenPage, person: str
) -> None:
    for session_id, name in (("s3", CANARY), ("s4", None)):
        session = ChatSession.new(f"{session_id}@example.com", session_id=session_id)
        words = f"Certainly, {CANARY}"
        session.messages = [
            ChatMessage(role="user", content="hello", name=name),
            ChatMessage(role="user", content=words),
        ]
        session.title = f"Words of {CANARY}"
        sessions.upsert_chat_session(session)
    sign_in(person)
    told = protos(open_page("/compare", a="s3", b="s4"))
    assert CANARY not in told
    assert "@example.com" not in told
    rows = services.inspections().two_sessions(SessionChoice("s3"), SessionChoice("s4")).rows
    assert CANARY not in str(rows.window(range(9)))
    assert [rows.kinds[row.stretch] for row in rows.rows] == ["changed", "equal"]
    assert "only in what is hidden here" in told


def test_both_looks_are_in_the_audit_log(sessions: ChatSessions, sign_in: SignIn, open_page: OpenPage) -> None:
    conversation(sessions, "s2", "apples")
    sign_in("otto")
    open_page("/compare", a="s1", b="s2")
    events = services.connected().app_db.audit_events()
    assert {(event.kind, event.session_id, event.who) for event in events} == {
        ("view", "s1", "otto"),
        ("view", "s2", "otto"),
    }
