"""What people come for, from the first page to its end, in at most as many clicks as it may take."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from chatdata import Settings
from chatdata.services.connect import connect
from chatdata.services.demo import stories
from chatdata.services.scan import attention, last_scans
from tests.support.chromium import download, wait_until_idle

pytestmark = pytest.mark.browser

FORGOT, REJECTED, UNSAVED = stories()
TABLE = ".table"
COUNT_CLICKS = """document.addEventListener("click", (event) => {
  if (event.isTrusted && event.detail) sessionStorage.clicks = Number(sessionStorage.clicks ?? 0) + 1;
}, true);"""
"""Counts what the mouse presses, wherever on the page, and not what a key presses.

The window would also count what Playwright takes back and tries again, since its target moved meanwhile.
"""


@pytest.fixture
def page(chromium: Browser, planted_app: str) -> Iterator[Page]:
    """The first page, on which clicks are counted from now on."""
    context = chromium.new_context(viewport={"width": 1366, "height": 1100}, accept_downloads=True)
    context.add_init_script(COUNT_CLICKS)
    opened = context.new_page()
    opened.goto(planted_app)
    expect(opened.get_by_role("heading", name="Expiring unsaved")).to_be_visible()
    wait_until_idle(opened)
    yield opened
    context.close()


MATCH_IN_SIGHT = """() => {
  const [match] = CSS.highlights.get("tl-hit-now") ?? [];
  if (!match) return false;
  const room = match.startContainer.parentElement.closest(".scroller").getBoundingClientRect();
  const { top, bottom } = match.getBoundingClientRect();
  return top >= room.top && bottom <= room.bottom;
}"""


def clicks(page: Page) -> int:
    """How many clicks it took to come here: at least one, since nobody comes here without."""
    counted = int(page.evaluate("sessionStorage.clicks ?? 0"))
    assert counted > 0
    return counted


def click(target: Locator) -> None:
    """Clicks once nothing of the page comes any more that could move its target away."""
    wait_until_idle(target.page)
    target.click()


def click_row(table: Locator, row: int) -> None:
    """Clicks the first text of a row."""
    click(table.locator(".row").nth(row).locator(".words").first)


def search_for(page: Page, text: str) -> None:
    click(page.get_by_placeholder("Words, a session ID"))
    page.keyboard.insert_text(text)
    page.keyboard.press("Enter")


def test_from_a_story_to_its_cause_and_fix(page: Page) -> None:
    click(page.get_by_role("link", name=FORGOT.headline))
    expect(page.get_by_text("Likely cause: An older version overwrote the cache.").first).to_be_visible()
    click(page.get_by_role("button", name="Preview repair"))
    expect(page.locator("[data-testid=stCode]").first).to_contain_text("@@ cache bytes @@")
    expect(page.get_by_role("radio", name="Delete cache entry")).to_be_checked()
    assert clicks(page) <= 2


def test_the_top_user_of_the_week_and_the_tool_that_cost_most_as_csv(page: Page) -> None:
    click(page.locator(".st-key-overview_figures").get_by_role("link", name="tokens"))
    users = page.locator(f"[class*=st-key-usage_users-] {TABLE}").first
    expect(users).to_be_visible()
    click_row(users, 0)
    expect(page.get_by_role("button", name="User: ")).to_be_visible()
    click(page.get_by_role("tab", name="Tools"))
    file = download(page, page.locator(".st-key-usage_tools_csv button").first.click)
    rows = list(csv.DictReader(io.StringIO(file.read_text())))
    costs = [float(row["cost"]) for row in rows if row["cost"]]
    assert costs
    assert costs == sorted(costs, reverse=True)
    assert clicks(page) <= 4


def test_from_the_soonest_loss_to_what_is_saved_and_checked_again(page: Page, planted_folder: Path) -> None:
    """Messages that wait in a queue expire first, but are for the application to send: the next row can be saved."""
    with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(planted_folder)})) as connected:
        expiring = [item.session_id for item in attention(last_scans(connected.app_db)).expiring]
    click_row(page.locator(TABLE).first, expiring.index(UNSAVED.session_id))
    click(page.get_by_role("button", name="Preview repair"))
    click(page.get_by_text("I have reviewed these changes"))
    click(page.get_by_role("button", name="Apply repair"))
    expect(page.get_by_text("Resolved: Unsaved messages. Checked again: no issue is left.")).to_be_visible()
    expect(page.get_by_role("button", name="Preview repair")).to_have_count(0)
    assert clicks(page) <= 4


def test_from_a_pasted_error_to_its_fix_and_the_repaired_curl(page: Page) -> None:
    error = (
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'."
    )
    search_for(page, f"chat:session:{REJECTED.session_id} 400 {error}")
    expect(page.get_by_text("Change: ").first).to_be_visible()
    click(page.get_by_text("Payload after the change").first)
    expect(page.get_by_text("Accepted by OpenAI").first).to_be_visible()
    click(page.get_by_role("radio", name="curl").first)
    expect(page.locator("[data-testid=stCode]").filter(has_text="curl").first).to_be_visible()
    assert clicks(page) <= 3


def test_from_a_word_to_its_match_and_a_bookmark_on_it(page: Page) -> None:
    search_for(page, "Östervik")
    table = page.locator(f".st-key-session_table {TABLE}").first
    expect(table).to_be_visible()
    click_row(table, 0)
    expect(page.locator(".found")).to_have_text("1 of 7")
    page.wait_for_function(MATCH_IN_SIGHT)
    match = page.locator(".row.current")
    position = match.get_attribute("data-position")
    click(match.locator(".ribbon").first)
    expect(page.locator(f'.row[data-position="{position}"] .tag.noted')).to_have_text("bookmark")
    assert clicks(page) <= 3
