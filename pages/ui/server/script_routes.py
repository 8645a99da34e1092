"""Serves the components' scripts and the pages' style sheet at addresses that change with them."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pages.ui.base.served_path import served_path
from pages.ui.frontend.bundle import FOLDER, STYLES, page_style, scripts

_KEPT = {"Cache-Control": "private, max-age=31536000, immutable"}


def script_routes() -> list[Route]:
    """GET /scripts/{file} and /styles/{file}: a component's script or the style sheet, which browsers keep."""
    known = scripts()
    style_address, sheet = page_style()

    async def script(request: Request) -> Response:
        source = known.get(f"{FOLDER}/{request.path_params['file']}")
        if source is None:
            return Response("There is no such script; reload the page.", 404, {"Cache-Control": "no-store"})
        return Response(source, media_type="text/javascript", headers=_KEPT)

    async def style(request: Request) -> Response:
        if request.path_params["file"] != style_address.removeprefix(f"{STYLES}/"):
            return Response("There is no such style sheet; reload the page.", 404, {"Cache-Control": "no-store"})
        return Response(sheet, media_type="text/css", headers=_KEPT)

    return [
        Route(served_path(f"{FOLDER}/{{file}}"), script, methods=["GET"], name="component-scripts"),
        Route(served_path(f"{STYLES}/{{file}}"), style, methods=["GET"], name="page-style"),
    ]
