"""The HTML report, opened from disk in Chromium: it loads nothing, runs nothing of a conversation, and works."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from chatdata.services.exporting import write_file
from tests.services.test_exporting import evidence, hostile, text_of
from tests.support.builders import message
from tests.support.mutations import copies_of

pytestmark = pytest.mark.browser


@pytest.fixture
def page(chromium: Browser, tmp_path: Path) -> Iterator[Page]:
    talk = [message("user", "Where is the blue suitcase?"), message("assistant", "In Porto, at the counter.")]
    file = tmp_path / "evidence.html"
    write_file(file, [text_of("html", evidence(copies_of(talk[:1], talk)), hostile())])
    page = chromium.new_page()
    page.goto(file.as_uri())
    yield page
    page.close()


def test_it_opens_from_disk_without_a_request_and_nothing_in_it_runs(chromium: Browser, tmp_path: Path) -> None:
    file = tmp_path / "evidence.html"
    write_file(file, [text_of("html", hostile())])
    page = chromium.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda line: said.append(line.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(file.as_uri())
    expect(page.locator(".message")).to_have_count(4)
    page.get_by_role("button", name="Collapse all", exact=True).click()
    page.get_by_role("button", name="Expand all").click()
    assert asked == [file.as_uri()]
    assert said == []
    assert page.evaluate("window.ran") is None
    blocked = "fetch('http://127.0.0.1:9/').then(() => 'asked', () => 'blocked')"
    assert page.evaluate(blocked) == "blocked"
    page.close()


def test_search_finds_marks_and_gives_all_back(page: Page) -> None:
    page.keyboard.press("/")
    page.get_by_role("searchbox").fill("BLUE suitcase")
    expect(page.locator("#told")).to_have_text("1 found")
    expect(page.locator(".message:not([hidden])")).to_have_count(1)
    assert page.evaluate("CSS.highlights.get('found').size") == 2
    page.keyboard.press("Escape")
    expect(page.locator(".message:not([hidden])")).to_have_count(6)


def test_fold_and_theme(page: Page) -> None:
    first = page.locator("details.message").first
    expect(first).to_have_attribute("open", "")
    page.get_by_role("button", name="Collapse all", exact=True).click()
    expect(first).not_to_have_attribute("open", "")
    first.locator("summary").click()
    expect(first).to_have_attribute("open", "")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Light or dark").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
