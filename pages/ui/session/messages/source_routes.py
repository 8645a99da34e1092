"""JSON routes of what the source of an imported session held beyond the stores."""

from starlette.routing import Route

from pages.ui.server.json_routes import asked, json_route, number
from pages.ui.session.messages import source_parts

PATH = "/api/source"


def source_routes() -> list[Route]:
    """GET /api/source?session=…&source=… as `source_parts.listed` describes, and /api/source/part with `number`."""
    return [
        json_route(PATH, lambda request: source_parts.listed(asked(request, "session"), asked(request, "source"))),
        json_route(
            f"{PATH}/part", lambda request: source_parts.part(asked(request, "session"), number(request, "number", 0))
        ),
    ]
