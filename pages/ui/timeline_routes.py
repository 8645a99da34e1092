"""What the timeline in the browser asks for: JSON by GET, for this origin only.

`session` and `source` name the copy in every request. An answer is never stored by the browser; an error is
{"error": sentence} with 404 for what isn't there, 400 for a question that makes no sense, 503 for stores that
can't be opened.
"""

import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chatdata import ChatDataError
from chatdata.rendered import render
from chatdata.timeline import Timeline

Load = Callable[[str, str], Timeline]
"""Session id and source to the timeline; LookupError, its text a sentence, where there is none."""

_Answer = Callable[[Timeline, Request], dict[str, Any]]
_MOST_ITEMS = 200
_FIRST_SCREEN = 24
_LONGEST_QUERY = 1_000
_LONGEST_RENDERED = 20_000
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def timeline_routes(load: Load, opened: Callable[[str], None] = lambda _session_id: None) -> list[Route]:
    """GET /api/timeline/opening, window, text, find, rendered over what `load` finds.

    opening: {"index": the columns of Timeline.index, "questions": Timeline.outline, "items": […]}, the items near
    `message` or at the beginning: all that a first screen needs, in one answer. `opened` is told of it.
    window: `items=0,1,2` or `start` and `count` → {"items": […]}, at most 200.
    text: `position`, `part`, `offset` → {"text", "offset", "length", "next"}.
    find: `query` → {"matches": [[position, count]…], "total"}.
    rendered: `items` → {"html": {ordinal: html}}, from the first 20,000 characters.
    """

    def opening(timeline: Timeline, request: Request) -> dict[str, Any]:
        opened(_asked(request, "session"))
        return _opening(timeline, request)

    answers: dict[str, _Answer] = {
        "opening": opening,
        "window": _window,
        "text": _text,
        "find": _find,
        "rendered": _rendered,
    }
    return [_route(name, answer, load) for name, answer in answers.items()]


def _route(name: str, answer: _Answer, load: Load) -> Route:
    def endpoint(request: Request) -> Response:  # no coroutine: Starlette gives it a thread
        try:
            timeline = load(_asked(request, "session"), _asked(request, "source"))
            return _json(answer(timeline, request))
        except LookupError as error:
            return _json({"error": _sentence(error)}, 404)
        except ValueError as error:
            return _json({"error": str(error)}, 400)
        except ChatDataError as error:
            return _json({"error": str(error)}, 503)

    return Route(f"/api/timeline/{name}", endpoint, methods=["GET"], name=f"timeline-{name}")


def _opening(timeline: Timeline, request: Request) -> dict[str, Any]:
    items = timeline.near(_number(request, "message", 0), _FIRST_SCREEN)
    return {"index": timeline.index, "questions": timeline.outline, "items": items}


def _window(timeline: Timeline, request: Request) -> dict[str, Any]:
    if "items" in request.query_params:
        return {"items": timeline.full(_ordinals(request))}
    start, count = _number(request, "start", 0), _number(request, "count", 40)
    return {"items": timeline.window(start, min(count, _MOST_ITEMS))}


def _text(timeline: Timeline, request: Request) -> dict[str, Any]:
    return timeline.text(_number(request, "position"), _asked(request, "part"), _number(request, "offset", 0))


def _find(timeline: Timeline, request: Request) -> dict[str, Any]:
    query = request.query_params.get("query", "")
    if len(query) > _LONGEST_QUERY:
        raise ValueError(f"Search for at most {_LONGEST_QUERY:,} characters.")
    matches = timeline.find(query)
    return {"matches": matches, "total": sum(count for _position, count in matches)}


def _rendered(timeline: Timeline, request: Request) -> dict[str, Any]:
    items = (timeline.items[ordinal] for ordinal in _ordinals(request) if ordinal < len(timeline))
    return {"html": {str(item.ordinal): render((item.content or "")[:_LONGEST_RENDERED]) for item in items}}


def _ordinals(request: Request) -> list[int]:
    given = [part for part in _asked(request, "items").split(",") if part]
    if len(given) > _MOST_ITEMS:
        raise ValueError(f"Ask for at most {_MOST_ITEMS} items at once.")
    return [_whole("items", part) for part in given]


def _asked(request: Request, name: str) -> str:
    value = request.query_params.get(name)
    if not value:
        raise ValueError(f"The query parameter “{name}” is missing.")
    return value


def _number(request: Request, name: str, default: int | None = None) -> int:
    if default is not None and name not in request.query_params:
        return default
    return _whole(name, _asked(request, name))


def _whole(name: str, text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 15:
        return int(text)
    raise ValueError(f"The query parameter “{name}” needs whole numbers from 0 on.")


def _sentence(error: LookupError) -> str:
    """KeyError shows its argument quoted; a sentence is wanted as it is."""
    return str(error.args[0]) if error.args else "This is not there."


def _json(value: dict[str, Any], status: int = 200) -> Response:
    """JSON in ASCII: a conversation may hold lone surrogates, which UTF-8 has not."""
    body = json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    return Response(body, status, _HEADERS, "application/json")
