"""The route of what each turn used."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from chatdata import ChatSessions, Usage
from pages.ui.server import services
from pages.ui.session.messages.turn_routes import PATH, turn_routes
from tests.pages.conftest import conversation


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(Starlette(routes=turn_routes(services.inspections))) as opened:
        yield opened


def turns(client: TestClient, source: str = "database", **more: str) -> Any:
    return client.get(PATH, params={"session": "s1", "source": source, **more})


@pytest.mark.parametrize("view", ["full", "masked", "structure"])
@pytest.mark.parametrize("source", ["database", "cache"])
def test_both_copies_have_the_usage_that_the_cache_recorded(
    sessions: ChatSessions, client: TestClient, source: str, view: str
) -> None:
    session = conversation(sessions, "s1", "one", "two", "three", "four")
    session.usage = [Usage.of(100, 20), Usage.of(130, 7)]
    sessions.cache_chat_session(session)
    found = turns(client, source, view=view).json()
    assert [turn[:4] for turn in found["turns"]] == [[0, 1, 100, 20], [2, 1, 130, 7]]
    assert found["currency"] == "USD"
    assert all(turn[4] > 0 for turn in found["turns"])


def test_a_copy_that_goes_on_has_figures_for_what_the_cache_knows(sessions: ChatSessions, client: TestClient) -> None:
    session = conversation(sessions, "s1", "one", "two", "three", "four")
    del session.messages[2:]
    session.usage = [Usage.of(100, 20)]
    sessions.cache_chat_session(session)
    assert [turn[:4] for turn in turns(client).json()["turns"]] == [[0, 1, 100, 20]]


def test_without_recorded_usage_there_are_none(sessions: ChatSessions, client: TestClient) -> None:
    conversation(sessions, "s1", "one", "two")
    sessions.invalidate_session_cache("s1")
    assert turns(client).json() == {"turns": [], "currency": None}


def test_an_unknown_copy_is_not_found(sessions: ChatSessions, client: TestClient) -> None:
    conversation(sessions, "s1", "one", "two")
    assert turns(client, "elsewhere").status_code == 404
