"""The Payload page in Chromium: verdicts that lead to messages, long and hostile conversations, colours."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request, expect

from chatdata import Settings
from chatdata.domain.lint import PROVIDERS
from chatdata.services.connect import connect
from chatdata.services.demo import stories
from tests.browser.test_timeline import COUNT_ELEMENTS, expect_in_view
from tests.support.chromium import Listeners, Tabs, open_part, streamlit_server, wait_until_idle
from tests.support.contrast import ENOUGH, contrasts
from tests.support.openai_server import ANSWER, KEY, OpenAIServer, openai_server
from tests.support.payload_sessions import LONG, store

pytestmark = pytest.mark.browser

REJECTED = stories()[1].session_id


@pytest.fixture(scope="module")
def endpoint() -> Iterator[OpenAIServer]:
    with openai_server("text") as running:
        yield running


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, endpoint: OpenAIServer) -> Iterator[str]:
    """The app on demo conversations and those of these tests, with an endpoint to try."""
    data_dir = str(tmp_path_factory.mktemp("data"))
    trying = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": endpoint.base_url, "NO_PROXY": "*"}
    with streamlit_server("app.py", INSPECTOR_DATA_DIR=data_dir, **trying) as served:
        with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": data_dir})) as connected:
            store(connected.sessions)
        yield served


@pytest.fixture
def page(tabs: Tabs, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab whose requests stay on this server, and in whose console nothing goes wrong."""
    options = {"width": 1366, "height": 850, **getattr(request, "param", {})}
    wrong: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            wrong.append(message.text)

    def asked(request: Request) -> None:
        if request.url.startswith("http") and not request.url.startswith(address):
            wrong.append(request.url)

    listeners: Listeners = {"console": said, "pageerror": lambda error: wrong.append(str(error)), "request": asked}
    with tabs.tab(**options, permissions=["clipboard-read", "clipboard-write"], listeners=listeners) as tab:
        yield tab
    assert wrong == []


def show(page: Page, address: str, session: str, **query: object) -> None:
    extra = "".join(f"&{name}={value}" for name, value in query.items())
    page.goto(f"{address}/session?tab=payload&id={session}{extra}")
    wait_until_idle(page)


def row(position: int) -> str:
    return f'.row[data-positions~="{position}"]'


def lit(position: int) -> str:
    return f'.row.lit[data-positions~="{position}"]'


# Verdicts


def test_a_click_on_a_verdict_goes_to_the_message_and_again_to_the_next_reason(page: Page, address: str) -> None:
    show(page, address, REJECTED)
    expect(page.locator(".verdict.bad")).to_have_count(3)
    verdict = page.locator('.verdict.bad[data-provider="openai"]')
    expect(verdict).to_contain_text(": 2 errors")
    expect(verdict.locator(".answer")).to_contain_text("An assistant message with 'tool_calls' must be followed")
    for position in (16, 18, 16):
        verdict.click()
        expect(page.locator(lit(position))).to_be_visible()
        expect_in_view(page, f"{lit(position)} .finding")
        expect(page.locator(".row.lit")).to_have_count(1)
    page.get_by_role("button", name="more provider").click()
    expect(page.locator(".verdict.bad")).to_have_count(len(PROVIDERS))
    page.locator('.verdict.bad[data-provider="mistral"]').click()
    expect(page.locator(lit(15))).to_contain_text("Unexpected role 'user' after role 'tool'")


def test_a_rejected_conversation_says_so_and_leads_to_its_payload(page: Page, address: str) -> None:
    page.goto(f"{address}/session?id={REJECTED}")
    expect(page.get_by_text("Every provider would reject the next request.")).to_be_visible()
    expect(page.get_by_text("This tool result answers a call of payload message 13")).to_be_visible()
    tab = page.get_by_role("tab", name="Payload")
    expect(tab).to_have_accessible_name("Payload (all providers reject the next request)")
    tab.hover()
    tip = "tab => getComputedStyle(tab, '::before').content"
    assert "All providers reject the next request" in tab.evaluate(tip)
    assert f'"{len(PROVIDERS)}"' in tab.evaluate(tip.replace("before", "after"))
    page.get_by_role("button", name="Show in payload").click()
    expect(page.locator(".verdict.bad").first).to_be_visible()
    expect(page).to_have_url(f"{address}/session?id={REJECTED}&tab=payload")
    page.go_back()
    expect(page.locator(".timeline .row").first).to_be_visible()


def test_rows_can_be_narrowed_to_what_was_changed_or_is_wrong(page: Page, address: str) -> None:
    show(page, address, REJECTED)
    expect(page.locator(f"{row(0)} .text").first).to_be_visible()
    for name, count in (("With issues", 6), ("Modified or dropped", 6), ("All", 22)):
        button = page.get_by_role("button", name=f"{name} {count}", exact=True)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(page.locator(".row").first).to_have_attribute("aria-setsize", str(count))
    page.get_by_role("button", name="With issues 6").click()
    expect(page.locator(row(0))).to_have_count(0)
    page.keyboard.press("End")
    expect(page.locator('.row[data-positions=""]')).to_contain_text("a next user message")


def test_a_pasted_error_opens_its_message_in_the_conversation(page: Page, address: str) -> None:
    show(page, address, REJECTED)
    said = page.locator('.verdict.bad[data-provider="openrouter-anthropic"] .answer').inner_text()
    page.get_by_role("tab", name="Explain an error").click()
    page.get_by_label("Error message").fill(f"2026-02-20 worker: 400 {said}")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Open in conversation").first.click()
    expect(page.locator('.result.lit[data-result="16"], .row.lit[data-position="13"]').first).to_be_visible()
    assert "/session?id=" in page.url


# Many, long and hostile


def test_three_thousand_messages_open_with_few_elements_and_the_end_is_reached(page: Page, address: str) -> None:
    show(page, address, "long")
    expect(page.locator("span.quiet", has_text="3,000 stored → 3,000 sent")).to_be_visible()
    expect(page.locator(f"{row(0)} .text").first).to_be_visible()
    assert page.evaluate(COUNT_ELEMENTS) < 1_500
    page.keyboard.press("End")
    expect(page.locator(f"{row(2_999)} .sent .text")).to_contain_text("answer 749")
    expect_in_view(page, row(2_999))
    assert page.evaluate(COUNT_ELEMENTS) < 1_500
    page.keyboard.press("PageUp")
    expect(page.locator(row(2_999))).not_to_be_in_viewport()
    page.keyboard.press("Home")
    expect(page.locator(f"{row(0)} .text").first).to_be_visible()
    page.locator(".scroller").evaluate("scroller => { scroller.scrollTop = scroller.scrollHeight; }")
    expect(page.locator(f"{row(2_999)} .sent .text")).to_be_visible()
    page.locator('.verdict.bad[data-provider="openai"]').click()
    expect_in_view(page, lit(121))


@pytest.mark.parametrize("page", [{"once": True}], indirect=True, ids=[""])
def test_rows_that_arrive_while_the_reader_scrolls_do_not_undo_the_scrolling(page: Page, address: str) -> None:
    page.add_init_script(_HOLD_WINDOWS)
    show(page, address, "long")
    expect(page.locator(f"{row(0)} .text").first).to_be_visible()
    page.evaluate("() => { window.held = []; }")
    page.keyboard.press("End")
    page.wait_for_function("() => window.held.length === 1")
    page.keyboard.press("Home")
    expect(page.locator(f"{row(0)} .text").first).to_be_visible()
    page.locator(".scroller").evaluate(_SCROLL_AND_RELEASE)
    expect(page.locator(f"{row(2_999)} .sent .text")).to_be_visible()
    expect_in_view(page, row(2_999))


_HOLD_WINDOWS = """
const ask = window.fetch;
window.fetch = async (address, options) => {
  const answer = await ask(address, options);
  if (!window.held || !String(address).includes("/window?")) return answer;
  const body = await answer.json();
  return new Promise((resolve) => window.held.push(() => resolve({ ok: true, json: async () => body })));
};
"""
# In one task, so that the rows are here before the browser tells of the scrolling.
_SCROLL_AND_RELEASE = """async (scroller) => {
  const [release] = window.held;
  window.held = null;
  scroller.scrollTop = scroller.scrollHeight;
  release();
}"""


@pytest.mark.parametrize("position", [0, 1_500, 2_999])
def test_a_link_opens_at_its_message(page: Page, address: str, position: int) -> None:
    show(page, address, "long", message=position)
    expect(page.locator(f"{lit(position)} .sent .text")).to_be_visible()
    expect_in_view(page, lit(position))
    href = page.locator(f"{lit(position)} a.position").get_attribute("href")
    assert href == f"session?id=long&source=database&message={position}"


def test_a_link_to_no_message_says_so(page: Page, address: str) -> None:
    show(page, address, "long", message=5_000)
    expect(page.locator(".toast")).to_have_text("Message 5000 is not in this copy.")
    expect(page.locator(f"{row(0)} .text").first).to_be_visible()


def test_a_payload_of_no_messages_has_words(page: Page, address: str) -> None:
    show(page, address, "empty")
    expect(page.locator(".words-instead")).to_contain_text("there is nothing to send")
    expect(page.locator(".verdict.good")).to_contain_text("Valid for")


def test_a_long_text_opens_piece_by_piece_and_is_copied_whole(page: Page, address: str) -> None:
    show(page, address, "text")
    cell = page.locator(f"{row(0)} .stored .block")
    cell.get_by_role("button", name=f"Show all ({len(LONG):,} characters)").click()
    expect(cell.get_by_role("button", name="Show 100,000 more")).to_be_visible()
    for _ in range(len(LONG) // 100_000):
        before = cell.locator(".text").evaluate("element => element.textContent.length")
        cell.get_by_role("button", name="Show 100,000 more").click()
        page.wait_for_function(_LONGER, arg=before)
    expect(cell.get_by_role("button", name="Show 100,000 more")).to_have_count(0)
    assert cell.locator(".text").evaluate("element => element.textContent") == LONG
    cell.get_by_role("button", name="Show less").click()
    expect(cell.get_by_role("button", name="Show all")).to_be_visible()
    page.locator(row(0)).hover()
    page.locator(row(0)).get_by_role("button", name="Copy").click()
    expect(page.locator(".toast")).to_have_text("Copied as JSON")
    assert json.loads(page.evaluate("() => navigator.clipboard.readText()")) == {"role": "user", "content": LONG}


_LONGER = """(before) => {
  const roots = [...document.querySelectorAll("*")].map((each) => each.shadowRoot);
  const frame = roots.find((root) => root?.querySelector(".payload"));
  return frame.querySelector(".stored .text").textContent.length > before;
}"""


def test_hostile_text_is_shown_as_it_is_and_loads_nothing(page: Page, address: str) -> None:
    for position in (0, 1, 2, 3):
        show(page, address, "hostile", source="cache", message=position)
        stored = page.locator(f"{row(position)} .stored .text")
        expect(stored).to_contain_text("![beacon](http://beacon.example/a.png) <img src=")
        assert {"U+202E", "U+D800", "U+200B"} <= set(stored.locator(".glyph").all_text_contents())
        expect(page.locator(row(position))).to_contain_text("<script>document.title='owned'</script>")
    page.locator(".verdict.bad").first.click()
    for name, code in (("Truncate", "truncate"), ("Explain an error", "explain"), ("Send test request", "send")):
        open_part(page, name, code)
    open_part(page, "Export", "export")
    for form in ("curl", "Python"):
        page.locator("[data-testid=stButtonGroup] button", has_text=form).click()
        wait_until_idle(page)
    assert page.locator("img[src*=beacon], .row script, .row a[href^=javascript]").count() == 0
    assert "owned" not in page.title()


# Trying


def test_a_payload_is_tried_only_after_it_was_confirmed(page: Page, address: str, endpoint: OpenAIServer) -> None:
    show(page, address, REJECTED, part="send")
    page.get_by_role("button", name="Send", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"Sends 21 messages (about 1,207 tokens) to{endpoint.base_url}")
    page.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    assert endpoint.requests == []
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Finish reason: stop;")).to_be_visible()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("".join(ANSWER))).to_be_visible()
    (request,) = endpoint.requests
    assert len(request.body["messages"]) == 21
    assert KEY not in page.content()


# Colours

WORDS = (
    *(".text", ".quiet", ".answer", ".severity", ".title", ".where", ".position", ".role", ".code", ".function"),
    *(".kicker", ".mark b", ".nothing", ".loss", ".path", ".threads a", ".heads span", ".verdict b", ".sign", ".link"),
)


STILL = {"reduced_motion": "reduce"}  # no message flashes when it is gone to


@pytest.mark.parametrize(
    "page",
    [{"color_scheme": "light", **STILL}, {"color_scheme": "dark", **STILL}],
    indirect=True,
    ids=["light", "dark"],
)
@pytest.mark.parametrize("session", ["story", "hostile"])
def test_every_word_can_be_read_in_light_and_dark(page: Page, address: str, session: str) -> None:
    opened: dict[str, Any] = {"session": REJECTED, "message": 16} if session == "story" else {"session": "hostile"}
    show(page, address, **opened)
    expect(page.locator(".finding").first).to_be_visible()
    found = contrasts(page.locator(".payload"), *WORDS)
    assert len(found) > 20
    assert {kind: ratio for kind, ratio in found.items() if ratio < ENOUGH} == {}


@pytest.mark.parametrize("tab", ["payload", "messages"])
@pytest.mark.parametrize("page", [{"width": 820, "height": 800}], indirect=True, ids=["820 px"])
def test_the_switch_between_the_copies_is_whole_in_a_narrow_window(page: Page, address: str, tab: str) -> None:
    page.goto(f"{address}/session?tab={tab}&id={REJECTED}")
    wait_until_idle(page)
    switch = page.locator(".st-key-copy_shown")
    expect(switch.get_by_text("Cache", exact=True)).to_be_visible()
    clipped = "root => [root, ...root.querySelectorAll('*')].some(part => part.scrollWidth > part.clientWidth + 1)"
    assert not switch.evaluate(clipped)
