"""Streamlit's own files are served from memory, with what Streamlit would say of them."""

from pathlib import Path

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from pages.ui.server.streamlit_files import StreamlitFiles

FOLDER = Path(streamlit.__file__).parent / "static" / "static"
NAMES = [next(FOLDER.rglob(pattern)) for pattern in ("index.*.js", "index.*.css", "*.woff2")]
KINDS = ("text/javascript", "text/css", "font/woff2")


@pytest.fixture
def client() -> TestClient:
    async def beyond(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("Streamlit's answer")

    routes = [Route("/{path:path}", beyond, methods=["GET", "POST"])]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(StreamlitFiles)]))


@pytest.mark.parametrize(("file", "kind"), list(zip(NAMES, KINDS, strict=True)))
def test_a_file_is_whole_and_kept_by_browsers(client: TestClient, file: Path, kind: str) -> None:
    for _ in range(2):
        answer = client.get(f"/static/{file.relative_to(FOLDER).as_posix()}")
        assert answer.content == file.read_bytes()
        assert answer.headers["content-type"].partition(";")[0] == kind
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path", ["static/js/none.js", "static/", "static/js", "static/js/..%2f..%2findex.html", "static/../index.html", ""]
)
def test_everything_else_is_left_to_streamlit(client: TestClient, path: str) -> None:
    assert client.get(f"/{path}").text == "Streamlit's answer"


def test_only_reading_is_answered(client: TestClient) -> None:
    path = f"/static/{NAMES[0].relative_to(FOLDER).as_posix()}"
    assert client.post(path).text == "Streamlit's answer"
