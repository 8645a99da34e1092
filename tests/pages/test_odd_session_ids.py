"""A session's id may be any text: it opens every page, route, export and command, and never becomes an identifier."""

import json
import re
from collections.abc import Mapping

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from chatdata import ChatSessions
from pages.ui.base.keys import key_of
from pages.ui.export.options import Choice
from pages.ui.server import services
from pages.ui.session.compare.routes import drift_routes
from pages.ui.session.export import file_name
from pages.ui.session.messages.annotation_routes import note_routes
from pages.ui.session.messages.timeline_routes import timeline_routes
from pages.ui.session.payload.routes import payload_routes
from tests.pages.conftest import OpenPage, component, conversation
from tests.support.command_line import at_once
from tests.support.tables import tables

IDS: Mapping[str, str] = {
    "two underscores": "user__42",
    "slashes": "a/../b\\c",
    "quotes": '"it\'s" `x`',
    "newlines": "one\ntwo\r\nthree",
    "percent": "100%25%zz",
    "query": "a&b=c?d#e+f",
    "markup": "<b>bold</b> :red[x] $y$ [z](http://evil.example)",
    "emoji": "🙂\u202efdp.exe",
    "spaces": "  lead and trail  ",
    "only dots": "..",
    "an option": "--help",
    "control": "a\x1b]0;b\x07",
    "long": "x" * 4000,
}
every_id = pytest.mark.parametrize("session_id", IDS.values(), ids=IDS.keys())


@every_id
def test_it_opens_every_page(sessions: ChatSessions, open_page: OpenPage, session_id: str) -> None:
    conversation(sessions, session_id, "apples", "pears")
    for source in ("database", "cache"):
        app = open_page("session", id=session_id, source=source)
        assert not app.exception
        assert component(app, "timeline", session_id, source)["session"] == session_id
        app = open_page("session", tab="payload", id=session_id, source=source)
        assert not app.exception
        assert component(app, "payload", session_id, source)["session"] == session_id
    app = open_page("session", tab="compare", part="diff", id=session_id)
    assert not app.exception
    assert component(app, "drift", session_id)["session"] == session_id
    assert not open_page("session", tab="tokens", id=session_id).exception
    listed = open_page("sessions")
    assert not listed.exception
    assert len(tables(listed)[0].value) == 1


@every_id
def test_it_is_answered_by_every_route(sessions: ChatSessions, session_id: str) -> None:
    conversation(sessions, session_id, "apples", "pears")
    routes = [
        *timeline_routes(services.inspections),
        *payload_routes(services.inspections),
        *drift_routes(services.inspections),
        *note_routes(),
    ]
    paths = [route.path for route in routes if "GET" in (route.methods or ())]
    query = {
        "session": session_id,
        "source": "database",
        "position": "0",
        "query": "apples",
        "model": "gpt-4o",
        "row": "0",
    }
    client = TestClient(Starlette(routes=routes))
    parts = {"/api/payload/text": "sent"}
    answers = {
        path: client.get(path, params={**query, "start": "0", "items": "0", "part": parts.get(path, "content")})
        for path in paths
    }
    assert {path: answer.text for path, answer in answers.items() if answer.status_code != 200} == {}
    assert "apples" in answers["/api/timeline/opening"].text


@every_id
def test_it_is_read_by_every_command_and_exported(sessions: ChatSessions, session_id: str) -> None:
    conversation(sessions, session_id, "apples", "pears")
    shown = at_once("show", "--json", "--", session_id)
    assert (shown.code, shown.json["session_id"]) == (0, session_id)
    for command in (
        ["diff"],
        ["payload"],
        ["lint"],
        ["repair", "--action", "keep_alive"],
        ["export", "--format", "html"],
    ):
        answer = at_once(*command, "--", session_id)
        assert answer.code in (0, 1), answer.err
    exported = at_once("export", "--format", "jsonl", "--", session_id)
    assert [json.loads(line)["id"] for line in exported.out.splitlines()] == [session_id]


@every_id
def test_no_key_and_no_file_name_holds_any_of_it(session_id: str) -> None:
    assert re.fullmatch(r"timeline-[0-9a-f]{20}", key_of("timeline", session_id, "cache"))
    name = file_name(session_id, Choice("masked", "json", "both"))
    assert re.fullmatch(r"conversation-[A-Za-z0-9-]{1,8}-masked\.json", name)


def test_keys_of_different_parts_differ() -> None:
    keys = {key_of("a", "b", "c"), key_of("a", "bc"), key_of("a", "b\0c"), key_of("a", "b", None), key_of("a-b", "c")}
    assert len(keys) == 5
