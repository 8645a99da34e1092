"""Serves Streamlit's own scripts, style sheets and fonts from memory.

A new browser asks for sixty of them at once. Streamlit opens each in a thread, which takes longer than sending it, and
the page waits for all of them.
"""

import mimetypes
from functools import cache
from pathlib import Path

import streamlit
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pages.ui.base.served_path import served_path

_FOLDER = Path(streamlit.__file__).parent / "static" / "static"
_KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}


class StreamlitFiles:
    """Answers GET /static/{file} for each file whose name has a digest of it; Streamlit answers everything else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        start = served_path("static/")
        files = (file for file in _FOLDER.rglob("*") if file.is_file())
        self._files = {start + file.relative_to(_FOLDER).as_posix(): file for file in files}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        file = self._files.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        if file is None:
            await self._app(scope, receive, send)
        else:
            await Response(_content(file), media_type=_media_type(file), headers=_KEPT)(scope, receive, send)


@cache
def _content(file: Path) -> bytes:
    return file.read_bytes()


def _media_type(file: Path) -> str:
    if file.suffix == ".js":
        return "text/javascript"
    return mimetypes.guess_type(file.name)[0] or "application/octet-stream"
