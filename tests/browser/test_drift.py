"""The Cache vs database page in Chromium: side by side view, collapsed stretches, and moving between differences."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from chatdata import ChatMessage, ChatSession, Connected, Settings
from chatdata.services.connect import connect
from chatdata.services.demo import stories
from tests.support.chromium import Listeners, Tabs, wait_until_idle

pytestmark = pytest.mark.browser
HOSTILE = '![x](http://tracker.example/x.png) <img src="http://tracker.example/y.png" onerror="alert(1)"> \u202e \x00'


@pytest.fixture(scope="module")
def address(planted_app: str, planted_folder: Path) -> str:
    with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(planted_folder)})) as connected:
        _plant(connected)
    return planted_app


def _plant(connected: Connected) -> None:
    """A long session that differs in three places, one of them hostile; another one in a long text."""
    session = ChatSession.new("mia", session_id="three")
    session.messages = [ChatMessage(role=("user", "assistant")[n % 2], content=f"words {n}") for n in range(3000)]
    connected.sessions.upsert_chat_session(session)
    cached = session.model_copy(deep=True)
    cached.messages[40].content = "words forty"
    cached.messages[1500].content = HOSTILE
    del cached.messages[2990:]
    assert connected.stores.cache is not None
    connected.stores.cache.put(cached)
    _plant_long(connected)


def _plant_long(connected: Connected) -> None:
    assert connected.stores.cache is not None
    long = "".join(f"Line {n} of the report.\n" for n in range(20_000))
    session = ChatSession.new("mia", session_id="long")
    session.messages = [ChatMessage(role="user", content=text) for text in ("first", "second", "third", long)]
    connected.sessions.upsert_chat_session(session)
    cached = session.model_copy(deep=True)
    cached.messages[3].content = long.replace("Line 9000 ", "Row 9000 ").replace("Line 19999", "Line 19999 only here")
    cached.messages = [cached.messages[index] for index in (0, 2, 1, 3)]
    connected.stores.cache.put(cached)


@pytest.fixture(params=["light", "dark"])
def page(tabs: Tabs, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab whose requests stay on this server and whose scripts throw nothing."""
    errors: list[str] = []
    elsewhere: list[str] = []

    def asked(request: Request) -> None:
        if request.url.startswith("http") and address not in request.url:
            elsewhere.append(request.url)

    listeners: Listeners = {"pageerror": lambda error: errors.append(str(error)), "request": asked}
    with tabs.tab(1366, 850, color_scheme=request.param, listeners=listeners) as tab:
        yield tab
    assert (errors, elsewhere) == ([], [])


def go(page: Page, url: str) -> None:
    page.goto(url)
    wait_until_idle(page)


def test_the_story_opens_at_the_first_difference(page: Page, address: str) -> None:
    go(page, f"{address}/session?tab=compare&part=diff&id={stories()[0].session_id}")
    expect(page.get_by_text("missing the last 66 messages")).to_be_visible()
    expect(page.locator(".drift .row.stale_cache").first).to_be_visible()
    expect(page.locator(".drift .row.stale_cache .cell.cache").first).to_contain_text("(missing)")
    expect(page.locator(".drift .stretchhead code").first).to_have_text("stale_cache")


def test_differences_are_reached_one_after_the_other_round_and_round(page: Page, address: str) -> None:
    go(page, f"{address}/session?tab=compare&part=diff&id=three")
    down = page.get_by_role("button", name="↓ Next difference")
    for position in (40, 1500, 2990, 40):
        down.click()
        expect(page.locator(".drift .row.lit .cell.database .position")).to_have_text(f"#{position}")
    page.get_by_role("button", name="↑ Previous difference").click()
    expect(page.locator(".drift .row.lit .cell.database .position")).to_have_text("#2990")


def test_what_differs_inside_a_text_is_marked_and_hostile_text_stays_text(page: Page, address: str) -> None:
    go(page, f"{address}/session?tab=compare&part=diff&id=three")
    page.get_by_role("button", name="↓ Next difference").click()
    expect(page.locator(".drift .row.lit .cell.cache mark")).to_have_text("forty")
    expect(page.locator(".drift .row.lit .cell.database mark")).to_have_text("40")
    page.get_by_role("button", name="↓ Next difference").click()
    expect(page.locator(".drift .row.lit .cell.cache")).to_contain_text("![x](http://tracker.example/x.png)")
    expect(page.locator(".drift .row.lit img")).to_have_count(0)
    expect(page.locator(".drift .row.lit .glyph").first).to_be_visible()


def test_a_difference_far_inside_a_text_and_a_moved_message_are_shown_where_they_are(page: Page, address: str) -> None:
    go(page, f"{address}/session?tab=compare&part=diff&id=long")
    changed = page.locator(".drift .row.content_changed")
    expect(changed.locator(".cell.cache mark")).to_have_text(["Row", " only here"])
    expect(changed.locator(".cell.database mark").first).to_have_text("Line")
    expect(changed.locator(".cell.cache .fold")).to_have_count(2)
    expect(changed.locator(".cell.cache .fold").first).to_contain_text("characters equal")
    expect(changed.locator(".cell.cache")).to_contain_text("9000 of the report.")
    moved = page.locator(".drift .row.reordered .cell.none")
    moved.get_by_role("button", name="moved to #1").first.click()
    expect(page.locator(".drift .row.lit .position")).to_have_text("#1")


def test_equal_stretches_are_a_line_until_they_are_opened(page: Page, address: str) -> None:
    go(page, f"{address}/session?tab=compare&part=diff&id=three")
    page.get_by_role("button", name="↓ Next difference").click()
    page.locator(".drift .scroller").focus()
    line = page.locator(".drift .row.folded").first
    expect(line).to_contain_text("equal messages: show")
    assert page.evaluate("document.querySelectorAll('*').length") < 1500
    line.get_by_role("button").click()
    expect(page.locator(".drift .row.equal .text").first).to_be_visible()


def test_a_position_leads_to_the_conversation(page: Page, address: str) -> None:
    go(page, f"{address}/session?tab=compare&part=diff&id=three")
    page.get_by_role("button", name="↓ Next difference").click()
    page.locator(".drift .row.lit .cell.cache .position").click()
    expect(page.locator(".timeline .row.lit")).to_have_attribute("data-position", "40")
    expect(page.locator(".timeline .row.lit .tag.mark")).to_have_text("modified")
    assert "source=cache" in page.url
