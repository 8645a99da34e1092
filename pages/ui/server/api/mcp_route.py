"""MCP over HTTP at /mcp, for programs with a token: each request is answered by itself, and no session is kept."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from chatdata.domain.access import Principal
from chatdata.services.programs.door import CallThreads
from chatdata.services.programs.problems import CallProblem, TookTooLong, problem_of
from chatdata.services.programs.questions import BadQuestion
from pages.ui.auth.current_principal import of_connection
from pages.ui.auth.program_requests import MCP, problem_response
from pages.ui.server import services
from pages.ui.server.api.bodies import MOST_BYTES, read_body

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager


def mcp_routes() -> list[Route]:
    """POST /mcp: the Streamable HTTP transport of the Model Context Protocol."""
    return [Route(MCP, McpRoute(), name="mcp")]


class McpRoute:
    """Answers requests of MCP with the tools, as the principal of the request's token.

    A stream from the server (GET) would stay open as long as the client likes, with nothing ever sent on it.
    """

    def __init__(self) -> None:
        self._threads: CallThreads | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            refusal = problem_response(CallProblem(HTTPStatus.METHOD_NOT_ALLOWED, "MCP is answered by POST here."))
            refusal.headers["Allow"] = "POST"
            await refusal(scope, receive, send)
            return
        if self._threads is None:
            self._threads = CallThreads()
        try:
            body = await read_body(Request(scope, receive), self._threads)
        except (TookTooLong, BadQuestion) as error:
            await problem_response(problem_of(error))(scope, receive, send)
            return
        make_manager = await run_in_threadpool(_loaded)
        manager = make_manager(of_connection(Request(scope)), self._threads)
        async with manager.run():
            await manager.handle_request(scope, _replaying(body, receive), send)


def _replaying(body: bytes, receive: Receive) -> Receive:
    """Receives a body that was read already, and then what else comes."""
    first = True

    async def received() -> Message:
        nonlocal first
        if not first:
            return await receive()
        first = False
        return {"type": "http.request", "body": body, "more_body": False}

    return received


def _loaded() -> "Callable[[Principal, CallThreads], StreamableHTTPSessionManager]":
    """What makes the manager of a request. Importing MCP takes a second, and only who uses it waits for that."""
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    from chatdata.services.programs.mcp_server import tool_server

    def make(principal: Principal, threads: CallThreads) -> StreamableHTTPSessionManager:
        server = tool_server(lambda: services.services().tools, principal, threads)
        return StreamableHTTPSessionManager(
            server, stateless=True, json_response=True, max_request_body_size=MOST_BYTES
        )

    return make
