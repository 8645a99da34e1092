"""What the source of an imported session also held: on the page, by the routes, and at each data visibility."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from chatdata import ChatSessions, NotAllowed
from chatdata.services.importing import import_lines
from pages.ui.session.messages import source_parts
from pages.ui.session.messages.source_routes import source_routes
from tests.pages.conftest import OpenPage, SignIn, conversation, protos
from tests.pages.test_conversation_page import facts
from tests.support.tables import tables

THOUGHT = "canary-thought-7731"
KEY = "canary_key_5512"
THINKING = {"type": "thinking", "thinking": THOUGHT}
TALK = {
    "id": "s1",
    "user_id": "mia@example.com",
    "system": "Be brief.",
    KEY: THOUGHT,
    "messages": [
        {"role": "user", "content": "Where is it?"},
        {"role": "assistant", "model": "m-1", "content": [THINKING, {"type": "text", "text": "In Porto."}]},
    ],
    "usage": {"input_tokens": 70},
}


@pytest.fixture
def imported(sessions: ChatSessions) -> ChatSessions:
    report = import_lines(sessions.stores, io.BytesIO(json.dumps(TALK).encode()), datetime(2026, 3, 1, tzinfo=UTC))
    assert report.created == ("s1",)
    return sessions


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(Starlette(routes=source_routes())) as client:
        yield client


def ask(client: TestClient, path: str = "", **more: Any) -> Any:
    return client.get(f"/api/source{path}", params={"session": "s1", "source": "database", **more})


@pytest.mark.usefixtures("imported")
def test_a_part_stands_at_its_message_and_its_json_is_read_when_asked_for(client: TestClient) -> None:
    (message,) = ask(client).json()["messages"]
    assert (message["position"], message["words"], message["told"]) == (2, "thinking, 1 part", "model m-1")
    (part,) = message["parts"]
    assert (part["title"], part["kept"]) == ("thinking · messages[1].content[0]", True)
    text = ask(client, "/part", number=part["number"]).json()
    assert json.loads(text["text"]) == THINKING
    assert text["length"] == len(text["text"])
    assert ask(client, "/part", number=99).status_code == 404


def test_a_session_that_was_not_imported_has_none(sessions: ChatSessions, client: TestClient) -> None:
    conversation(sessions, "s1", "apples")
    assert ask(client).json() == {"messages": []}
    assert ask(client, "/part", number=0).status_code == 404


@pytest.mark.usefixtures("imported")
def test_the_page_tells_where_the_session_comes_from_and_what_is_unknown(open_page: OpenPage) -> None:
    app = open_page("session", id="s1")
    assert not app.exception
    assert facts(app)["Tokens"] == "70 input, unknown output"
    (panel,) = [box for box in app.expander if box.label.startswith("Imported from Anthropic Messages")]
    assert KEY in panel.label.replace("\\", "")
    assert [json.loads(block.value) for block in panel.code] == [THOUGHT]
    assert any("completion tokens are unknown" in line.value for line in panel.markdown)


def test_a_masked_reader_gets_kinds_and_counts_and_no_words(
    sign_in: SignIn, open_page: OpenPage, sessions: ChatSessions
) -> None:
    sign_in("ana")
    sessions.delete_chat_session("s1")
    import_lines(sessions.stores, io.BytesIO(json.dumps(TALK).encode()), datetime(2026, 3, 1, tzinfo=UTC))
    app = open_page("session", id="s1")
    assert not app.exception
    sent = protos(app)
    assert "also held key, 1 value" in sent
    assert THOUGHT not in sent
    assert KEY not in sent
    (message,) = source_parts.listed("s1", "database")["messages"]
    assert (message["position"], message["words"], message["parts"]) == (2, "thinking, 1 part", [])
    with pytest.raises(NotAllowed):
        source_parts.part("s1", 0)


@pytest.mark.usefixtures("imported")
def test_usage_lists_the_session_and_the_list_says_unknown(open_page: OpenPage) -> None:
    app = open_page("usage", period="all")
    assert not app.exception
    (panel,) = [box for box in app.expander if "unknown token counts" in box.label]
    assert panel.label == "1 session with unknown token counts (not in the sums)."
    row = tables(panel)[0].value.iloc[0]
    assert (row["prompt"], row["completion"], row["session_id"]) == ("70", "unknown", "s1")
    listed = tables(open_page("sessions", columns="prompt,completion"))[0].value.iloc[0]
    assert (listed["prompt"], listed["completion"]) == ("70", "unknown")
