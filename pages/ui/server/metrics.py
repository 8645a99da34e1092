"""/metrics for Prometheus, and the times of requests that it reports.

It answers operators, and programs with the token of INSPECTOR_METRICS_TOKEN. Without a token it answers only where the
whole inspector would: to this machine itself, where neither sign-in nor a proxy is configured and nobody forwards.
"""

import hmac
import logging
import time

from prometheus_client import CollectorRegistry, Histogram
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from chatdata import ChatDataError, NotAllowed, SettingsError
from chatdata.services.metrics import FigureFamilies, MonitoringFigures, content_type, figures, format_for, render
from pages.ui.auth import current_principal, sign_in
from pages.ui.base import settings
from pages.ui.base.client_address import is_loopback, peer_of
from pages.ui.server import services

log = logging.getLogger(__name__)

METRICS = "/metrics"
_METHODS = ("GET", "HEAD")
_FORWARDING = frozenset({"forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip"})
_NO_STORE = {"Cache-Control": "no-store"}
_registry = CollectorRegistry(auto_describe=False)
_request_seconds = Histogram(
    "conversation_inspector_http_requests_seconds",
    "How long this server took to answer HTTP requests, until the last byte.",
    registry=_registry,
)


class RequestTimes:
    """Measures how long each HTTP request takes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        try:
            await self._app(scope, receive, send)
        finally:
            _request_seconds.observe(time.perf_counter() - begun)


class MetricsAccess:
    """Answers requests for metrics that bring a token, and those that nobody may make with 401.

    What is left goes the way of every request, to the route: operators who signed in, and this machine itself. A token
    is judged here, before the checks of Host and Origin, since Prometheus asks by address and no browser knows it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != METRICS:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = _bearer_tokens(headers)
        if given:
            answer = await _answer_to_token(scope, headers, given)
            await answer(scope, receive, send)
        elif _needs_no_token(headers, peer_of(scope, receive)):
            await self._app(scope, receive, send)
        else:
            await _unauthorized()(scope, receive, send)


def metrics_routes() -> list[Route]:
    """GET /metrics, for operators."""
    return [Route(METRICS, _metrics, methods=["GET"], name="metrics")]


def _metrics(request: Request) -> Response:  # not async, so Starlette runs it in a thread
    try:
        principal = current_principal.of_connection(request)
        current_principal.demand(principal.role == "operator", "read the metrics")
    except NotAllowed as error:
        return PlainTextResponse(str(error), 403, _NO_STORE)
    return _exposition(request.headers.get("accept", ""))


async def _answer_to_token(scope: Scope, headers: Headers, given: list[str]) -> Response:
    if not _is_the_token(given):
        return _unauthorized()
    if scope["method"] not in _METHODS:
        return PlainTextResponse("Metrics are only read.", 405, {"Allow": ", ".join(_METHODS)})
    return await run_in_threadpool(_exposition, headers.get("accept", ""))


def _exposition(accept: str) -> Response:
    """The metrics; a store that is down is a figure, so that only wrong settings have none."""
    try:
        services.services()
    except ChatDataError as error:
        log.error("no metrics: %s", error)
        return PlainTextResponse("The settings of this inspector are wrong; its log has the reason.", 503, _NO_STORE)
    made = format_for(accept)
    return Response(render(_registry, made), headers={**_NO_STORE, "Content-Type": content_type(made)})


def _figures() -> MonitoringFigures:
    current = services.services()
    return figures(current.connected, current.store_probe())


_registry.register(FigureFamilies(_figures))


def _bearer_tokens(headers: Headers) -> list[str]:
    parts = (value.partition(" ") for value in headers.getlist("authorization"))
    return [token.strip() for scheme, _, token in parts if scheme.lower() == "bearer"]


def _is_the_token(given: list[str]) -> bool:
    token = _token()
    if token is None or len(given) != 1:
        return False
    return hmac.compare_digest(given[0].encode("utf-8", "replace"), token.encode())


def _token() -> str | None:
    try:
        return settings.settings().monitoring.metrics_token
    except SettingsError:  # reported by whatever needs the stores
        return None


def _needs_no_token(headers: Headers, peer: str | None) -> bool:
    """Whether the rules for all other requests decide: whoever signs in, and this machine itself without a token."""
    try:
        if sign_in.required():
            return True
        no_proxy = not settings.readers().proxies
    except SettingsError:  # nothing is served with invalid settings
        return True
    return no_proxy and _token() is None and is_loopback(peer) and not _is_forwarded(headers)


def _is_forwarded(headers: Headers) -> bool:
    return any(name in _FORWARDING or name.startswith("x-forwarded-") for name in headers)


def _unauthorized() -> Response:
    return PlainTextResponse(
        "Metrics need the token of INSPECTOR_METRICS_TOKEN, as Authorization: Bearer …",
        401,
        {**_NO_STORE, "WWW-Authenticate": 'Bearer realm="metrics"'},
    )
