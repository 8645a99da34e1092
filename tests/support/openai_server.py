"""A local server that streams chat completions, correctly or not, and records its requests.

`with openai_server("text") as server: send(server.endpoint(), messages)`. It listens on loopback only.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from chatdata.settings.stores import Endpoint

HOST = "127.0.0.1"
KEY = "sk-hush-hush"
ANSWER = ("It is ", "on its ", "way: 日本 🙂")
PREFIX = "/v1"
TOO_LONG = "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens."

Mode = Literal[
    "text",
    "no_usage",
    "tool_calls",
    "calls_without_index",
    "refusal",
    "silent",
    "stalls",
    "breaks_off",
    "ends_early",
    "endless",
    "error_event",
    "not_json",
    "not_chunks",
    "web_page",
    "whole_completion",
    "redirect",
    "unauthorized",
    "echoes_key",
    "forbidden",
    "unknown_model",
    "bad_request",
    "detail_only",
    "rate_limited",
    "broken_gateway",
    "empty_error",
    "teapot",
]


@dataclass(frozen=True, slots=True)
class Request:
    """What arrived."""

    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: dict[str, Any]


@dataclass(slots=True)
class OpenAIServer:
    """A running server; `mode` may be changed between requests."""

    mode: Mode
    port: int = 0
    requests: list[Request] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)
    """Set when a client closed the connection while it was written to."""
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def base_url(self) -> str:
        return f"http://{HOST}:{self.port}{PREFIX}"

    def endpoint(self, *, timeout: float = 30.0, base_url: str | None = None) -> Endpoint:
        return Endpoint(base_url or self.base_url, KEY, "gpt-4o", timeout)


@contextmanager
def openai_server(mode: Mode) -> Iterator[OpenAIServer]:
    """A server on a free port until the block ends."""
    server = OpenAIServer(mode)
    with ThreadingHTTPServer((HOST, 0), _handler(server)) as http:
        server.port = http.server_port
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            http.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_of: OpenAIServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server_of.requests.append(Request(self.path, headers, body))
        self.close_connection = True
        try:
            _ANSWERS[self.server_of.mode](self)
        except OSError:  # the client has gone
            self.server_of.left.set()

    def whole(self, status: int, body: object, kind: str = "application/json", **headers: str) -> None:
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def start(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def event(self, data: object) -> None:
        self.chunk(f"data: {data if isinstance(data, str) else json.dumps(data)}\n\n".encode())

    def chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
        self.wfile.flush()

    def done(self) -> None:
        self.event("[DONE]")
        self.chunk(b"")

    def log_message(self, format: str, *args: object) -> None:
        pass


def _handler(server: OpenAIServer) -> type[_Handler]:
    return type("Handler", (_Handler,), {"server_of": server})


_Answer = Callable[[_Handler], None]
USAGE = {
    "prompt_tokens": 90,
    "completion_tokens": 8,
    "total_tokens": 98,
    "prompt_tokens_details": {"cached_tokens": 64},
}


def _piece(delta: dict[str, Any] | None, finish: str | None = None) -> dict[str, Any]:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    return {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o", "choices": choices}


def _text(http: _Handler) -> None:
    _stream(http, [*_pieces(), _piece({}, "stop"), {**_piece(None), "usage": USAGE}])


def _no_usage(http: _Handler) -> None:
    _stream(http, [*_pieces(), _piece({}, "length")])


def _pieces() -> list[dict[str, Any]]:
    return [_piece({"role": "assistant", "content": ""}), *(_piece({"content": text}) for text in ANSWER)]


def _stream(http: _Handler, events: list[dict[str, Any]]) -> None:
    http.start()
    for event in events:
        http.event(event)
    http.done()


def _tool_calls(http: _Handler) -> None:
    def call(index: int, call_id: str | None, name: str | None, arguments: str) -> dict[str, Any]:
        function = {"name": name, "arguments": arguments} if name else {"arguments": arguments}
        return {"index": index, "function": function, **({"id": call_id, "type": "function"} if call_id else {})}

    first = {"role": "assistant", "content": None, "tool_calls": [call(0, "call_a", "find_parcel", "")]}
    later = [call(0, None, None, '{"number"'), call(0, None, None, ': "AB1"}'), call(1, "call_b", "now", "{}")]
    pieces = [_piece(first), *(_piece({"tool_calls": [one]}) for one in later), _piece({}, "tool_calls")]
    _stream(http, [*pieces, {**_piece(None), "usage": USAGE}])


def _calls_without_index(http: _Handler) -> None:
    calls = [{"id": f"call_{name}", "function": {"name": name, "arguments": "{}"}} for name in ("a", "b")]
    _stream(http, [_piece({"tool_calls": [one]}) for one in calls] + [_piece({}, "tool_calls")])


def _refusal(http: _Handler) -> None:
    _stream(http, [_piece({"refusal": "I can't "}), _piece({"refusal": "help."}), _piece({}, "stop")])


def _silent(http: _Handler) -> None:
    http.server_of.closing.wait()


def _stalls(http: _Handler) -> None:
    http.start()
    http.event(_piece({"content": ANSWER[0]}))
    http.server_of.closing.wait()


def _breaks_off(http: _Handler) -> None:
    """The connection closes where another chunk is due."""
    http.start()
    http.event(_piece({"content": ANSWER[0]}))


def _ends_early(http: _Handler) -> None:
    """All is well but that the last event never says why it ended."""
    _stream(http, _pieces())


def _endless(http: _Handler) -> None:
    http.start()
    while not http.server_of.closing.is_set():
        http.event(_piece({"content": "on and on "}))


def _error_event(http: _Handler) -> None:
    http.start()
    http.event(_piece({"content": ANSWER[0]}))
    http.event({"error": {"message": "The engine is overloaded.", "type": "server_error"}})
    http.done()


def _not_json(http: _Handler) -> None:
    http.start()
    http.event("{half")
    http.done()


def _not_chunks(http: _Handler) -> None:
    http.start()
    http.event({"choices": "none"})
    http.done()


def _web_page(http: _Handler) -> None:
    http.whole(200, "<!doctype html><title>Welcome</title>", "text/html")


def _whole_completion(http: _Handler) -> None:
    message = {"role": "assistant", "content": "All at once."}
    http.whole(200, {"object": "chat.completion", "choices": [{"message": message, "finish_reason": "stop"}]})


def _redirect(http: _Handler) -> None:
    http.whole(307, "", Location=f"http://{HOST}:{http.server_of.port}/elsewhere/chat/completions")


def _echoes_key(http: _Handler) -> None:
    http.whole(401, {"error": {"message": f"Incorrect API key provided: {KEY}.", "code": "invalid_api_key"}})


def _error(status: int, message: str, **more: str) -> _Answer:
    return lambda http: http.whole(status, {"error": {"message": message, **more}})


_ANSWERS: dict[Mode, _Answer] = {
    "text": _text,
    "no_usage": _no_usage,
    "tool_calls": _tool_calls,
    "calls_without_index": _calls_without_index,
    "refusal": _refusal,
    "silent": _silent,
    "stalls": _stalls,
    "breaks_off": _breaks_off,
    "ends_early": _ends_early,
    "endless": _endless,
    "error_event": _error_event,
    "not_json": _not_json,
    "not_chunks": _not_chunks,
    "web_page": _web_page,
    "whole_completion": _whole_completion,
    "redirect": _redirect,
    "echoes_key": _echoes_key,
    "unauthorized": _error(401, "You didn't provide a valid API key."),
    "forbidden": _error(403, "Your project does not have access to this model."),
    "unknown_model": _error(404, "The model `gpt-4o` does not exist.", code="model_not_found"),
    "bad_request": _error(400, TOO_LONG, type="invalid_request_error", code="context_length_exceeded"),
    "detail_only": lambda http: http.whole(422, {"detail": [{"loc": ["body", "messages"], "msg": "Field required"}]}),
    "rate_limited": _error(429, "Rate limit reached."),
    "broken_gateway": lambda http: http.whole(502, "<html><h1>502 Bad Gateway</h1></html>", "text/html"),
    "empty_error": lambda http: http.whole(500, ""),
    "teapot": lambda http: http.whole(418, "short and stout", "text/plain"),
}
