"""Authentication in front of every request and WebSocket of this server, whatever route answers it.

Routes and pages check `pages.ui.auth.current_principal` again; this protects one that forgets to.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatdata import ChatDataError, NotAllowed, NotSignedIn, SettingsError
from chatdata.domain.access import Principal
from chatdata.services.programs.problems import CallProblem, problem_of
from pages.ui.auth import current_principal, sign_in
from pages.ui.auth.program_requests import MCP, is_for_programs, problem_response, set_principal, token_in
from pages.ui.auth.routes import SIGN_IN_PATH, lead_back
from pages.ui.auth.sign_in_page import answer, sign_in_links
from pages.ui.base import settings
from pages.ui.base.client_address import forwarded_for, peer_of, reached_from_elsewhere
from pages.ui.base.served_path import served_path

_CALLBACK, _LOGIN, _LOGOUT = "oauth2callback", "auth/login", "auth/logout"
HEALTH = "/healthz"
NEEDS_TOKEN = "MCP needs a token: python -m chatdata token create. Send it as Authorization: Bearer …"


class AuthMiddleware:
    """Lets authorized requests through; answers others with 401, 403 or 503 and a message."""

    def __init__(self, app: ASGIApp, principal_with: Callable[[str, str], Principal]) -> None:
        """`principal_with` returns whom a token stands for, at an address. Raises ChatDataError."""
        self._app = app
        self._principal_with = principal_with

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        _believe_proxies_only(scope, peer_of(scope, receive))
        refusal = await self._refusal_of_program(scope) if is_for_programs(scope["path"]) else _refusal(scope)
        if refusal is not None:
            await refuse(refusal, scope, receive, send)
        elif scope["path"] == served_path(_CALLBACK):
            await self._app(scope, receive, _leading_back(scope, send))
        else:
            await self._app(scope, receive, send)

    async def _refusal_of_program(self, scope: Scope) -> Response | None:
        """The response to a program that has neither a valid token nor, for the HTTP API, a sign-in."""
        if (wrong := _reason_to_serve_nothing(scope)) is not None:
            return problem_response(CallProblem(HTTPStatus.SERVICE_UNAVAILABLE, wrong))
        token, connection = token_in(scope), HTTPConnection(scope)
        try:
            if token is None and scope["path"] == MCP:
                raise NotSignedIn(NEEDS_TOKEN)
            if token is None:
                current_principal.of_connection(connection)
            else:
                address = connection.client.host if connection.client else ""
                set_principal(scope, await run_in_threadpool(self._principal_with, token, address))
        except ChatDataError as error:
            return problem_response(problem_of(error))
        return None


def _believe_proxies_only(scope: Scope, peer: str | None) -> None:
    """Drops identity headers that no named proxy sent; takes the client's address from a named proxy."""
    try:
        readers = settings.readers()
    except SettingsError:  # nothing is served with invalid settings
        return
    if readers.user_header is None:
        return
    if readers.trusts(peer):
        nearest = next((one for one in reversed(forwarded_for(scope)) if not readers.trusts(one)), None)
        scope["client"] = (nearest, 0) if nearest else scope.get("client")
        return
    unbelieved = {name.encode() for name in (readers.user_header, readers.groups_header) if name}
    scope["headers"] = [(name, value) for name, value in scope["headers"] if name.lower() not in unbelieved]


def _refusal(scope: Scope) -> Response | None:
    """The response to an unauthorized request."""
    path = scope["path"]
    if path == HEALTH:
        return None
    connection = HTTPConnection(scope)
    html = "text/html" in connection.headers.get("accept", "") and scope.get("method") in ("GET", "HEAD")
    if (wrong := _reason_to_serve_nothing(scope)) is not None:
        return answer(503, wrong, html=html)
    if sign_in.by_openid() and path in (SIGN_IN_PATH, *(served_path(name) for name in (_CALLBACK, _LOGIN, _LOGOUT))):
        return None
    try:
        principal = current_principal.of_connection(connection)
    except NotSignedIn as error:
        return answer(401, str(error), html=html, links=_ways_in(scope))
    except NotAllowed as error:
        links = [(served_path(_LOGOUT), "Sign out")] if sign_in.by_openid() else []
        return answer(403, str(error), html=html, links=links)
    return None if _may(principal, path) else answer(403, "Your role does not allow this.", html=html)


def _reason_to_serve_nothing(scope: Scope) -> str | None:
    wrong = sign_in.problem()
    if wrong is None and not sign_in.required() and _open_by_mistake(scope):
        return sign_in.ONLY_LOOPBACK
    return wrong


def _open_by_mistake(scope: Scope) -> bool:
    return settings.readers().without_sign_in == "loopback" and reached_from_elsewhere(scope)


def _ways_in(scope: Scope) -> list[tuple[str, str]]:
    query = scope.get("query_string", b"").decode("latin-1")
    to = scope.get("raw_path", b"").decode("latin-1").partition("?")[0] or scope["path"]
    return sign_in_links(SIGN_IN_PATH, sign_in.providers(), f"{to}?{query}" if query else to)


def _may(principal: Principal, path: str) -> bool:
    """Checks permissions that Streamlit's own routes do not check."""
    if not principal.signed_in:
        return True
    if path.startswith(served_path("_stcore/upload_file")):
        return principal.may_import
    return principal.role == "operator" if path.startswith(served_path("_stcore/metrics")) else True


def _leading_back(scope: Scope, send: Send) -> Send:
    async def leading(message: Message) -> None:
        if message["type"] == "http.response.start":
            lead_back(message, HTTPConnection(scope))
        await send(message)

    return leading


async def refuse(refusal: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Sends a response; a WebSocket gets it if the server supports that, and is closed otherwise."""
    if scope["type"] == "http":
        await refusal(scope, receive, send)
        return
    await receive()
    if "websocket.http.response" not in (scope.get("extensions") or {}):
        await send({"type": "websocket.close", "code": 1008})
        return
    start: dict[str, Any] = {"status": refusal.status_code, "headers": refusal.raw_headers}
    await send({"type": "websocket.http.response.start", **start})
    await send({"type": "websocket.http.response.body", "body": bytes(refusal.body)})
