"""JSON routes of the side by side view, for this origin only.

`session` names the comparison in every request.
"""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from pages.ui.server.inspections import Inspections
from pages.ui.server.json_routes import asked, json_route, ordinals

"""Returns both copies of a session in rows. Raises LookupError if there is nothing to compare."""

_FIRST_SCREEN = 20


def drift_routes(inspections: Callable[[], Inspections]) -> list[Route]:
    """GET /api/drift/opening and window, at the data visibility of the user.

    opening: {"index": SideBySide.index, "first": the first row that differs, "items": the rows near it}.
    window: `items=0,1,2` → {"items": […]}.
    """

    def opening(request: Request) -> dict[str, Any]:
        rows = inspections().side_by_side(asked(request, "session"))
        first = rows.first_difference
        return {"index": rows.index, "first": first, "items": rows.near(first, _FIRST_SCREEN)}

    def window(request: Request) -> dict[str, Any]:
        return {"items": inspections().side_by_side(asked(request, "session")).window(ordinals(request))}

    return [json_route("/api/drift/opening", opening), json_route("/api/drift/window", window)]
