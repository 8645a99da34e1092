"""JSON routes of two sessions side by side, for this origin only.

`a` and `b` name the sessions in every request; `source_a` and `source_b` may choose a copy.
"""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from chatdata.domain.side_by_side import SessionRows
from pages.ui.compare.choices import of_query
from pages.ui.server.inspections import Inspections
from pages.ui.server.json_routes import json_route, ordinals

_FIRST_SCREEN = 20


def compare_routes(inspections: Callable[[], Inspections]) -> list[Route]:
    """GET /api/compare/opening and window, at the data visibility of the user.

    opening: {"index": SessionRows.index, "first": the first row that differs, "items": the rows near it}.
    window: `items=0,1,2` → {"items": […]}.
    """

    def rows(request: Request) -> SessionRows:
        a, b = (of_query(request.query_params, name, f"source_{name}") for name in ("a", "b"))
        if a is None or b is None:
            raise ValueError("The query parameters “a” and “b” each need a session ID.")
        return inspections().two_sessions(a, b).rows

    def opening(request: Request) -> dict[str, Any]:
        found = rows(request)
        first = found.first_difference
        return {"index": found.index, "first": first, "items": found.near(first, _FIRST_SCREEN)}

    def window(request: Request) -> dict[str, Any]:
        return {"items": rows(request).window(ordinals(request))}

    return [json_route("/api/compare/opening", opening), json_route("/api/compare/window", window)]
