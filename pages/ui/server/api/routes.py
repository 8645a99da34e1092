"""The HTTP API for programs: the documents of the command line, at /api/v1.

Who asks is decided in front (`pages.ui.auth.middleware`): a token, or the sign-in as for every route. Errors are
problem documents.
"""

import json
import logging
import uuid
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from chatdata import ChatDataError
from chatdata.services.failures import places_of
from chatdata.services.programs.door import CallThreads
from chatdata.services.programs.openapi import RESOURCES, ApiResource, openapi_document
from chatdata.services.programs.problems import CallProblem, problem_of
from chatdata.services.programs.questions import BadQuestion, WrongQuestion, parameters_of
from pages.ui.auth.current_principal import of_connection
from pages.ui.auth.program_requests import API, json_response, problem_response
from pages.ui.server import services
from pages.ui.server.api.bodies import read_body
from pages.ui.server.api.etags import is_known, tag_of

log = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[Response]]


def api_routes() -> list[BaseRoute]:
    """GET /api/v1/sessions and the other questions, and /api/v1/openapi.json, which describes them."""
    threads = _Threads()
    routes = [Route("/openapi.json", _describe, methods=["GET"])]
    for resource in RESOURCES:
        methods = ["GET", "POST"] if resource.takes_body else ["GET"]
        routes.append(Route(f"/{resource.name}", _handler(resource, threads), methods=methods))
    unknown = Route(API, _nothing_here, methods=["GET"])
    served = Starlette(routes=routes, exception_handlers={HTTPException: _not_served})
    served.router.redirect_slashes = False
    return [unknown, Mount(API, served)]


class _Threads:
    """The threads of calls, made inside the event loop that uses them."""

    def __init__(self) -> None:
        self._made: CallThreads | None = None

    def __call__(self) -> CallThreads:
        if self._made is None:
            self._made = CallThreads()
        return self._made


def _handler(resource: ApiResource, threads: _Threads) -> Handler:
    async def handle(request: Request) -> Response:
        try:
            sent = request.method == "POST"
            try:
                given = await _sent(request, resource, threads()) if sent else _queried(request, resource)
            except BadQuestion:
                await threads().run(_record_refused, request, resource)
                raise
            return await threads().run(_answer, request, resource, given)
        except (ChatDataError, BadQuestion) as error:
            return problem_response(problem_of(error))
        except Exception as error:
            reference = uuid.uuid4().hex[:8]
            log.error("a request for %s failed (%s): %s", resource.name, reference, places_of(error))
            sentence = f"This failed. The server's log has the reason under {reference}."
            return problem_response(CallProblem(HTTPStatus.INTERNAL_SERVER_ERROR, sentence))

    return handle


def _answer(request: Request, resource: ApiResource, given: dict[str, Any]) -> Response:
    document = services.services().api.ask(of_connection(request), resource.question, given, resource.name)
    tag = tag_of(document)
    if is_known(tag, request.headers.get("if-none-match", "")):
        return Response(None, HTTPStatus.NOT_MODIFIED.value, {"ETag": tag, "Cache-Control": "no-store"})
    return json_response(_ascii(document), ETag=tag)


def _record_refused(request: Request, resource: ApiResource) -> None:
    services.services().api.refuse(of_connection(request), resource.name, "wrong parameters")


def _queried(request: Request, resource: ApiResource) -> dict[str, Any]:
    """The query parameters, each at most once."""
    given: dict[str, Any] = {}
    for name, value in request.query_params.multi_items():
        if name in given:
            raise WrongQuestion({name[:100]: "should be given once"}, list(parameters_of(resource.question)))
        given[name] = value
    return given


async def _sent(request: Request, resource: ApiResource, threads: CallThreads) -> dict[str, Any]:
    """The JSON object in a body. Query parameters beside it are refused, and parameters that are null."""
    if request.query_params:
        raise BadQuestion("Send parameters in the body of a POST, not in the query.")
    raw = await read_body(request, threads)
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise BadQuestion("Send one JSON object.")
    if nulls := {name[:100]: "should be left out rather than null" for name, item in value.items() if item is None}:
        raise WrongQuestion(nulls, list(parameters_of(resource.question)))
    return value


async def _describe(_request: Request) -> Response:
    return json_response(_ascii(openapi_document()))


async def _nothing_here(request: Request) -> Response:
    return await _not_served(request, HTTPException(HTTPStatus.NOT_FOUND))


async def _not_served(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    detail = (
        f"There is no such resource. {API}/openapi.json lists all."
        if status == HTTPStatus.NOT_FOUND
        else f"{status.phrase}. {API}/openapi.json says what each resource takes."
    )
    response = problem_response(CallProblem(status, detail))
    response.headers.update(error.headers or {})
    return response


def _ascii(document: Any) -> bytes:
    """ASCII JSON, since conversations may hold lone surrogates, which UTF-8 can't encode."""
    return json.dumps(document, separators=(",", ":")).encode("ascii")
