"""No table or chart offers Streamlit's own CSV download, which leaves formulas active; ours escapes them."""

import csv
import io
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from chatdata import ChatMessage, Settings
from chatdata.services.connect import connect
from chatdata.services.demo import stories
from chatdata.stores.app_db import AuditEvent
from tests.support.builders import new_session
from tests.support.chromium import ROOT, Tabs, download, streamlit_server, wait_until_idle

pytestmark = pytest.mark.browser
FORMULA = '=HYPERLINK("http://evil.example","x")'
STORY = stories()[0].session_id
EXPORT = "[aria-label^='Download as CSV']"
TABLE = ".table .row"
CLICK_SHOW_DATA = """() => {
  const shown = document.querySelectorAll("[aria-label^='Show data']");
  shown.forEach((button) => button.click());
  return shown.length;
}"""
"""In one step: a chart that is drawn again takes its button away between finding it and clicking it."""
PAGES = {
    "overview": ("/", True),
    "sessions": ("/sessions", True),
    "users": ("/users", True),
    "cache_health": ("/cache_health", True),
    **{
        f"session, {tab}": (f"/session?id={STORY}&tab={tab}", tab.endswith(("impact", "truncate")))
        for tab in (
            "messages",
            "tokens",
            "compare",
            *(f"compare&part={part}" for part in ("impact", "times", "expected", "repair")),
            *(f"payload&part={part}" for part in ("payload", "truncate", "export", "send")),
        )
    },
    "audit": ("/audit", True),
    **{
        f"usage, {tab}": (f"/usage?usage_part={tab.replace(' ', '+')}", False)
        for tab in (
            "Conversations",
            "Tools",
            "Activity heatmap",
            "Title keywords",
            "Cost by model",
            "Token mismatches",
        )
    },
}
"""Each address, and whether a table stands on it without a click."""


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def address(data_dir: Path) -> Iterator[str]:
    settings = {"INSPECTOR_DATA_DIR": str(data_dir)}
    with streamlit_server("app.py", **settings) as served, connect(Settings.from_environment(settings)) as connected:
        session = new_session(
            "formula",
            FORMULA,
            [ChatMessage(role="user", content="Hi")],
            [(9_000_000, 2)],
            datetime.now(UTC),
            title="=1+1",
        )
        connected.sessions.upsert_chat_session(session)
        deployment = connected.stores.deployment
        connected.app_db.keep_event(AuditEvent(datetime.now(UTC), deployment, "view", FORMULA, STORY, "full"))
        command = [sys.executable, "-m", "chatdata", "scan"]
        subprocess.run(command, cwd=ROOT, env={"PATH": "", **settings}, capture_output=True, check=False, timeout=300)
        yield served


@pytest.fixture
def page(tabs: Tabs) -> Iterator[Page]:
    with tabs.tab(1366, 1200) as tab:
        yield tab


def go(page: Page, url: str) -> None:
    page.goto(url)
    wait_until_idle(page)


def show_all_data(page: Page) -> None:
    """Turns every chart into its table: by the card's switch, and by Streamlit's button where there is one."""
    switches = page.get_by_role("radio").filter(has_text="table_rows")
    for index in range(switches.count()):
        switches.nth(index).click()
        wait_until_idle(page)
    while page.evaluate(CLICK_SHOW_DATA):
        wait_until_idle(page)


def test_the_button_is_found_where_streamlit_draws_it(page: Page, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text('import streamlit as st\nst.dataframe([{"a": "=1+1"}])\n')
    with streamlit_server(str(script), "--client.disableDataExport=false") as served:
        go(page, served)
        expect(page.locator(EXPORT)).to_have_count(1)


@pytest.mark.parametrize("name", PAGES)
def test_no_page_offers_the_csv_of_streamlits_tables_and_charts(page: Page, address: str, name: str) -> None:
    path, has_table = PAGES[name]
    go(page, f"{address}{path}")
    if has_table:
        expect(page.locator(TABLE).first).to_be_visible()
    show_all_data(page)
    assert page.locator(EXPORT).count() == 0


def test_the_csv_of_a_page_has_formulas_made_inert(page: Page, address: str) -> None:
    go(page, f"{address}/usage")
    file = download(page, page.locator(".st-key-usage_users_csv button").first.click)
    rows = list(csv.reader(io.StringIO(file.read_text())))
    assert f"'{FORMULA}" in [cell for row in rows for cell in row]
    assert [cell for row in rows for cell in row if cell.startswith("=")] == []
