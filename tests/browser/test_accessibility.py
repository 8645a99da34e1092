"""Every page in light and in dark: axe-core finds no serious violation."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from chatdata.services.demo import stories
from tests.support.chromium import Tabs, wait_until_idle

pytestmark = pytest.mark.browser

SESSION = f"session?id={stories()[0].session_id}"
PATHS = (
    "",
    "sessions",
    "users",
    "usage",
    "cache_health",
    "audit",
    SESSION,
    f"{SESSION}&tab=compare",
    f"{SESSION}&tab=compare&part=diff",
    f"{SESSION}&tab=payload",
    f"{SESSION}&tab=tokens",
    f"compare?a={stories()[0].session_id}&b={stories()[1].session_id}",
)
UNNAMED = ("[data-testid=stMetricChart]", ".brush_brush_bg", ".brush_brush")
"""What Streamlit and Vega draw without names and nobody can name: small charts of figures, and a selected range."""


_LOOKS = 10


def violations(page: Page) -> list[str]:
    """The serious and critical violations: what, and where."""
    found = Axe().run(page, context={"exclude": [[selector] for selector in UNNAMED]}).response["violations"]
    return [
        f"{violation['id']}: {node['target']} {node['any'] or node['all'] or node['none']}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


def settled(page: Page) -> list[str]:
    """The violations that stay: what is still being drawn has colours between two states."""
    for _ in range(_LOOKS):
        found = violations(page)
        if not found:
            break
        page.wait_for_timeout(1_000)
    return found


@pytest.mark.parametrize("width", [1366, 820])
@pytest.mark.parametrize("path", PATHS)
def test_no_page_has_a_serious_violation(tabs: Tabs, demo_app: str, path: str, width: int) -> None:
    with tabs.tab(width, 900) as page:
        page.goto(f"{demo_app}/{path}")
        wait_until_idle(page)
        light = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
        assert settled(page) == []
        page.emulate_media(color_scheme="dark")
        page.wait_for_function(
            "light => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor !== light",
            arg=light,
        )
        wait_until_idle(page)
        assert settled(page) == []
