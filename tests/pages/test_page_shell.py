"""The HTML of each page, which names the address of the server before Streamlit's script asks for it."""

import re
from pathlib import Path

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.ui.server.page_shell import FORMER_PAGES, PAGES, page_routes
from pages.ui.shell import moved

ROOT = Path(__file__).parents[2]


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=page_routes()))


def test_each_page_but_the_first_has_a_route() -> None:
    files = {file.stem for file in (ROOT / "pages").glob("*.py")}
    assert set(PAGES) == files - {"router", "overview"}
    assert set(FORMER_PAGES) == set(moved.PATHS)


@pytest.mark.parametrize("path", [*PAGES, *FORMER_PAGES])
def test_a_page_names_the_address_before_the_script_that_asks_for_it(client: TestClient, path: str) -> None:
    page = client.get(f"/{path}?id=a")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert 0 < page.text.index("./server-address.js") < page.text.index('<script type="module"')


def test_the_script_is_one_that_the_security_policy_lets_run(client: TestClient) -> None:
    script = client.get("/server-address.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "BACKEND_BASE_URL" in script.text


def test_the_page_of_a_session_fetches_the_script_of_its_first_tab_ahead(client: TestClient) -> None:
    ahead = '<link rel="modulepreload" crossorigin href="./scripts/timeline.'
    assert [path for path in (*PAGES, *FORMER_PAGES) if ahead in client.get(f"/{path}").text] == ["session"]


def test_with_it_come_all_scripts_of_the_elements_that_are_drawn_first(client: TestClient) -> None:
    page = client.get("/session").text
    folder = Path(streamlit.__file__).parent / "static" / "static" / "js"
    named = set(re.findall(r"\./static/js/([\w.-]+\.js)", page))
    drawn = {name for name in named if name.startswith(("BidiComponent.", "Html."))}
    assert len(drawn) == 2
    for name in drawn:
        assert set(re.findall(r'(?:from|import)"\./([\w.-]+)"', (folder / name).read_text("utf-8"))) <= named
    assert len(named) == page.count("./static/js/")
