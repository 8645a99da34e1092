"""Measures the server's memory while a browser pages through the list of sessions."""

import re
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.report import Table, console
from benchmarks.serving import APP, APPS, chromium, new_tab, serve

LINES = 50
_MEASURED_VIEWS = (1, 20, 50, 100, 150, 200)
_IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"


def table(url: str, redis_url: str, *, views: int, sessions: int) -> Table:
    """A table of resident memory after up to `views` views, of the real app and of a page with only a table."""
    measured = [view for view in _MEASURED_VIEWS if view <= views]
    console.print(f"[dim]{views} views of the Sessions page, then of a page with a table alone …[/]")
    stores, pages = {"DATABASE_URL": url, "REDIS_URL": redis_url}, sessions // LINES
    ours = _megabytes(APP, "/sessions", stores, measured, pages)
    base = _megabytes(APPS / "table.py", "", {}, measured, pages)
    return Table(
        "Memory of the server process (RSS, MB) over views of pages of the list",
        ("after views", *(str(view) for view in measured), "growth from 20 on"),
        [_row("a Streamlit page with such a table", base), _row("the Sessions page", ours)],
        notes=[
            "One tab; every other view is a click on Next, the others load the URL again, which is a new session of "
            "Streamlit, kept for a while after its tab was closed."
        ],
    )


def _row(name: str, megabytes: Mapping[int, float]) -> list[str]:
    last = max(megabytes)
    growth = megabytes[last] - megabytes[20]
    return [name, *(f"{value:.0f}" for value in megabytes.values()), f"{growth:+.0f}"]


def _megabytes(app: Path, path: str, settings: Mapping[str, str], measured: list[int], pages: int) -> dict[int, float]:
    found = {}
    with serve(app, settings) as serving, chromium() as browser, new_tab(browser) as page:
        for view in range(1, max(measured) + 1):
            place = (view // 2) % pages
            _view(page, serving.url + path, place, by_click=view % 2 == 0 and place > 0)
            if view in measured:
                found[view] = serving.megabytes()
    return found


def _view(page: Page, url: str, place: int, *, by_click: bool) -> None:
    """Opens page `place` of the list, counted from 0, by a click from the page before or by loading its URL."""
    if by_click:
        page.get_by_role("button", name="Next").click()
    else:
        page.goto(url if place == 0 else page.url)
    first = f"{place * LINES + 1:,} to {(place + 1) * LINES:,} of"
    page.get_by_text(re.compile(re.escape(first))).wait_for()
    page.wait_for_selector(_IDLE)
    page.locator("[data-testid=stDataFrame], .table .row").first.wait_for()
