"""The timeline in Chromium, over generated conversations of up to 10,000 messages (20 MB)."""

import re
from collections.abc import Iterator
from itertools import combinations

import pytest
from playwright.sync_api import FloatRect, Locator, Page, Request, expect

from tests.support.chromium import Tabs, wait_until_idle
from tests.support.timeline_app.conversations import hostile

pytestmark = pytest.mark.browser

COUNT_ELEMENTS = """() => {
  const count = (root) => [...root.querySelectorAll("*")]
    .reduce((sum, element) => sum + 1 + (element.shadowRoot ? count(element.shadowRoot) : 0), 0);
  return count(document);
}"""

MOVED = """([position, top]) => {
  const row = [...document.querySelectorAll("*")].map((element) => element.shadowRoot)
    .find((root) => root?.querySelector(".timeline"))?.querySelector(`.row[data-position="${position}"]`);
  return Boolean(row) && row.getBoundingClientRect().top !== top;
}"""


BAR_PARTS = ".toolbar :is(.chip, .tool, .find, .segments)"


@pytest.fixture
def address(timeline_app: str) -> str:
    return timeline_app


@pytest.fixture
def page(tabs: Tabs) -> Iterator[Page]:
    errors: list[object] = []
    with tabs.tab(1280, 800, timezone_id="Asia/Tokyo", listeners={"pageerror": errors.append}) as tab:
        yield tab
    assert errors == []


def show(page: Page, address: str, session: str, **parameters: object) -> None:
    extra = "".join(f"&{name}={value}" for name, value in parameters.items())
    page.goto(f"{address}/?id={session}{extra}")
    wait_until_idle(page)
    page.wait_for_selector(".row .text, .words-instead:not([hidden])")


def row(position: int) -> str:
    return f'.row[data-position="{position}"]'


def expect_in_view(page: Page, selector: str) -> None:
    """The element can be seen in the list, once it is laid out."""
    expect(page.locator(selector).first).to_be_in_viewport()


def settle(page: Page) -> None:
    """Waits until the list has kept its width, its place and its height for some frames."""
    page.evaluate("""async () => {
      const scroller = [...document.querySelectorAll("*")]
        .map((element) => element.shadowRoot?.querySelector(".scroller")).find(Boolean);
      const look = () => [scroller.clientWidth, scroller.scrollTop, scroller.scrollHeight].join();
      for (let same = 0, before = look(); same < 15; same += 1) {
        await new Promise(requestAnimationFrame);
        const now = look();
        if (now !== before) [same, before] = [0, now];
      }
    }""")


def test_ten_thousand_messages_open_with_few_elements_and_end_at_the_last(page: Page, address: str) -> None:
    show(page, address, "tenthousand")
    expect(page.locator(".shown")).to_have_text("10,000 messages")
    assert page.evaluate(COUNT_ELEMENTS) < 1_500
    page.keyboard.press("End")
    expect(page.locator(f"{row(9_999)} .text")).to_be_visible()
    expect_in_view(page, row(9_999))
    assert page.evaluate(COUNT_ELEMENTS) < 1_500
    page.keyboard.press("Home")
    expect(page.locator(f"{row(0)} .text")).to_be_visible()


def test_numbers_and_times_are_english_whatever_the_browser_speaks(tabs: Tabs, address: str) -> None:
    with tabs.tab(1280, 800, locale="de-DE", timezone_id="Asia/Tokyo") as page:
        show(page, address, "tenthousand")
        expect(page.locator(".toolbar")).to_contain_text("10,000")
        expect(page.locator(".row time").first).to_have_text(re.compile(r"\d+ [A-Z][a-z]{2}( \d{4})?, [\d:]{8}"))


def test_find_goes_to_a_match_in_the_last_of_ten_thousand(page: Page, address: str) -> None:
    show(page, address, "tenthousand")
    page.keyboard.press("/")
    page.keyboard.type("ZEBRA-crossing")
    expect(page.locator(".found")).to_have_text("1 of 1")
    expect(page.locator(row(9_999))).to_contain_text("the zebra-crossing is done")
    expect_in_view(page, row(9_999))


def test_find_opens_the_folded_result_that_has_the_match(page: Page, address: str) -> None:
    show(page, address, "damaged")
    page.locator("input[type=search]").fill("no agent found")
    expect(page.locator(".found")).to_have_text("1 of 1")
    expect(page.locator('[data-result="3"] .text')).to_contain_text('"message": "No agent found"')
    page.wait_for_function("() => CSS.highlights.get('tl-hit-now').size === 1")


def test_find_steps_through_matches_and_passes_over_hidden_messages(page: Page, address: str) -> None:
    show(page, address, "damaged")
    page.locator("input[type=search]").fill("hurry")
    page.keyboard.press("Enter")
    expect(page.locator(".found")).to_have_text("1 of 1")
    page.locator(".chip.user").click()
    expect(page.locator(".found")).to_contain_text("more in hidden messages")
    page.keyboard.press("Escape")
    page.keyboard.press("Home")
    page.locator("input[type=search]").fill("agent")
    expect(page.locator(".found")).to_contain_text("1 of ")
    page.keyboard.press("Enter")
    expect(page.locator(".found")).to_contain_text("2 of ")
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".found")).to_contain_text("1 of ")


@pytest.mark.parametrize("message", [0, 4_321, 9_999])
def test_a_link_opens_and_lights_up_its_message(page: Page, address: str, message: int) -> None:
    show(page, address, "tenthousand", message=message)
    lit = f'.row.lit[data-position="{message}"], .result.lit[data-result="{message}"]'
    expect(page.locator(lit)).to_be_visible()
    expect_in_view(page, lit)


def test_a_link_to_a_result_opens_it_under_its_call(page: Page, address: str) -> None:
    show(page, address, "damaged", message=3)
    expect(page.locator('.result.lit[data-result="3"] .text')).to_be_visible()


def test_a_link_to_no_message_says_which_there_are(page: Page, address: str) -> None:
    show(page, address, "damaged", message=99)
    expect(page.locator(".notice")).to_contain_text("Message 99 is not in this copy: it has 0–14.")


def test_a_copied_link_names_session_source_and_message(page: Page, address: str) -> None:
    show(page, address, "forty")
    href = page.locator(f"{row(1)} a.position").first.get_attribute("href")
    assert href == f"{address}/?id=forty&source=database&message=1"
    page.locator(f"{row(1)} a.position").first.click()
    expect(page.locator(".toast")).to_have_text("Link to message 1 copied")


def test_keys_move_fold_and_open(page: Page, address: str) -> None:
    show(page, address, "forty")
    page.keyboard.press("j")
    expect(page.locator(".row.current")).to_have_attribute("data-position", "0")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".row.current")).to_have_attribute("data-position", "2")
    page.keyboard.press("o")
    expect(page.locator(f"{row(2)} .result .text")).to_be_visible()
    page.keyboard.press("k")
    page.keyboard.press("x")
    expect(page.locator(f"{row(1)}.folded")).to_be_visible()
    page.keyboard.press("?")
    expect(page.locator("dialog.help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.help")).to_be_hidden()
    page.locator("input[type=search]").fill("j")
    expect(page.locator(".row.current")).to_have_count(1)


def test_fold_all_makes_each_message_a_line_and_unfold_all_opens_results(page: Page, address: str) -> None:
    show(page, address, "tenthousand")
    page.get_by_role("button", name="Collapse all", exact=True).click()
    expect(page.locator(".row:not(.folded)")).to_have_count(0)
    heights = page.locator(".row").evaluate_all("rows => rows.map((row) => row.offsetHeight)")
    assert max(heights) < 40
    assert page.evaluate(COUNT_ELEMENTS) < 1_500
    show(page, address, "forty")
    page.get_by_role("button", name="Expand all").click()
    expect(page.locator(".row.folded")).to_have_count(0)
    expect(page.locator(".result .text").first).to_be_visible()


def test_a_filter_says_how_many_it_leaves(page: Page, address: str) -> None:
    show(page, address, "damaged")
    page.locator(".chip.user").click()
    expect(page.locator(".shown")).to_have_text("13 of 15 messages")
    for group in ("assistant", "tools", "other"):
        page.locator(f".chip.{group}").click()
    expect(page.locator(".words-instead")).to_contain_text("hides every message")


def test_nothing_of_the_bar_covers_another_part_in_any_width(page: Page, address: str) -> None:
    show(page, address, "damaged")
    expect(page.locator(".chip:not([hidden])")).to_have_count(4)
    for width in (1600, 1366, 1330, 1280, 1200, 1100, 1024, 900, 820, 780, 740, 700, 660, 640, 420):
        page.set_viewport_size({"width": width, "height": 800})
        settle(page)
        boxes = [box for box in map(Locator.bounding_box, page.locator(BAR_PARTS).all()) if box]
        covered = [(one, other) for one, other in combinations(boxes, 2) if overlap(one, other)]
        assert covered == [], width


def overlap(one: FloatRect, other: FloatRect) -> bool:
    """By more than the border that neighbouring buttons share."""
    return all(
        one[start] < other[start] + other[size] - 1.5 and other[start] < one[start] + one[size] - 1.5
        for start, size in (("x", "width"), ("y", "height"))
    )


def test_hostile_text_is_shown_exactly_and_loads_nothing(page: Page, address: str) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    show(page, address, "hostile")
    for copy in (hostile()[0], hostile()[1], hostile()[3]):
        shown = page.locator(f"{row(copy.position)} .text").evaluate("element => element.textContent")
        assert shown == copy.message.content
    marks = page.locator(f"{row(2)} .glyph").all_text_contents()
    assert marks == ["U+202E", "U+200B", "U+2060", "NUL", "ESC", "ESC", "U+D800", "U+FEFF"]
    assert page.locator(f"{row(4)} .glyph").count() == 1
    page.get_by_role("button", name="Markdown").click()
    expect(page.locator(f"{row(0)} .markdown")).to_contain_text("[image: beacon — http://beacon.example/a.png]")
    assert page.locator(".row img, .row script, .row style").count() == 0
    assert [url for url in asked if "://" in url and not url.startswith((address, "blob:", "ws://127.0.0.1"))] == []


def test_a_rerun_moves_nothing(page: Page, address: str) -> None:
    show(page, address, "thousand", message=500)
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.get_by_role("button", name="Rerun")).to_be_visible()
    settle(page)
    before = page.locator(".scroller").evaluate("element => element.scrollTop")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="Rerun").click()
    expect(page.get_by_text("Reruns: 1")).to_be_visible()
    settle(page)
    assert page.locator(".scroller").evaluate("element => element.scrollTop") == before
    assert [url for url in asked if "/api/timeline/" in url] == []


def test_what_is_measured_above_moves_nothing_in_sight(page: Page, address: str) -> None:
    show(page, address, "thousand")
    page.keyboard.press("End")
    expect(page.locator(f"{row(999)} .text")).to_be_visible()
    tops = "rows => Object.fromEntries(rows.map((row) => [row.dataset.position, row.getBoundingClientRect().top]))"
    page.locator(".scroller").hover()
    settle(page)
    for _ in range(12):
        before = page.locator(".row").evaluate_all(tops)
        page.mouse.wheel(0, -300)
        first = min(before, key=int)
        page.wait_for_function(MOVED, arg=[first, before[first]])
        settle(page)
        after = page.locator(".row").evaluate_all(tops)
        moved = {round(after[position] - before[position]) for position in before.keys() & after.keys()}
        assert moved == {300}


def test_a_long_text_is_read_on_in_pieces(page: Page, address: str) -> None:
    show(page, address, "long")
    page.get_by_role("button", name="Show all of the text").click()
    expect(page.locator(".footer")).to_contain_text("20,000 of 840,014 characters")
    page.get_by_role("button", name="Show 100,000 more").click()
    expect(page.locator(".footer")).to_contain_text("100,000 of 840,014 characters")


def test_no_messages_and_no_conversation_have_words(page: Page, address: str) -> None:
    show(page, address, "none")
    expect(page.locator(".words-instead")).to_contain_text("This copy has no messages")
    show(page, address, "nosuch")
    expect(page.locator(".notice.error")).to_contain_text("There is no conversation nosuch.")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_the_outline_leads_to_a_question(page: Page, address: str) -> None:
    show(page, address, "thousand")
    entry = page.locator(".entry").nth(5)
    position = entry.locator(".position").inner_text().removeprefix("#")
    entry.click()
    expect(page.locator(".row.current")).to_have_attribute("data-position", position)
    expect(page.locator(".entry[aria-current]")).to_contain_text(f"#{position}")


def test_a_failed_route_can_be_tried_again(page: Page, address: str) -> None:
    failing = True

    def answer(route: object) -> None:
        if failing:
            route.fulfill(status=503, json={"error": "The database is down."})  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    page.route("**/api/timeline/opening**", answer)
    page.goto(f"{address}/?id=ten")
    expect(page.locator(".notice.error")).to_contain_text("The database is down.")
    failing = False
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(f"{row(0)} .text")).to_be_visible()
