"""Damaged documents and rows at every route of the pages: each answers, whatever it is asked."""

import random
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import quote

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from chatdata import ChatSessions
from chatdata.domain.access.users import Principal
from chatdata.services.connect import EMBEDDED_DATABASE
from chatdata.services.programs.openapi import RESOURCES, openapi_document
from pages.ui.compare.routes import compare_routes
from pages.ui.export.routes import list_export_routes
from pages.ui.server import services
from pages.ui.server.api.routes import api_routes
from pages.ui.session.compare.routes import drift_routes
from pages.ui.session.messages.annotation_routes import note_routes
from pages.ui.session.messages.live_routes import live_routes
from pages.ui.session.messages.source_routes import source_routes
from pages.ui.session.messages.timeline_routes import timeline_routes
from pages.ui.session.messages.turn_routes import turn_routes
from pages.ui.session.payload.routes import payload_routes
from pages.ui.sessions.routes import list_routes
from tests.pages.conftest import OpenPage
from tests.support import builders, damage
from tests.support.command_line import ROOT
from tests.support.tables import tables

OF_INSPECTIONS = (timeline_routes, turn_routes, payload_routes, drift_routes, compare_routes)
OF_THE_SERVER = (list_routes, list_export_routes, note_routes, source_routes)
WITHOUT_CONVERSATIONS = {"sign_in_routes", "page_routes", "script_routes", "metrics_routes"}
QUESTIONS = [resource.name for resource in RESOURCES]
ROUTES: list[Route] = [
    *(route for made in OF_INSPECTIONS for route in made(services.inspections)),
    *(route for made in OF_THE_SERVER for route in made()),
    *live_routes(services.inspections, lambda _session_id: None),
]
READERS = [
    Principal("otto", "otto", "operator", "full"),
    Principal("ana", "ana", "analyst", "masked"),
    Principal("vera", "vera", "viewer", "structure"),
]
VALUES = [
    "0",
    "1",
    "-1",
    "999999999999",
    "9" * 400,
    "x",
    "",
    "0,1,2,3",
    "content",
    "call.0",
    "more.0.laid",
    "\x00",
    "ü",
]
NAMES = ["message", "start", "count", "items", "position", "part", "offset", "row", "query", "id"]
SENT = [
    {},
    {"position": 1},
    {"position": "x", "text": None},
    {"id": "x", "text": []},
    {"text": "\x00", "position": 2**60},
]


@pytest.fixture
def client() -> Iterator[TestClient]:
    """A client that an exception of a route goes through."""
    with TestClient(Starlette(routes=ROUTES), raise_server_exceptions=True) as client:
        yield client


def test_every_route_of_the_server_is_tried() -> None:
    source = (ROOT / "app.py").read_text("utf-8")
    served = set(re.findall(r"\*(\w+_routes)\(", source))
    of_programs = {"api_routes", "mcp_routes"}  # whose tools ask the same questions
    tried = {made.__name__ for made in (*OF_INSPECTIONS, *OF_THE_SERVER, live_routes)}
    assert served == {*WITHOUT_CONVERSATIONS, *of_programs, *tried}


@pytest.mark.parametrize("number", damage.numbers(6, 120))
def test_damage_is_answered_by_every_route(
    number: int, sessions: ChatSessions, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = damage.chance_of(number)
    damage.store(sessions, services.connected().settings.data_dir / EMBEDDED_DATABASE, chance)
    for reader in READERS:
        monkeypatch.setattr("pages.ui.server.json_routes.of_connection", lambda _request, reader=reader: reader)
        for source in ("database", "cache"):
            for route in ROUTES:
                for path in asked(route.path, source, chance):
                    check(client, route, path, chance)
    monkeypatch.setattr("pages.ui.server.json_routes.of_connection", lambda _request: READERS[0])
    whole = client.get("/api/timeline/opening", params={"session": "whole", "source": "database"})
    assert (whole.status_code, len(whole.json()["items"])) == (200, 4)


@pytest.mark.parametrize("number", damage.numbers(3, 60))
def test_damage_is_answered_by_every_question_of_programs(
    number: int, sessions: ChatSessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = damage.chance_of(number)
    damage.store(sessions, services.connected().settings.data_dir / EMBEDDED_DATABASE, chance)
    given = {"session_id": "s-1", "error": "messages.2: tool_use_id toolu_1", "by": "day", "format": "anthropic"}
    with TestClient(Starlette(routes=api_routes())) as client:
        for reader in READERS:
            monkeypatch.setattr("pages.ui.server.api.routes.of_connection", lambda _request, reader=reader: reader)
            for name in QUESTIONS:
                known = {p["name"] for p in openapi_document()["paths"][f"/{name}"]["get"]["parameters"]}
                odd = {chance.choice(sorted(known)): chance.choice(VALUES)}
                for parameters in ({}, odd):
                    wanted = {key: value for key, value in {**given, **parameters}.items() if key in known}
                    answer = client.get(f"/api/v1/{name}", params=wanted)
                    assert answer.status_code in (200, 400, 403, 404), (name, wanted, answer.text)
                    assert isinstance(answer.json(), dict)


def asked(path: str, source: str, chance: random.Random) -> list[str]:
    """The route asked as the page does, and with parameters of any kind."""
    plain = {"session": "s-1", "source": source, "model": "gpt-4o", "items": "0,1,2,3,4,5", "position": "1", "row": "1"}
    plain |= {"part": "content", "query": "porto", "message": "2"}
    odd = plain | {chance.choice(NAMES): chance.choice(VALUES) for _ in range(3)}
    path = path.replace("{token}", "nothing")
    return [path + "?" + "&".join(f"{name}={quote(value)}" for name, value in some.items()) for some in (plain, odd)]


def check(client: TestClient, route: Route, path: str, chance: random.Random) -> None:
    for method in sorted(route.methods or ()):
        if method == "HEAD":
            continue
        sent = None if method == "GET" else chance.choice(SENT)
        answer = client.request(method, path, json=sent)
        assert answer.status_code in (200, 400, 403, 404), (method, path, answer.text)
        if answer.status_code != 200:
            assert answer.text.strip(), (method, path)


@pytest.fixture
def damaged(sessions: ChatSessions) -> None:
    """s-1 with a title of bytes, a count of text, and a second message without a place in the order."""
    for name in ("s-1", "whole"):
        sessions.upsert_chat_session(builders.new_session(name, messages=3, usage=[(10, 5)], title="Trip"))
    with closing(sqlite3.connect(services.connected().settings.data_dir / EMBEDDED_DATABASE)) as connection, connection:
        connection.execute("""UPDATE "ChatSession" SET title = x'ff', "totalPromptTokens" = 'x' WHERE id = 's-1'""")
        connection.execute("""UPDATE "ChatMessage" SET sequence = 'x' WHERE "sessionId" = 's-1' AND sequence = 1""")


@pytest.mark.usefixtures("damaged")
@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("sessions", {"columns": "drift,prompt"}),
        ("users", {}),
        ("usage", {"period": "all"}),
        ("messages", {"id": "s-1"}),
        ("compare", {"id": "s-1"}),
        ("payload", {"id": "s-1"}),
        ("cache_health", {}),
    ],
)
def test_pages_show_damaged_rows(open_page: OpenPage, page: str, query: dict[str, str]) -> None:
    app = open_page(page, **query)
    assert not app.exception
    if page in ("users", "usage"):
        assert "1 session with a damaged count of tokens (not in totals)." in [item.value for item in app.caption]
    if page == "sessions":
        (table,) = tables(app)
        assert sorted(table.value["drift"]) == ["▲ Damaged database row", "● In sync"]
        assert table.value["prompt"].isna().sum() == 1
    if page == "compare":
        assert "ChatSession.title is damaged" in app.error[0].value.replace("\\", "")
