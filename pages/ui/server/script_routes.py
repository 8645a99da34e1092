"""Serves the components' scripts at addresses that change with them."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from streamlit import config
from streamlit.url_util import make_url_path

from pages.ui.frontend.bundle import FOLDER, scripts

_KEPT = {"Cache-Control": "private, max-age=31536000, immutable"}


def script_routes() -> list[Route]:
    """GET /scripts/{file}: a component's script, which browsers keep."""
    known = scripts()

    async def script(request: Request) -> Response:
        source = known.get(f"{FOLDER}/{request.path_params['file']}")
        if source is None:
            return Response("There is no such script; reload the page.", 404, {"Cache-Control": "no-store"})
        return Response(source, media_type="text/javascript", headers=_KEPT)

    path = make_url_path(config.get_option("server.baseUrlPath") or "", f"{FOLDER}/{{file}}")
    return [Route(path, script, methods=["GET"], name="component-scripts")]
