"""Test requests to a real local server: what arrives, what is returned, and errors without a response."""

import gc
import logging
import subprocess
import sys
import weakref
from collections.abc import Iterator
from contextlib import suppress

import pytest

from chatdata.errors import SendError
from chatdata.settings.stores import Endpoint
from chatdata.stores.openai_client import AnswerUsage, RequestedCall, send
from tests.support.openai_server import ANSWER, HOST, KEY, TOO_LONG, Mode, OpenAIServer, openai_server
from tests.support.servers import free_port

MESSAGES = [
    {"role": "system", "content": "You find parcels."},
    {"role": "user", "content": "Where is 日本's parcel? 🙂 TOP-SECRET"},
]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[OpenAIServer]:
    """Answers with text; another mode as the fixture's parameter."""
    with openai_server(getattr(request, "param", "text")) as running:
        yield running


def failure(mode: Mode, *, timeout: float = 30.0) -> tuple[SendError, str, OpenAIServer]:
    """What sending says where it fails, the text that came before, and the server."""
    with openai_server(mode) as server:
        answering = send(server.endpoint(timeout=timeout), MESSAGES)
        with pytest.raises(SendError) as raised:
            list(answering)
        return raised.value, answering.text, server


# What goes and what comes


def test_the_messages_arrive_as_they_are_with_the_key_and_the_model(server: OpenAIServer) -> None:
    list(send(server.endpoint(), MESSAGES))
    (request,) = server.requests
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body == {
        "model": "gpt-4o",
        "messages": MESSAGES,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_the_text_comes_in_pieces_and_the_rest_is_known_at_the_end(server: OpenAIServer) -> None:
    answering = send(server.endpoint(), MESSAGES)
    assert (answering.finish_reason, answering.usage, answering.text) == (None, None, "")
    assert tuple(answering) == ANSWER
    assert answering.text == "".join(ANSWER)
    assert answering.finish_reason == "stop"
    assert answering.usage == AnswerUsage(90, 8, 64)
    assert answering.tool_calls == ()


def test_nothing_is_sent_before_the_first_piece_is_asked_for_and_nothing_twice(server: OpenAIServer) -> None:
    answering = send(server.endpoint(), MESSAGES)
    assert server.requests == []
    list(answering)
    assert list(answering) == []
    assert len(server.requests) == 1


def test_another_model_can_be_asked(server: OpenAIServer) -> None:
    answering = send(server.endpoint(), MESSAGES, model="gpt-5-mini")
    list(answering)
    assert answering.model == server.requests[0].body["model"] == "gpt-5-mini"


@pytest.mark.parametrize("server", ["no_usage"], indirect=True)
def test_usage_that_was_not_sent_is_unknown(server: OpenAIServer) -> None:
    answering = send(server.endpoint(), MESSAGES)
    list(answering)
    assert (answering.usage, answering.finish_reason) == (None, "length")


@pytest.mark.parametrize("server", ["tool_calls"], indirect=True)
def test_an_answer_of_tool_calls_alone_has_no_text_and_shows_its_calls(server: OpenAIServer) -> None:
    answering = send(server.endpoint(), MESSAGES)
    assert list(answering) == []
    assert answering.tool_calls == (
        RequestedCall("call_a", "find_parcel", '{"number": "AB1"}'),
        RequestedCall("call_b", "now", "{}"),
    )
    assert answering.finish_reason == "tool_calls"


@pytest.mark.parametrize("server", ["calls_without_index"], indirect=True)
def test_calls_that_a_server_does_not_number_stay_apart(server: OpenAIServer) -> None:
    answering = send(server.endpoint(), MESSAGES)
    list(answering)
    assert [call.id for call in answering.tool_calls] == ["call_a", "call_b"]


@pytest.mark.parametrize("server", ["refusal"], indirect=True)
def test_a_refusal_is_not_text(server: OpenAIServer) -> None:
    answering = send(server.endpoint(), MESSAGES)
    assert list(answering) == []
    assert answering.refusal == "I can't help."


def test_parameters_of_the_base_url_go_with_the_request(server: OpenAIServer) -> None:
    endpoint = server.endpoint(base_url=f"{server.base_url}/?api-version=2026-01-01#part")
    list(send(endpoint, MESSAGES))
    assert server.requests[0].path == "/v1/chat/completions?api-version=2026-01-01"
    assert endpoint.shown == f"{server.base_url}/"


# Stopping early


@pytest.mark.parametrize("how", ["close", "with", "drop"])
def test_stopping_early_closes_the_connection(how: str) -> None:
    with openai_server("endless") as server:
        answering = send(server.endpoint(), MESSAGES)
        assert next(answering) == "on and on "
        if how == "close":
            answering.close()
        elif how == "with":
            with answering:
                pass
        else:
            del answering
        assert server.left.wait(30)


def test_an_answer_is_no_circle_that_only_the_collector_could_free(server: OpenAIServer) -> None:
    gc.disable()
    try:
        answering = send(server.endpoint(), MESSAGES)
        next(answering)
        kept = weakref.ref(answering)
        del answering
        assert kept() is None
    finally:
        gc.enable()


# Failures


@pytest.mark.parametrize(
    ("mode", "says", "provider_text"),
    [
        ("unauthorized", "OPENAI_API_KEY (401)", "You didn't provide a valid API key."),
        ("forbidden", "(403)", "Your project does not have access to this model."),
        ("unknown_model", "does not know the model gpt-4o", "The model `gpt-4o` does not exist."),
        ("bad_request", "did not accept the request (400)", TOO_LONG),
        ("detail_only", "(422)", '[{"loc": ["body", "messages"], "msg": "Field required"}]'),
        ("rate_limited", "too many requests", "Rate limit reached."),
        ("teapot", "refused the request (418)", "short and stout"),
        ("error_event", "ended the response", "The engine is overloaded."),
    ],
)
def test_a_refusal_of_the_server_is_told_in_its_own_words_too(mode: Mode, says: str, provider_text: str) -> None:
    error, _, server = failure(mode)
    assert says in str(error)
    assert server.base_url in str(error)
    assert str(error).endswith(f"It says: {provider_text}")
    assert error.provider_text == provider_text
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ("broken_gateway", "internal error: try again later (502)"),
        ("empty_error", "internal error: try again later (500)"),
        ("redirect", "set OPENAI_BASE_URL to the new address (307)"),
        ("not_json", "not return a stream of chat completions"),
        ("not_chunks", "not return a stream of chat completions"),
        ("web_page", "not return a stream of chat completions"),
        ("whole_completion", "not return a stream of chat completions"),
    ],
)
def test_an_answer_without_words_is_told_without_any(mode: Mode, says: str) -> None:
    error, text, server = failure(mode)
    assert says in str(error)
    assert server.base_url in str(error)
    assert (error.provider_text, text, len(server.requests)) == (None, "", 1)


@pytest.mark.parametrize(
    ("mode", "says", "text"),
    [
        ("breaks_off", "was cut off", ANSWER[0]),
        ("ends_early", "was cut off", "".join(ANSWER)),
        ("error_event", "ended the response", ANSWER[0]),
    ],
)
def test_what_came_before_a_break_is_kept(mode: Mode, says: str, text: str) -> None:
    error, came, _ = failure(mode)
    assert says in str(error)
    assert came == text


@pytest.mark.parametrize(
    ("mode", "timeout", "says", "text"),
    [("silent", 0.2, "did not respond: no data for 0.2 seconds", ""), ("stalls", 1.0, "stopped: ", ANSWER[0])],
)
def test_a_silent_server_is_given_up_after_the_timeout(mode: Mode, timeout: float, says: str, text: str) -> None:
    error, came, _ = failure(mode, timeout=timeout)
    assert says in str(error)
    assert "INSPECTOR_SEND_TIMEOUT" in str(error)
    assert came == text


def test_a_refused_connection_names_the_endpoint_without_its_password() -> None:
    port = free_port()
    endpoint = Endpoint(f"http://ann:{KEY}@{HOST}:{port}/v1?token={KEY}", KEY, "gpt-4o", 5.0)
    with pytest.raises(SendError, match=f"http://{HOST}:{port}/v1 can't be reached: .*refused") as raised:
        next(send(endpoint, MESSAGES))
    assert KEY not in str(raised.value)


def test_an_unreadable_address_is_told() -> None:
    with pytest.raises(SendError, match="OPENAI_BASE_URL"):
        next(send(Endpoint("http://h\x01/v1", KEY, "gpt-4o", 5.0), MESSAGES))


def test_proxies_that_cannot_be_used_are_told(monkeypatch: pytest.MonkeyPatch, server: OpenAIServer) -> None:
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.setenv("ALL_PROXY", "carrier-pigeon://loft")
    with pytest.raises(SendError, match="ALL_PROXY"):
        next(send(server.endpoint(), MESSAGES))


@pytest.mark.parametrize(
    ("content", "says"), [("half \ud83d", "half a character"), (float("nan"), "JSON"), (object(), "JSON")]
)
def test_what_no_request_can_carry_is_not_sent(content: object, says: str, server: OpenAIServer) -> None:
    with pytest.raises(SendError, match=says):
        next(send(server.endpoint(), [{"role": "user", "content": content}]))
    assert server.requests == []


# The key and the contents stay where they are


def test_a_key_that_the_server_repeats_is_not_shown() -> None:
    error, _, _ = failure("echoes_key")
    assert error.provider_text == "Incorrect API key provided: (the key)."
    assert KEY not in str(error)


@pytest.mark.parametrize("mode", ["text", "bad_request", "breaks_off"])
def test_neither_key_nor_contents_are_logged(mode: Mode, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), openai_server(mode) as server, suppress(SendError):
        list(send(server.endpoint(base_url=server.base_url.replace("//", f"//ann:{KEY}@")), MESSAGES))
    assert not [word for word in (KEY, "TOP-SECRET", "parcel", ANSWER[0].strip(), TOO_LONG) if word in caplog.text]
    assert not [record.name for record in caplog.records if record.name.startswith(("openai", "http"))]


def test_importing_does_not_load_the_client() -> None:
    code = "import sys, chatdata.stores.openai_client; print({'openai', 'httpx2'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
