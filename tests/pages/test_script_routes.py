"""Components' scripts have addresses that change with them, so that browsers keep them."""

import re
from hashlib import sha256

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.ui.frontend import bundle
from pages.ui.server.script_routes import script_routes
from tests.support.command_line import ROOT

DIST = ROOT / "pages" / "frontend" / "dist"


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=script_routes()))


@pytest.mark.parametrize("name", sorted(file.stem for file in DIST.glob("*.js")))
def test_what_streamlit_sends_imports_the_script_from_an_address_that_browsers_keep(
    client: TestClient, name: str
) -> None:
    sent = bundle.script(name)
    assert len(sent) < 300
    found = re.search(r'await import\(new URL\("([^"]+)"', sent)
    assert found
    answer = client.get(f"/{found[1]}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert sha256(answer.content).hexdigest()[:16] in found[1]
    assert re.search(r"export\s*\{[^}]*as default|export default", answer.text)


@pytest.mark.parametrize(
    "path",
    [
        "scripts/timeline.js",
        "scripts/timeline.0000000000000000.js",
        "scripts/..%2fdist%2ftimeline.js",
        "scripts/x.css",
        "styles/pages.css",
        "styles/pages.0000000000000000.css",
        "styles/..%2fstyle.css",
    ],
)
def test_another_address_has_nothing_and_is_not_kept(client: TestClient, path: str) -> None:
    answer = client.get(f"/{path}")
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")
