"""JSON routes of the payload, for this origin only.

`session`, `source` and `model` name the payload in every request, and `format` the API, without which it is openai.
"""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from chatdata.domain.payload import Preview
from pages.ui.server.inspections import Inspections
from pages.ui.server.json_routes import asked, json_route, number, ordinals

"""Returns the payload for a session ID, source and model. Raises LookupError if there is none."""

_FIRST_SCREEN = 20


def payload_routes(inspections: Callable[[], Inspections]) -> list[Route]:
    """GET /api/payload/opening, window, text, at the data visibility of the user.

    opening: {"index": Preview.index, "summary": Preview.summary, "items": the rows near `message` or the first}.
    window: `items=0,1,2` → {"items": […]}. text: `row`, `part`, `offset` → {"text", "offset", "length", "next"}.
    """

    def route(name: str, answer: Callable[[Preview, Request], dict[str, Any]]) -> Route:
        def loaded(request: Request) -> dict[str, Any]:
            session_id, source, model = (asked(request, name) for name in ("session", "source", "model"))
            form = request.query_params.get("format") or "openai"
            return answer(inspections().translated(session_id, source, model, form), request)

        return json_route(f"/api/payload/{name}", loaded)

    return [route("opening", _opening), route("window", _window), route("text", _text)]


def _opening(preview: Preview, request: Request) -> dict[str, Any]:
    items = preview.near(number(request, "message", 0), _FIRST_SCREEN)
    return {"index": preview.index, "summary": preview.summary, "items": items}


def _window(preview: Preview, request: Request) -> dict[str, Any]:
    return {"items": preview.window(ordinals(request))}


def _text(preview: Preview, request: Request) -> dict[str, Any]:
    return preview.text(number(request, "row"), asked(request, "part"), number(request, "offset", 0))
