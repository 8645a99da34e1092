"""Replay and presentation in Chromium: what is shown when, with a fake clock, and the keyboard."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from chatdata.services.demo import stories
from tests.browser.test_timeline import COUNT_ELEMENTS, row
from tests.support.chromium import Listeners, Tabs
from tests.support.contrast import ENOUGH, contrasts

pytestmark = pytest.mark.browser


@pytest.fixture
def address(timeline_app: str) -> str:
    return timeline_app


@pytest.fixture
def app(demo_app: str) -> str:
    return demo_app


@pytest.fixture
def page(tabs: Tabs, request: pytest.FixtureRequest) -> Iterator[Page]:
    errors: list[str] = []
    listeners: Listeners = {"pageerror": lambda error: errors.append(str(error))}
    with tabs.tab(1280, 800, listeners=listeners, **getattr(request, "param", {})) as tab:
        yield tab
    assert errors == []


def show(page: Page, address: str, session: str, **parameters: object) -> None:
    """Opens a conversation; what is hidden behind a presenter view does not count."""
    extra = "".join(f"&{name}={value}" for name, value in parameters.items())
    page.goto(f"{address}/?id={session}{extra}")
    page.wait_for_selector(".row .text, .words-instead:not([hidden])")
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", state="attached")


def at(page: Page) -> Locator:
    return page.locator(".where")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def in_url(page: Page, name: str, value: object) -> None:
    expect(page).to_have_url(re.compile(rf"[?&]{name}={value}(&|$)"))


CLOCK = pytest.mark.parametrize("page", [{"once": True}], indirect=True, ids=[""])


def freeze(page: Page) -> None:
    """From here on time goes by when the test says so: `page.clock.run_for`."""
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))


@CLOCK
def test_a_conversation_plays_as_it_happened(page: Page, address: str) -> None:
    page.clock.install()
    show(page, address, "told")
    freeze(page)
    button(page, "Replay").click()
    expect(button(page, "Pause")).to_be_visible()
    expect(page.locator(".row")).to_have_count(1)
    page.clock.run_for(2_000)
    expect(at(page)).to_have_text("#2 · 3 of 7")
    typed = page.locator(f"{row(2)} .text").first
    assert len(typed.evaluate("element => element.textContent")) < len("Let me look.")
    expect(page.locator(f"{row(2)} .call:visible")).to_have_count(0)
    page.clock.run_for(1_100)
    expect(typed).to_have_text("Let me look.")
    expect(page.locator(".working")).to_have_text(["Running… for 4 s", "Running… for 2 h 0 min"])
    page.keyboard.press("ArrowRight")
    expect(button(page, "Play")).to_be_visible()
    expect(page.locator('[data-result="3"] .text')).to_contain_text('"km": 12')
    expect(page.locator(".working")).to_have_text("Running… for 2 h 0 min")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".passing")).to_have_text("2 h 0 min later")
    expect(page.locator('[data-result="4"] .text')).to_have_text("12 km by road")
    expect(page.locator('[data-result="3"] .text')).to_have_count(0)
    page.keyboard.press("ArrowLeft")
    expect(page.locator('[data-result="4"]')).to_have_count(0)
    expect(page.locator(".working")).to_have_count(1)


@CLOCK
def test_what_was_typed_is_the_text_exactly_and_the_end_is_reached(page: Page, address: str) -> None:
    page.clock.install()
    show(page, address, "told", replay=4)
    freeze(page)
    page.keyboard.press("Space")
    page.clock.run_for(1_700)
    expect(at(page)).to_have_text("#5 · 6 of 7")
    page.keyboard.press("Space")
    part = page.locator(f"{row(5)} .text").evaluate("element => element.textContent")
    whole = "It is **12 km** away \U0001f6b2.U+202E\n\n- by road\n- or on foot"
    assert whole.startswith(part)
    page.keyboard.press("p")
    page.clock.run_for(5_000)
    expect(button(page, "Play again")).to_be_visible()
    assert page.locator(f"{row(5)} .text").evaluate("element => element.textContent") == whole
    expect(button(page, "Next")).to_be_disabled()
    page.keyboard.press("Space")
    expect(at(page)).to_have_text("#0 · 1 of 7")


def test_keys_and_the_range_move_and_the_address_keeps_the_place(page: Page, address: str) -> None:
    show(page, address, "forty")
    page.keyboard.press("p")
    page.keyboard.press("Space")
    expect(button(page, "Play")).to_be_visible()
    page.keyboard.press("End")
    expect(at(page)).to_have_text("#39 · 40 of 40")
    in_url(page, "replay", 39)
    page.keyboard.press("Home")
    page.keyboard.press("+")
    page.keyboard.press("+")
    expect(page.get_by_role("button", name="4 times the speed")).to_have_attribute("aria-pressed", "true")
    slider = page.get_by_role("slider", name="Position in the conversation")
    slider.fill("13")
    expect(slider).to_have_attribute("aria-valuetext", "Message 13 of 40, assistant")
    slider.press("ArrowRight")
    expect(at(page)).to_have_text("#13 · 14 of 40")
    in_url(page, "replay", 13)
    history = page.evaluate("history.length")
    page.reload()
    expect(at(page)).to_have_text("#13 · 14 of 40")
    expect(button(page, "Play")).to_be_visible()
    assert page.evaluate("history.length") == history
    page.keyboard.press("?")
    expect(page.locator("dialog.help")).to_contain_text("play or pause the replay")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator(".replaybar")).to_be_hidden()
    expect(page.locator(".row.current")).to_be_in_viewport()
    expect(page).not_to_have_url(re.compile("replay="))


def test_a_replay_starts_at_any_message_and_looking_elsewhere_pauses_it(page: Page, address: str) -> None:
    show(page, address, "forty")
    page.locator(row(7)).scroll_into_view_if_needed()
    page.locator(f"{row(7)}").hover()
    page.get_by_role("button", name="Replay from message 7").click()
    expect(at(page)).to_have_text("#7 · 8 of 40")
    page.keyboard.press("k")
    expect(button(page, "Play")).to_be_visible()
    page.locator(".entry").nth(3).click()
    expect(at(page)).to_have_text("#15 · 16 of 40")
    page.keyboard.press("/")
    page.keyboard.type("zebra-crossing")
    expect(at(page)).to_have_text("#39 · 40 of 40")
    page.locator(".chip.tools").click()
    expect(at(page)).to_have_text(re.compile(r"^#39 · (\d+) of \1$"))


def test_a_rerun_and_a_reading_anew_keep_the_place(page: Page, address: str) -> None:
    show(page, address, "thousand", replay=500)
    expect(at(page)).to_have_text("#500 · 501 of 1,000")
    page.keyboard.press("ArrowRight")
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("button", name="Rerun").click()
    expect(page.get_by_text("Reruns: 1")).to_be_visible()
    expect(at(page)).to_have_text("#501 · 502 of 1,000")
    page.get_by_role("button", name="Read anew").click()
    expect(page.get_by_text("Reruns: 2")).to_be_visible()
    expect(at(page)).to_have_text("#501 · 502 of 1,000")
    in_url(page, "replay", 501)


def test_three_thousand_messages_play_with_few_elements(page: Page, address: str) -> None:
    show(page, address, "threethousand", replay=2_990)
    expect(at(page)).to_have_text("#2990 · 2,991 of 3,000")
    page.get_by_role("button", name="8 times the speed").click()
    page.evaluate(f"""() => {{
      const count = {COUNT_ELEMENTS};
      globalThis.most = 0;
      const look = () => {{ globalThis.most = Math.max(globalThis.most, count()); requestAnimationFrame(look); }};
      look();
    }}""")
    page.keyboard.press("Space")
    expect(button(page, "Play again")).to_be_visible()
    expect(page.locator(f"{row(2_999)} .text")).to_be_in_viewport()
    assert page.evaluate("globalThis.most") < 1_500


def test_a_replay_waits_for_what_the_server_does_not_give_and_goes_on_after(page: Page, address: str) -> None:
    page.route("**/api/timeline/window**", lambda route: route.abort())
    show(page, address, "threethousand", replay=1_500)
    expect(page.locator(".notice.error")).to_contain_text("The server did not answer.")
    page.get_by_role("button", name="8 times the speed").click()
    page.keyboard.press("Space")
    expect(button(page, "Play")).to_be_visible()
    page.unroute("**/api/timeline/window**")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".scroller")).to_be_focused()
    page.keyboard.press("Space")
    expect(at(page)).not_to_have_text("#1500 · 1,501 of 3,000")
    page.keyboard.press("Space")


@pytest.mark.parametrize("page", [{"once": True, "reduced_motion": "reduce"}], indirect=True)
def test_with_reduced_motion_a_text_is_there_at_once(page: Page, address: str) -> None:
    page.clock.install()
    show(page, address, "told", replay=1)
    freeze(page)
    page.keyboard.press("Space")
    page.clock.run_for(1_100)
    expect(at(page)).to_have_text("#2 · 3 of 7")
    assert page.locator(f"{row(2)} .text").first.evaluate("element => element.textContent") == "Let me look."


def test_damaged_empty_and_untimed_conversations_play(page: Page, address: str) -> None:
    show(page, address, "none", replay=3)
    expect(button(page, "Replay")).to_be_disabled()
    expect(page.locator(".replaybar")).to_be_hidden()
    show(page, address, "damaged", replay=99)
    expect(page.locator(".notice")).to_contain_text("Message 99 is not in this copy: it has 0–14.")
    expect(at(page)).to_have_text("#14 · 15 of 15")
    page.keyboard.press("Home")
    for _ in range(14):
        page.keyboard.press("ArrowRight")
    expect(at(page)).to_have_text("#14 · 15 of 15")
    expect(page.locator(f"{row(14)}")).to_contain_text("content is null")
    show(page, address, "untimed", replay=3)
    expect(page.locator(".passing")).to_have_text("")
    expect(page.locator(".working")).to_have_text("Running…")
    show(page, address, "hostile", replay="%3Cimg%3E", presenter="%22%3E%3Cimg%3E")
    expect(page.locator(".presenter .row").first).to_be_visible()
    expect(page.locator(".transport")).to_be_hidden()


def test_the_presenter_view_has_no_ids_and_no_marks(page: Page, address: str) -> None:
    show(page, address, "told", replay=4)
    page.keyboard.press("P")
    view = page.locator(".timeline.presenter")
    expect(view.locator(".row").first).to_be_visible()
    in_url(page, "presenter", "on")
    expect(view.locator(".canvas")).to_contain_text("How far is Hamra?")
    words = view.locator(".canvas").inner_text()
    assert "2 h 0 min" not in words, "the answer comes with the next message"
    for unwanted in ("#", "call_", "ana", "characters", "Raw", "Copy"):
        assert unwanted not in words
    page.keyboard.press("PageDown")
    expect(at(page)).to_have_text("6 of 7")
    expect(view.locator(f"{row(5)} .markdown strong")).to_have_text("12 km")
    box = view.bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 1280, 800)
    for colours in ("Light", "Dark"):
        view.get_by_role("button", name=colours).click()
        in_url(page, "presenter", colours.lower())
        ratios = contrasts(view, ".row .text", ".role", ".where", ".kicker", ".function", ".replaybar button")
        assert {words: ratio for words, ratio in ratios.items() if ratio < ENOUGH} == {}
    page.reload()
    expect(page.locator(".timeline.presenter.dark")).to_be_visible()
    expect(at(page)).to_have_text("6 of 7")
    button(page, "Exit presentation").click()
    expect(page.locator(".toolbar")).to_be_visible()
    expect(at(page)).to_have_text("#5 · 6 of 7")
    expect(page).not_to_have_url(re.compile("presenter="))


def test_on_the_page_the_view_covers_side_bar_and_head_and_the_other_copy_goes_on_at_the_same_place(
    page: Page, app: str
) -> None:
    story = stories()[0]
    page.goto(f"{app}/session?id={story.session_id}&replay=20&presenter=dark")
    view = page.locator(".timeline.presenter.dark")
    expect(view.get_by_role("heading", level=1)).to_have_text("Customer day for ten years of Lindqvist Outdoor")
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page.locator(".facts")).to_be_hidden()
    expect(at(page)).to_have_text("21 of 101")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    expect(page.locator(".facts")).to_be_visible()
    in_url(page, "replay", 21)
    for name, source, count in (("Cache", "cache", 35), ("Database", "database", 101)):
        page.locator("[data-testid=stButtonGroup] button", has_text=name).click()
        in_url(page, "source", source)
        expect(page.locator(".where:visible")).to_have_text(f"#21 · 22 of {count}")
        in_url(page, "replay", 21)
    page.keyboard.press("Tab")
    page.goto(f"{app}/session?id=nosuch&presenter=on")
    expect(page.get_by_text("Session not found in the database or the cache")).to_be_visible()
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
