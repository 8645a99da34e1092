"""The Usage page and token usage per turn in Chromium: clicks on rows and points, and brushes."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Locator, Page, Request, expect

from chatdata import ChatMessage, ChatSession, Connected, Settings
from chatdata.services.connect import connect
from tests.support.builders import fill, message, new_session, tool_call
from tests.support.chromium import ColorScheme, Listeners, Tabs, wait_until_idle
from tests.support.contrast import ENOUGH, contrasts

pytestmark = pytest.mark.browser
FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""A Monday. Ten days with one conversation each, the tenth of another user."""
WHOLE = "started=2026-03-01..2026-03-12"
SHOWN = ".st-key-usage_words"
CONTENT_POLICY = re.compile("Content Security Policy|unsafe-eval|EvalError")


@pytest.fixture(scope="module")
def address(planted_app: str, planted_folder: Path) -> str:
    with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(planted_folder)})) as connected:
        _plant(connected)
    return planted_app


def _plant(connected: Connected) -> None:
    assert connected.stores.database is not None
    days = [
        new_session(
            f"day-{n}",
            "noah" if n == 9 else "mia",
            4 + n,
            [(1_000 * 4**n // 3**n, 100 * (n + 1))],
            FIRST + timedelta(days=n),
            title=f"Report {n}",
        )
        for n in range(10)
    ]
    fill(connected.stores.database, *days)
    connected.sessions.upsert_chat_session(_turns())


def _turns() -> ChatSession:
    """Four answers; a large result makes the third prompt jump."""
    calls = ChatMessage(role="assistant", content="", tool_calls=[tool_call("c1", "web_fetch")])
    result = ChatMessage(role="tool", tool_call_id="c1", content="words " * 1_500)
    messages = [
        message(),
        message("assistant", "one"),
        message(),
        calls,
        result,
        message("assistant", "two"),
        message(),
    ]
    messages.append(message("assistant", "three"))
    usage = [(400, 20), (460, 30), (2_300, 40), (2_400, 50)]
    return new_session("turns", "zoe", messages, usage, FIRST - timedelta(days=90), title="Turns")


DARK = pytest.mark.parametrize("page", ["dark"], indirect=True)
BOTH = pytest.mark.parametrize("page", ["light", "dark"], indirect=True)


@pytest.fixture
def page(tabs: Tabs, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab whose requests stay on this server, whose scripts throw nothing and whose policy refuses nothing."""
    errors: list[str] = []
    elsewhere: list[str] = []

    def note(said: ConsoleMessage) -> None:
        if CONTENT_POLICY.search(said.text):
            errors.append(said.text)

    def asked(request: Request) -> None:
        if request.url.startswith("http") and address not in request.url:
            elsewhere.append(request.url)

    listeners: Listeners = {
        "console": note,
        "pageerror": lambda error: errors.append(str(error)),
        "request": asked,
    }
    scheme: ColorScheme = getattr(request, "param", "light")
    with tabs.tab(1366, 1200, color_scheme=scheme, timezone_id="Europe/Berlin", listeners=listeners) as tab:
        yield tab
    assert (errors, elsewhere) == ([], [])


def go(page: Page, url: str) -> None:
    page.goto(url)
    wait_until_idle(page)


def chart(page: Page, key: str) -> Locator:
    """The drawing of a chart, once it has marks."""
    found = page.locator(f"[class*='st-key-{key}-'] [data-testid=stVegaLiteChart] svg").first
    expect(found.locator("[aria-roledescription=bar], [aria-roledescription=point]").first).to_be_attached()
    return found


def click_row(page: Page, key: str, row: int) -> None:
    """Clicks the first cell of a row in a table."""
    wait_until_idle(page)
    page.locator(f"[class*='st-key-{key}-'] .table .row").nth(row).locator(".words").first.click()


def middle(mark: Locator) -> tuple[float, float]:
    box = mark.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@DARK
def test_a_brush_narrows_and_one_step_back_or_a_click_leads_out(page: Page, address: str) -> None:
    go(page, f"{address}/usage?{WHOLE}")
    expect(page.locator(SHOWN)).to_contain_text("10 sessions started 1 Mar 2026 to 12 Mar 2026")
    bars = chart(page, "usage_time").locator("[aria-roledescription=bar]")
    first, last = middle(bars.nth(2 * 3)), middle(bars.nth(2 * 5))  # input and output of a day, two days are empty
    page.mouse.move(first[0], last[1])
    page.mouse.down()
    page.mouse.move(last[0], last[1], steps=8)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"started=2026-03-04\.\.2026-03-06"))
    expect(page.locator(SHOWN)).to_contain_text("3 sessions started 4 Mar 2026 to 6 Mar 2026")
    page.go_back()
    expect(page.locator(SHOWN)).to_contain_text("10 sessions started")
    page.go_forward()
    expect(page.locator(SHOWN)).to_contain_text("3 sessions started")
    page.get_by_role("button", name="Reset zoom").click()
    expect(page).to_have_url(re.compile("/usage$"))


def test_a_row_filters_leaves_a_chip_and_the_list_has_the_same_sessions(page: Page, address: str) -> None:
    go(page, f"{address}/usage?{WHOLE}")
    click_row(page, "usage_users", 1)  # noah has fewer tokens than mia
    expect(page).to_have_url(re.compile("usage_user=%22noah%22"))
    expect(page.locator(SHOWN)).to_contain_text("1 session started")
    assert min(contrasts(page.locator("body"), SHOWN).values()) > ENOUGH
    page.go_back()
    expect(page.locator(SHOWN)).to_contain_text("10 sessions")
    page.go_forward()
    page.get_by_role("button", name="User: noah").click()
    expect(page.locator(SHOWN)).to_contain_text("10 sessions")
    expect(page.locator(".st-key-usage_chips")).to_have_count(0)
    click_row(page, "usage_users", 1)
    expect(page.locator(SHOWN)).to_contain_text("1 session started")
    wait_until_idle(page)
    page.get_by_role("button", name="View sessions").first.click()
    expect(page).to_have_url(re.compile(r"/sessions\?started=2026-03-01\.\.2026-03-12&user=%22noah%22"))
    expect(page.get_by_text("1 session", exact=True)).to_be_visible()


def test_the_console_says_nothing_and_no_chart_moves_the_page(page: Page, address: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "warning" else None)
    go(page, f"{address}/usage?{WHOLE}")
    chart(page, "usage_conversations")
    assert said == []
    heights = page.evaluate(
        """() => [...document.querySelectorAll('[data-testid=stVegaLiteChart]')].map((drawn) => {
             const room = drawn.closest('[data-testid=stVerticalBlock]');
             return [room.clientHeight, room.scrollHeight];
           })"""
    )
    assert len(heights) == 3
    assert all(low >= 290 and low == high for low, high in heights)


def test_a_point_opens_its_conversation(page: Page, address: str) -> None:
    go(page, f"{address}/usage?{WHOLE}")
    points = chart(page, "usage_conversations").locator("[aria-roledescription=point]")
    expect(points).to_have_count(10)
    points.nth(0).click()
    expect(page).to_have_url(re.compile("/session.*id=day-9"))
    expect(page.locator(".facts h1")).to_have_text("Report 9")


@BOTH
def test_words_inside_charts_can_be_read(page: Page, address: str) -> None:
    go(page, f"{address}/usage?{WHOLE}")
    drawing = chart(page, "usage_time")
    assert drawing.locator("text").count() > 5
    assert min(drawing.evaluate(_TEXT_RATIOS)) > 3


@DARK
def test_a_turn_leads_to_its_message(page: Page, address: str) -> None:
    go(page, f"{address}/session?id=turns")
    expect(page.locator(".shown:visible")).to_have_text("8 messages")
    expect(page.locator("[data-testid=stVegaLiteChart]")).to_have_count(0)
    page.get_by_role("tab", name="Tokens").click()
    drawing = chart(page, "turns")
    expect(page.get_by_text("an input spike caused by a large tool result")).to_be_visible()
    page.mouse.click(*middle(drawing.locator("[aria-roledescription=bar]").nth(2 * 2)))
    expect(page).to_have_url(re.compile("message=5"))
    expect(page.locator(".timeline .row.lit")).to_have_attribute("data-position", "5")


def test_times_follow_the_zone_that_was_chosen_on_every_page(page: Page, address: str) -> None:
    go(page, f"{address}/session?id=turns")
    time = page.locator(".timeline time").first
    expect(time).to_be_visible()
    berlin = time.inner_text()
    box = page.get_by_role("combobox", name="Time zone")
    box.click()
    box.fill("Asia/Tokyo")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("tz=Asia%2FTokyo"))
    expect(time).not_to_have_text(berlin)
    page.get_by_role("link", name="Usage").click()
    expect(page).to_have_url(re.compile(r"/usage\?.*tz=Asia%2FTokyo"))
    expect(page.get_by_role("combobox", name="Time zone")).to_have_value(re.compile("Asia/Tokyo"))


_TEXT_RATIOS = """(svg) => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const light = (color) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = light(svg.style.backgroundColor);
  return [...svg.querySelectorAll("text")].filter((text) => text.textContent).map((text) => {
    const [low, high] = [light(text.getAttribute("fill")), behind].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  });
}"""


def test_no_figure_and_no_time_range_is_cut_in_a_narrow_window(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 820, "height": 1100})
    go(page, f"{address}/usage?period=all")
    expect(page.get_by_test_id("stMetricValue")).to_have_count(5)
    cut = page.evaluate(
        """() => [...document.querySelectorAll(
             '[data-testid="stMetricValue"] *, [data-testid="stButtonGroup"], [data-testid="stDateInput"] input')]
           .filter((part) => part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).display !== 'inline')
           .map((part) => part.textContent)"""
    )
    assert cut == []
