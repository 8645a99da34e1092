"""Bookmarks and notes on the Conversation page in Chromium."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from chatdata.services.demo import stories
from tests.support.chromium import streamlit_server, wait_until_idle

pytestmark = pytest.mark.browser
HOSTILE = "recall <img src=http://beacon.example/x.png onerror=alert(1)> [l](javascript:alert(1)) \u202etxt"


@pytest.fixture
def page(chromium: Browser, tmp_path: Path) -> Iterator[Page]:
    """A conversation on a server of its own; requests stay there and scripts throw nothing."""
    with streamlit_server("app.py", INSPECTOR_DATA_DIR=str(tmp_path)) as address:
        context = chromium.new_context(viewport={"width": 1280, "height": 800}, timezone_id="Asia/Tokyo")
        opened, odd = context.new_page(), []
        opened.on("pageerror", lambda error: odd.append(str(error)))
        opened.on("dialog", lambda dialog: (odd.append(dialog.message), dialog.dismiss()))
        opened.on(
            "request",
            lambda asked: None if asked.url.startswith((address, "blob:", "data:")) else odd.append(asked.url),
        )
        opened.goto(f"{address}/session?id={stories()[0].session_id}&source=database")
        wait_until_idle(opened)
        yield opened
        assert odd == []


def ready(page: Page) -> None:
    """The notes are here: only then is there a button for one."""
    expect(page.locator(".ribbon").first).to_be_attached()


def test_notes_are_written_by_keys_stay_are_changed_found_and_deleted(page: Page) -> None:
    note = page.locator('.row[data-position="1"] .usernote:not(.noteeditor)')
    box = page.locator(".noteeditor textarea")
    ready(page)
    page.keyboard.press("Home")
    page.keyboard.press("j")
    page.keyboard.press("b")
    expect(note).to_contain_text("bookmark")
    expect(page.locator('.row[data-position="1"] .tag.noted')).to_have_text("bookmark")
    page.keyboard.press("m")
    expect(box).to_be_focused()
    page.keyboard.insert_text(HOSTILE)

    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    page.locator(".scroller").focus()
    page.keyboard.press("m")
    page.keyboard.insert_text(HOSTILE)
    page.locator(".scroller").focus()  # what is not saved yet stays while the list scrolls and the page runs again
    page.keyboard.press("End")
    expect(page.locator('.row[data-position="1"]')).to_have_count(0)
    page.get_by_role("button", name="Refresh").click()
    wait_until_idle(page)
    ready(page)
    page.locator(".scroller").focus()
    page.keyboard.press("Home")
    expect(page).to_have_url(re.compile("message=0$"))
    expect(box).to_have_value(HOSTILE)
    box.focus()
    page.keyboard.press("Control+Enter")
    expect(note).to_have_count(2)

    page.reload()
    wait_until_idle(page)
    expect(note.last).to_contain_text("recall <img src=http://beacon.example/x.png onerror=alert(1)>")
    expect(note.last.locator("img, a")).to_have_count(0)
    expect(note.last.locator(".glyph")).to_have_count(1)
    note.last.get_by_role("button", name="Edit").click()
    expect(box).to_have_value(HOSTILE)
    box.fill("said twice")
    page.locator(".noteeditor").get_by_role("button", name="Save").click()
    expect(note.last).to_contain_text("said twice")
    expect(note.last).to_contain_text("changed")

    page.keyboard.press("End")
    page.keyboard.press("g")
    expect(page.locator('.row.current[data-position="1"]')).to_be_in_viewport()
    page.get_by_role("button", name="Annotated 1").click()
    expect(page.locator(".row")).to_have_count(1)
    page.keyboard.press("P")
    expect(page.locator(".presenter .row")).to_have_count(1)
    expect(page.locator(".usernote, .tag.noted")).to_have_count(0)
    page.keyboard.press("P")

    note.last.get_by_role("button", name="Delete").click()
    sure = page.get_by_role("button", name="Confirm delete")
    expect(sure).to_be_focused()
    expect(note).to_have_count(2)
    page.keyboard.press("b")  # the row is built again without its bookmark: the question is still there, and focused
    expect(note).to_have_count(1)
    expect(sure).to_be_focused()
    page.keyboard.press("Enter")
    expect(note).to_have_count(0)
    expect(page.get_by_role("button", name="Annotated")).to_be_hidden()
    expect(page.locator(".row").nth(1)).to_be_visible()
