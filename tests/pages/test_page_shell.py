"""The HTML of each page, which names the address of the server before Streamlit's script asks for it."""

import re
from pathlib import Path

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.ui.server.page_shell import FIRST_PAGE, FORMER_PAGES, PAGES, page_routes
from pages.ui.server.script_routes import script_routes
from pages.ui.shell import moved

ROOT = Path(__file__).parents[2]


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=[*page_routes(), *script_routes()]))


def test_each_page_has_a_route() -> None:
    files = {file.stem for file in (ROOT / "pages").glob("*.py")}
    assert set(PAGES) == files - {"router", "overview"}
    assert set(FORMER_PAGES) == set(moved.PATHS)


@pytest.mark.parametrize("path", [FIRST_PAGE, *PAGES, *FORMER_PAGES])
def test_a_page_names_the_address_before_the_script_that_asks_for_it(client: TestClient, path: str) -> None:
    page = client.get(f"/{path}?id=a")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert 0 < page.text.index("./server-address.js") < page.text.index('<script type="module"')


@pytest.mark.parametrize("path", [FIRST_PAGE, *PAGES, *FORMER_PAGES])
def test_a_page_links_the_style_sheet_after_everything_that_streamlit_puts_into_the_head(
    client: TestClient, path: str
) -> None:
    body = client.get(f"/{path}").text.partition("</head>")[2]
    (found,) = re.findall(r'<link rel="stylesheet" href="\./(styles/pages\.[0-9a-f]{16}\.css)">', body)
    assert body.index(found) < body.index('<div id="root">')
    sheet = client.get(f"/{found}")
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert sheet.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert sheet.text == (ROOT / "pages" / "ui" / "style.css").read_text("utf-8")


def test_the_script_is_one_that_the_security_policy_lets_run(client: TestClient) -> None:
    script = client.get("/server-address.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "BACKEND_BASE_URL" in script.text


@pytest.mark.parametrize("path", [FIRST_PAGE, *PAGES, *FORMER_PAGES])
def test_a_page_fetches_the_scripts_of_what_it_draws_first_ahead(client: TestClient, path: str) -> None:
    ahead = re.findall(r'<link rel="modulepreload" crossorigin href="\./scripts/(\w+)\.', client.get(f"/{path}").text)
    drawn = {"session": {"timeline", "facts"}, "compare": {"drift"}}
    assert set(ahead) == drawn.get(path, {"table"})


@pytest.mark.parametrize("path", [FIRST_PAGE, "session"])
def test_with_them_come_all_scripts_of_the_elements_that_are_drawn_first(client: TestClient, path: str) -> None:
    page = client.get(f"/{path}").text
    folder = Path(streamlit.__file__).parent / "static" / "static" / "js"
    named = set(re.findall(r"\./static/js/([\w.-]+\.js)", page))
    drawn = {name for name in named if name.startswith(("BidiComponent.", "Html."))}
    assert len(drawn) == 2
    for name in drawn:
        assert set(re.findall(r'(?:from|import)"\./([\w.-]+)"', (folder / name).read_text("utf-8"))) <= named
    assert len(named) == page.count("./static/js/")
