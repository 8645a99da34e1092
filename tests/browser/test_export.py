"""Exports in Chromium: files are downloaded, and the HTML report opens from disk by itself."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from chatdata.services.demo import stories
from tests.support.chromium import streamlit_server, wait_until_idle

pytestmark = pytest.mark.browser


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "served"


@pytest.fixture
def page(chromium: Browser, data_dir: Path) -> Iterator[Page]:
    with streamlit_server("app.py", INSPECTOR_DATA_DIR=str(data_dir)) as address:
        context = chromium.new_context(viewport={"width": 1280, "height": 720}, base_url=address)
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        assert errors == []


def test_a_filter_leaves_as_json_lines_and_a_conversation_as_evidence_that_opens_from_disk(
    page: Page, data_dir: Path, tmp_path: Path
) -> None:
    page.goto("/sessions?messages_min=3")
    wait_until_idle(page)
    page.get_by_role("button", name="Export").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("JSON Lines").click()
    expect(dialog.get_by_text("as JSON Lines. The export runs in the background")).to_be_visible()
    expected = re.search(r"All matching sessions \(([\d,]+)\)", dialog.inner_text())
    dialog.get_by_text("Structure").click()
    expect(dialog.get_by_text("No text: only roles")).to_be_visible()
    dialog.get_by_role("button", name="Export", exact=True).click()
    with page.expect_download() as download:
        dialog.get_by_role("link", name="Download", exact=True).click()
    assert re.fullmatch(r"sessions-\d{8}-\d{6}-structure\.jsonl", download.value.suggested_filename)
    lines = [json.loads(line) for line in download.value.path().read_text().splitlines()]
    expect(dialog.get_by_text("Downloaded: ")).to_be_visible()
    assert expected is not None
    assert len(lines) == int(expected[1].replace(",", ""))
    assert {line["view"] for line in lines} == {"structure"}
    assert list((data_dir / "exports").iterdir()) == []
    assert page.request.get(download.value.url).status == 404

    page.goto(f"/session?id={stories()[0].session_id}")
    wait_until_idle(page)
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download HTML report").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    asked: list[str] = []
    saved = page.context.new_page()
    saved.on("request", lambda request: asked.append(request.url))
    saved.goto(file.as_uri())
    expect(saved.get_by_role("heading", name="Conversation report")).to_be_visible()
    expect(saved.locator(".message").first).to_be_attached()
    saved.get_by_role("button", name="Collapse all", exact=True).click()
    assert asked == [file.as_uri()]
