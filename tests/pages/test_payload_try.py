"""Test requests: nothing is sent before confirmation, the response streams in, and errors are shown."""

import json
from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from chatdata import ChatSessions
from chatdata.domain.messages import build_payload
from pages.ui.server import services
from tests.pages.conftest import OpenPage
from tests.pages.test_payload_page import everything
from tests.support.builders import document, document_message, message, new_session, tool_call
from tests.support.openai_server import ANSWER, KEY, PREFIX, TOO_LONG, OpenAIServer, openai_server

MESSAGES = [
    message("system", "Be brief."),
    message(content="Where is 日本's parcel?"),
    message("assistant", None, tool_calls=[tool_call()]),
    message("tool", "On its way", tool_call_id="call_1"),
    message("assistant", "It is on its way."),
]
Try = Callable[..., AppTest]


@pytest.fixture
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIServer]:
    """The endpoint of the settings; it answers with text, or as the fixture's parameter says."""
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("INSPECTOR_SEND_TIMEOUT", "1")
    with openai_server(getattr(request, "param", "text")) as running:
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("OPENAI_BASE_URL", f"{running.base_url}/?token={KEY}")
        yield running


@pytest.fixture
def stored(server: OpenAIServer) -> ChatSessions:
    opened = services.connected().sessions
    opened.upsert_chat_session(new_session("s1", messages=MESSAGES))
    return opened


@pytest.fixture
def tried(stored: ChatSessions, open_page: OpenPage) -> Try:
    """The page after the payload was sent and the answer has come, or has not."""

    def send(**query: str) -> AppTest:
        app = opened(open_page, **query)
        app.button(key="send").click().run()
        app.button(key="send_now").click().run()
        assert not app.exception
        assert KEY not in everything(app)
        return app

    return send


def opened(open_page: OpenPage, **query: str) -> AppTest:
    return open_page("session", tab="payload", id="s1", part="send", **query)


def button_keys(app: AppTest) -> list[str]:
    return [button.key for button in app.button]


def test_without_a_key_the_page_says_how_to_start_with_one(open_page: OpenPage) -> None:
    services.connected().sessions.upsert_chat_session(new_session("s1", messages=MESSAGES))
    app = opened(open_page)
    assert "start the inspector with OPENAI_API_KEY" in everything(app)
    assert "send" not in button_keys(app)
    assert not app.text_area


def test_nothing_is_sent_before_it_is_confirmed(
    stored: ChatSessions, server: OpenAIServer, open_page: OpenPage
) -> None:
    app = opened(open_page)
    app.button(key="send").click().run()
    said = everything(app) + "\n".join(text.value for text in app.text)
    assert "Sends **5 messages** (about " in said
    assert " tokens) to" in said
    assert f"{server.base_url}/\nmodel gpt-4o" in said
    assert KEY not in said
    app.button(key="send_not").click().run()
    assert "send_now" not in button_keys(app)
    assert (server.requests, list(app.code)) == ([], [])


def test_the_payload_arrives_and_the_answer_is_shown(tried: Try, server: OpenAIServer) -> None:
    app = tried()
    (request,) = server.requests
    assert (request.path, request.headers["authorization"]) == (
        f"{PREFIX}/chat/completions?token={KEY}",
        f"Bearer {KEY}",
    )
    assert request.body["messages"] == build_payload(MESSAGES).params
    assert request.body["model"] == "gpt-4o"
    assert app.code[0].value == "".join(ANSWER)
    assert "Finish reason: stop; 90 input and 8 output tokens (reported by the provider)." in everything(app)
    app.run()
    assert (len(server.requests), list(app.code)) == (1, [])


def test_the_next_words_and_another_model_go_with_it(
    stored: ChatSessions, server: OpenAIServer, open_page: OpenPage
) -> None:
    app = opened(open_page, model="anthropic/claude-opus-5.5")
    app.text_area(key="send_following").input("And mine?").run()
    app.button(key="send").click().run()
    said = everything(app) + "\n".join(text.value for text in app.text)
    assert "Sends **6 messages** (an unknown number of tokens) to" in said
    assert "model anthropic/claude-opus-5.5" in said
    app.button(key="send_now").click().run()
    (request,) = server.requests
    assert request.body["messages"][-1] == {"role": "user", "content": "And mine?"}
    assert (len(request.body["messages"]), request.body["model"]) == (6, "anthropic/claude-opus-5.5")


def test_nothing_of_it_is_stored(tried: Try, stored: ChatSessions) -> None:
    before = stored.stores.read_copies("s1")
    tried()
    after = stored.stores.read_copies("s1")
    assert (after.stored, after.cached.document) == (before.stored, before.cached.document)  # type: ignore[union-attr]
    assert stored.stores.database is not None
    assert stored.stores.database.facts().sessions == 1


@pytest.mark.parametrize("server", ["tool_calls"], indirect=True)
def test_tool_calls_are_shown_and_not_run(tried: Try) -> None:
    app = tried()
    assert 'find_parcel({"number": "AB1"})' in [code.value for code in app.code]
    assert "not executed" in everything(app)
    assert "Finish reason: tool_calls" in everything(app)


@pytest.mark.parametrize(
    ("server", "words", "came"),
    [
        ("unauthorized", "OPENAI_API_KEY (401)", None),
        ("echoes_key", "Incorrect API key provided: (the key).", None),
        ("rate_limited", "too many requests", None),
        ("bad_request", TOO_LONG, None),
        ("broken_gateway", "try again later (502)", None),
        ("web_page", "not return a stream of chat completions", None),
        ("redirect", "set OPENAI_BASE_URL to the new address", None),
        ("silent", "no data for 1 second", None),
        ("stalls", "stopped: ", ANSWER[0]),
        ("breaks_off", "was cut off", ANSWER[0]),
        ("error_event", "The engine is overloaded.", ANSWER[0]),
    ],
    indirect=["server"],
)
def test_what_goes_wrong_is_said_and_what_came_stays(
    tried: Try, server: OpenAIServer, words: str, came: str | None
) -> None:
    app = tried()
    assert words in app.error[0].value.replace("\\", "")
    assert [code.value for code in app.code] == ([came] if came else [])
    assert len(server.requests) == 1


@pytest.mark.parametrize("server", ["bad_request"], indirect=True)
def test_an_error_that_is_known_comes_with_its_cause(tried: Try) -> None:
    assert "window" in "\n".join(caption.value for caption in tried().caption if ":" in caption.value)


def test_half_characters_can_not_be_sent_and_that_is_said(
    stored: ChatSessions, server: OpenAIServer, open_page: OpenPage
) -> None:
    raw = document(messages=[document_message("user", "half \ud83d")])
    assert stored.stores.cache is not None
    stored.stores.cache.put_raw("s1", json.dumps(raw).encode())
    app = opened(open_page, source="cache")
    app.button(key="send").click().run()
    app.button(key="send_now").click().run()
    assert "half a character" in app.error[-1].value
    assert server.requests == []


@pytest.mark.parametrize("server", ["text"], indirect=True)
def test_a_payload_without_messages_can_only_be_sent_with_words(
    stored: ChatSessions, server: OpenAIServer, open_page: OpenPage
) -> None:
    stored.upsert_chat_session(new_session("s2"))
    app = open_page("session", tab="payload", id="s2", part="send")
    assert app.button(key="send").disabled
    app.text_area(key="send_following").input("Hello").run()
    assert not app.button(key="send").disabled
