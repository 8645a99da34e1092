"""Two processes of the app, each with a data folder of its own, on one PostgreSQL database for the inspector's data."""

from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from chatdata import Settings
from chatdata.services.connect import Connected, connect
from chatdata.services.scan import last_scans
from chatdata.stores.app_db.postgres_schema import SCHEMA
from tests.support.builders import new_session
from tests.support.chromium import streamlit_process, wait_until_idle
from tests.support.servers import ValkeyServer, wait_until

pytestmark = pytest.mark.browser
STORED = "s-1"


@pytest.fixture
def environment(pg_url: str, valkey: ValkeyServer, app_database_url: str) -> dict[str, str]:
    """The settings that both have."""
    stores = {"DATABASE_URL": pg_url, "REDIS_URL": valkey.url}
    return {**stores, "INSPECTOR_APP_DATABASE_URL": app_database_url, "INSPECTOR_SCAN_EVERY": "1"}


@pytest.fixture
def connected(environment: dict[str, str], tmp_path: Path) -> Iterator[Connected]:
    """What a third process sees."""
    given = {**environment, "INSPECTOR_DATA_DIR": str(tmp_path / "third"), "INSPECTOR_ACCESS": "write"}
    with connect(Settings.from_environment(given)) as connected:
        connected.sessions.upsert_chat_session(new_session(STORED, messages=4))
        yield connected


def test_they_share_what_the_inspector_keeps_and_when_one_is_killed_the_other_goes_on(
    chromium: Browser, environment: dict[str, str], connected: Connected, tmp_path: Path
) -> None:
    folders = [{**environment, "INSPECTOR_DATA_DIR": str(tmp_path / name)} for name in ("one", "two")]
    with (
        streamlit_process("app.py", **folders[0]) as (first, killed),
        streamlit_process("app.py", **folders[1]) as (second, _),
        closing(chromium.new_context(viewport={"width": 1366, "height": 768})) as context,
    ):
        wait_until(lambda: len(last_scans(connected.app_db, 99)) >= 3, "scans of both")
        page = context.new_page()
        write_a_note(page, first, "seen by both")
        save_a_view(page, first, "Two or more")
        page.goto(f"{second}/session?id={STORED}&source=database")
        expect(page.locator('.row[data-position="1"] .usernote')).to_contain_text("seen by both")
        page.goto(f"{second}/sessions")
        page.get_by_role("button", name="Views", exact=True).click()
        expect(page.get_by_role("button", name="Two or more", exact=True)).to_be_visible()
        page.goto(f"{second}/audit")
        expect(page.get_by_text(STORED, exact=True).first).to_be_visible()

        wait_until(lambda: nobody_scans(environment["INSPECTOR_APP_DATABASE_URL"]), "the end of a scan")
        killed.kill()
        killed.wait(30)
        connected.stores.require_cache().put(new_session("s-2", messages=2))
        wait_until(lambda: last_scans(connected.app_db, 1)[0].sessions, "a scan of the one that is left")
        scans = sorted((scan.started_at, scan.finished_at) for scan in last_scans(connected.app_db, 99))
        assert all(before[1] <= after[0] for before, after in pairwise(scans)), "one at a time"
        page.goto(f"{second}/cache_health")
        expect(page.get_by_text("s-2").first).to_be_visible()
    assert [list((tmp_path / name).glob("inspector.db*")) for name in ("one", "two")] == [[], []]


def nobody_scans(app_database_url: str) -> bool:
    """Whether the lock is free, whose lease would have to be waited for otherwise."""
    with psycopg.connect(app_database_url) as connection:
        return connection.execute(f"SELECT holder FROM {SCHEMA}.scan_lock".encode()).fetchall() == [(None,)]


def write_a_note(page: Page, address: str, words: str) -> None:
    page.goto(f"{address}/session?id={STORED}&source=database")
    wait_until_idle(page)
    expect(page.locator(".ribbon").first).to_be_attached()
    page.keyboard.press("Home")
    page.keyboard.press("j")
    page.keyboard.press("m")
    expect(page.locator(".noteeditor textarea")).to_be_focused()
    page.keyboard.insert_text(words)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".usernote:not(.noteeditor)")).to_have_count(1)


def save_a_view(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/sessions?messages_min=2")
    wait_until_idle(page)
    page.get_by_role("button", name="Views", exact=True).click()
    page.get_by_label("Save this view as").fill(name)
    page.get_by_label("Save this view as").press("Enter")
    page.get_by_role("button", name="Save view").click()
    wait_until_idle(page)
