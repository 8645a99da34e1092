"""Serves Streamlit's HTML at the address of each page, with a script that says where the server is.

Without it Streamlit's own script asks for a server below the page's path first, so that each page but the first costs
two failed requests before it connects. The address is relative to the page, as that of Streamlit's files is: a proxy
may serve the inspector under a path of its own.
"""

from pathlib import Path

import streamlit
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from streamlit import config
from streamlit.url_util import make_url_path

from pages.ui.frontend.bundle import address

PAGES = ("sessions", "session", "compare", "users", "usage", "cache_health", "audit")
"""The paths of all pages but the first, which asks at the right address anyway."""
FORMER_PAGES = ("conversation", "drift", "payload", "fleet")
"""The paths of earlier versions, which lead on to pages of today."""
_SCRIPT_FILE = "server-address.js"
_SCRIPT = 'window.__streamlit = { BACKEND_BASE_URL: new URL(".", location.href).href };\n'
_FRESH = {"Cache-Control": "no-cache"}


def page_routes() -> list[Route]:
    """GET the address of each page and the script that it loads."""
    shell = _shell()
    # The script of its first tab is fetched beside Streamlit's own and not after them.
    ahead = _with_head(shell, f'<link rel="modulepreload" href="./{address("timeline")}">')

    async def page(request: Request) -> Response:
        return HTMLResponse(ahead if request.url.path.endswith("/session") else shell, headers=_FRESH)

    async def script(_request: Request) -> Response:
        return Response(_SCRIPT, media_type="text/javascript", headers=_FRESH)

    return [
        *(Route(_own(path), page, methods=["GET"], name=f"page-{path}") for path in (*PAGES, *FORMER_PAGES)),
        Route(_own(_SCRIPT_FILE), script, methods=["GET"], name="server-address"),
    ]


def _shell() -> str:
    """Streamlit's HTML, which loads the script before its own."""
    html = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    return _with_head(html, f'<script src="./{_SCRIPT_FILE}"></script>')


def _with_head(html: str, element: str) -> str:
    return html.replace("<head>", f"<head>\n    {element}", 1)


def _own(path: str) -> str:
    return make_url_path(config.get_option("server.baseUrlPath") or "", path)
