"""Serves Streamlit's HTML at the address of each page, with our style sheet and a script that says where the server is.

The sheet is there before anything is drawn; sent by the page's script, it would move what already stands on screen.
Without the script Streamlit's own asks for a server below the page's path first, so that each page but the first costs
two failed requests before it connects. The address is relative to the page, as that of Streamlit's files is: a proxy
may serve the inspector under a path of its own.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import streamlit
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from pages.ui.base.served_path import served_path
from pages.ui.frontend.bundle import address, page_style

FIRST_PAGE = ""
"""The path of the first page, which would ask for the server at the right address anyway."""
PAGES = ("sessions", "session", "compare", "users", "usage", "cache_health", "audit")
"""The paths of all other pages."""
FORMER_PAGES = ("conversation", "drift", "payload", "fleet")
"""The paths of earlier versions, which lead on to pages of today."""
_SCRIPT_FILE = "server-address.js"
_SCRIPT = 'window.__streamlit = { BACKEND_BASE_URL: new URL(".", location.href).href };\n'
_FRESH = {"Cache-Control": "no-cache"}
_STATIC = Path(streamlit.__file__).parent / "static"
_COMPONENTS = {"session": ("timeline", "facts"), "compare": ("drift",)}
_TABLE = ("table",)
"""The components that a page draws first; every other page has tables."""
_FIRST_ELEMENTS = ("BidiComponent", "Html")
"""The scripts of Streamlit's elements that pages draw first."""
_IMPORT = re.compile(r'(?:from|import)"\./([\w.-]+\.js)"')


def page_routes() -> list[Route]:
    """GET the address of each page and the script that it loads."""
    shell = _shell()
    shells = {components: _with_scripts(shell, components) for components in {*_COMPONENTS.values(), _TABLE}}

    async def page(request: Request) -> Response:
        path = request.url.path.rpartition("/")[2]
        return HTMLResponse(shells[_COMPONENTS.get(path, _TABLE)], headers=_FRESH)

    async def script(_request: Request) -> Response:
        return Response(_SCRIPT, media_type="text/javascript", headers=_FRESH)

    paths = (FIRST_PAGE, *PAGES, *FORMER_PAGES)
    return [
        *(Route(served_path(path), page, methods=["GET"], name=f"page-{path or 'first'}") for path in paths),
        Route(served_path(_SCRIPT_FILE), script, methods=["GET"], name="server-address"),
    ]


def _shell() -> str:
    """Streamlit's HTML, which loads the script before its own and the style sheet after its own, which ours outdoes."""
    html = (_STATIC / "index.html").read_text(encoding="utf-8")
    style_address, _sheet = page_style()
    link = f'<link rel="stylesheet" href="./{style_address}">'
    return _with_head(html.replace("<body>", f"<body>\n    {link}", 1), f'<script src="./{_SCRIPT_FILE}"></script>')


def _with_scripts(shell: str, components: Iterable[str]) -> str:
    """HTML by which these components' scripts are fetched beside Streamlit's own and not after them."""
    for script in (*map(address, components), *_scripts_of_first_elements(shell)):
        shell = _with_head(shell, f'<link rel="modulepreload" crossorigin href="./{script}">')
    return shell


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
