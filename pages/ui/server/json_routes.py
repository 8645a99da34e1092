"""What all JSON routes share: same origin only, no caching, errors as messages.

Cross-site requests never arrive here: pages.ui.server.doors refuses them.

An error is {"error": message} with 400 (invalid request), 401 (not signed in), 403 (not allowed), 404 (not found) or
503 (stores unavailable).
"""

import json
from collections.abc import Callable
from typing import Any, Literal

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chatdata import ChatDataError, NotAllowed, NotSignedIn
from pages.ui.auth.current_principal import acting_as, of_connection

Answer = Callable[[Request], dict[str, Any]]
Change = Callable[[Request, dict[str, Any]], dict[str, Any]]
"""Takes the request and its JSON object, and returns the answer."""
_MOST_ITEMS = 200
_MOST_BYTES = 65_536
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def json_route(path: str, answer: Answer) -> Route:
    """A route for GET `path`. The function may raise LookupError (404) or ValueError (400) with a message."""

    def endpoint(request: Request) -> Response:  # not async, so Starlette runs it in a thread
        return _answered(lambda: answer(request), request)

    return Route(path, endpoint, methods=["GET"], name=_name(path))


def json_change(path: str, method: Literal["POST", "DELETE"], change: Change) -> Route:
    """A route for POST or DELETE `path` with a JSON object of at most 64 KiB. Errors are those of `json_route`."""

    async def endpoint(request: Request) -> Response:
        raw = await _body(request)
        return await run_in_threadpool(_answered, lambda: change(request, _sent(raw)), request)

    return Route(path, endpoint, methods=[method], name=f"{_name(path)}-{method.lower()}")


def _name(path: str) -> str:
    return path.strip("/").replace("/", "-")


def _answered(answer: Callable[[], dict[str, Any]], request: Request) -> Response:
    try:
        with acting_as(of_connection(request)):
            return _json(answer())
    except NotSignedIn as error:
        return _json({"error": str(error)}, 401)
    except NotAllowed as error:
        return _json({"error": str(error)}, 403)
    except LookupError as error:
        return _json({"error": _sentence(error)}, 404)
    except ValueError as error:
        return _json({"error": str(error)}, 400)
    except ChatDataError as error:
        return _json({"error": str(error)}, 503)


async def _body(request: Request) -> bytes | None:
    """The request body; None if it is too large, without reading the rest."""
    raw = b""
    async for piece in request.stream():
        raw += piece
        if len(raw) > _MOST_BYTES:
            return None
    return raw


def _sent(raw: bytes | None) -> dict[str, Any]:
    """The JSON object in a body."""
    if raw is None:
        raise ValueError(f"This is too long: send at most {_MOST_BYTES:,} bytes.")
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ValueError("Send one JSON object.")
    return value


def ordinals(request: Request) -> list[int]:
    """The integers of `items=0,1,2`, at most 200."""
    given = [part for part in asked(request, "items").split(",") if part]
    if len(given) > _MOST_ITEMS:
        raise ValueError(f"Ask for at most {_MOST_ITEMS} items at once.")
    return [_whole("items", part) for part in given]


def asked(request: Request, name: str) -> str:
    """A required query parameter."""
    value = request.query_params.get(name)
    if not value:
        raise ValueError(f"The query parameter “{name}” is missing.")
    return value


def number(request: Request, name: str, default: int | None = None) -> int:
    """A query parameter that is an integer from 0 on; the default, if given, when it is missing."""
    if default is not None and name not in request.query_params:
        return default
    return _whole(name, asked(request, name))


def _whole(name: str, text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 15:
        return int(text)
    raise ValueError(f"The query parameter “{name}” needs whole numbers from 0 on.")


def _sentence(error: LookupError) -> str:
    """The message of an error; str(KeyError) would quote it."""
    return str(error.args[0]) if error.args else "This is not there."


def _json(value: dict[str, Any], status: int = 200) -> Response:
    """Encodes as ASCII JSON, since conversations may hold lone surrogates, which UTF-8 can't encode."""
    body = json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    return Response(body, status, _HEADERS, "application/json")
