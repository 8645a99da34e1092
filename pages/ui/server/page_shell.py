"""Serves Streamlit's HTML at the address of each page, with a script that says where the server is.

Without it Streamlit's own script asks for a server below the page's path first, so that each page but the first costs
two failed requests before it connects. The address is relative to the page, as that of Streamlit's files is: a proxy
may serve the inspector under a path of its own.
"""

import re
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
_STATIC = Path(streamlit.__file__).parent / "static"
_FIRST_ELEMENTS = ("BidiComponent", "Html")
"""The scripts of Streamlit's elements that a session's page draws first."""
_IMPORT = re.compile(r'(?:from|import)"\./([\w.-]+\.js)"')


def page_routes() -> list[Route]:
    """GET the address of each page and the script that it loads."""
    shell = _shell()
    # What its first tab needs is fetched beside Streamlit's own scripts and not after them.
    ahead = shell
    for script_address in (address("timeline"), *_scripts_of_first_elements(shell)):
        ahead = _with_head(ahead, f'<link rel="modulepreload" crossorigin href="./{script_address}">')

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
    html = (_STATIC / "index.html").read_text(encoding="utf-8")
    return _with_head(html, f'<script src="./{_SCRIPT_FILE}"></script>')


def _scripts_of_first_elements(shell: str) -> list[str]:
    """The addresses of their scripts and of all that these import, but for what the shell names itself."""
    folder = _STATIC / "static" / "js"
    waiting = [file.name for element in _FIRST_ELEMENTS for file in folder.glob(f"{element}.*.js")]
    found = dict[str, None]()
    while waiting:
        name = waiting.pop()
        if name not in found and name not in shell and (folder / name).is_file():
            found[name] = None
            waiting += _IMPORT.findall((folder / name).read_text(encoding="utf-8"))
    return [f"static/js/{name}" for name in found]


def _with_head(html: str, element: str) -> str:
    return html.replace("<head>", f"<head>\n    {element}", 1)


def _own(path: str) -> str:
    return make_url_path(config.get_option("server.baseUrlPath") or "", path)
