"""Requests of programs: the HTTP API and MCP, which have tokens beside the sign-in and get errors as JSON documents."""

import json
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Scope

from chatdata.domain.access import Principal
from chatdata.services.programs.problems import CallProblem

API: Final = "/api/v1"
MCP: Final = "/mcp"
_PRINCIPAL = "inspector.principal"
_BEARER = "bearer "
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def is_for_programs(path: str) -> bool:
    """Whether a path belongs to the HTTP API or to MCP."""
    return path in (API, MCP) or path.startswith(f"{API}/")


def token_in(scope: Scope) -> str | None:
    """The token that a request brings; None without one, and an empty one for a header that can't be read."""
    values = Headers(scope=scope).getlist("authorization")
    if not values:
        return None
    value = values[0]
    return value[len(_BEARER) :].strip() if len(values) == 1 and value.lower().startswith(_BEARER) else ""


def set_principal(scope: Scope, principal: Principal) -> None:
    """Notes whose token a request brings, for the routes behind."""
    scope[_PRINCIPAL] = principal


def principal_of_token(connection: HTTPConnection) -> Principal | None:
    """The principal whose token was verified for this request; None for a request without a token."""
    found = connection.scope.get(_PRINCIPAL)
    return found if isinstance(found, Principal) else None


def problem_response(problem: CallProblem) -> Response:
    """A problem as a response, for a request of a program."""
    headers = dict(_HEADERS)
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="conversation-inspector"'
    body = json.dumps(problem.document(), separators=(",", ":")).encode("ascii")
    return Response(body, problem.status.value, headers, "application/problem+json")


def json_response(body: bytes, **headers: str) -> Response:
    """A JSON document as a response that nothing on the way keeps."""
    return Response(body, 200, {**_HEADERS, **headers}, "application/json")
