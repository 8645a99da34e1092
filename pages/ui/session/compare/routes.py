"""What the side by side view in the browser asks for: JSON by GET, for this origin only.

`session` names the comparison in every request.
"""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from chatdata.domain.side_by_side import SideBySide
from pages.ui.server.json_routes import asked, json_route, ordinals

Load = Callable[[str], SideBySide]
"""Session id to both copies in rows; LookupError, its text a sentence, where there is nothing to compare."""

_FIRST_SCREEN = 20


def drift_routes(load: Load) -> list[Route]:
    """GET /api/drift/opening, window over what `load` finds.

    opening: {"index": Aligned.index, "first": the first row that differs, "items": the rows near it}.
    window: `items=0,1,2` → {"items": […]}.
    """

    def opening(request: Request) -> dict[str, Any]:
        aligned = load(asked(request, "session"))
        first = aligned.first_difference
        return {"index": aligned.index, "first": first, "items": aligned.near(first, _FIRST_SCREEN)}

    def window(request: Request) -> dict[str, Any]:
        return {"items": load(asked(request, "session")).window(ordinals(request))}

    return [json_route("/api/drift/opening", opening), json_route("/api/drift/window", window)]
