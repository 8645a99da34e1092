"""The JSON route of what each turn of a timeline used, for this origin only."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from pages.ui.server.inspections import Inspections
from pages.ui.server.json_routes import asked, json_route
from pages.ui.server.services import connected

PATH = "/api/timeline/turns"


def turn_routes(inspections: Callable[[], Inspections]) -> list[Route]:
    """GET /api/timeline/turns for `session` and `source`, at the data visibility of the user.

    {"turns": [[position, responses, input tokens, output tokens, cost or null]…], "currency": of the costs, or null}.
    It reads the cached copy, which alone has usage per response, so the timeline doesn't wait for it.
    """

    def turns(request: Request) -> dict[str, Any]:
        model = connected().settings.model
        figures, currency = inspections().turn_figures(asked(request, "session"), asked(request, "source"), model)
        return {
            "turns": [
                [
                    turn.position,
                    turn.responses,
                    turn.prompt_tokens,
                    turn.completion_tokens,
                    None if turn.cost is None else float(turn.cost),
                ]
                for turn in figures
            ],
            "currency": currency,
        }

    return [json_route(PATH, turns)]
