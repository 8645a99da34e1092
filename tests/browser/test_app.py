"""The whole app in Chromium: demo and real conversations, links, browser history, and requests that must not happen."""

import http.client
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, Response, expect

from chatdata.services.demo import stories
from tests.support.chromium import ROOT, Listeners, Tabs, streamlit_server, wait_until_idle

pytestmark = pytest.mark.browser

FORGOT = stories()[0]
SHOWN = ".shown:visible"
"""How many messages are listed; a timeline that gives way to another stays for some frames, hidden."""


@pytest.fixture
def address(request: pytest.FixtureRequest) -> str:
    """The app that only reads, or the one that a test names as its parameter."""
    served: str = request.getfixturevalue(getattr(request, "param", "demo_app"))
    return served


@pytest.fixture
def page(tabs: Tabs, address: str) -> Iterator[Page]:
    """A tab whose requests stay on this server and succeed, and whose scripts throw nothing."""
    errors: list[str] = []
    elsewhere: list[str] = []

    def note(request: Request) -> None:
        if request.url.startswith("http") and not request.url.startswith(address):
            elsewhere.append(request.url)

    def answered(response: Response) -> None:
        if response.status >= 400:
            errors.append(f"{response.status} {response.url}")

    listeners: Listeners = {
        "pageerror": lambda error: errors.append(str(error)),
        "request": note,
        "response": answered,
    }
    with tabs.tab(1366, 900, timezone_id="Asia/Tokyo", listeners=listeners) as tab:
        yield tab
    assert errors == []
    assert elsewhere == []


def go(page: Page, url: str) -> None:
    page.goto(url)
    wait_until_idle(page)


def row(position: int) -> str:
    return f'.row[data-position="{position}"]'


def click_first_row(page: Page) -> None:
    page.locator(".table .row .words").first.click()


def run_command(data_dir: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "chatdata", *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "INSPECTOR_DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        check=False,
    )


_HEIGHTS = """(selector) => {
  window.heights = new Set();
  const note = () => {
    const found = document.querySelector(selector);
    if (found?.innerText.trim()) heights.add(Math.round(found.getBoundingClientRect().y));
  };
  const look = () => { setTimeout(note); requestAnimationFrame(look); };
  requestAnimationFrame(look);
}"""
"""Notes after each frame how high an element with text stands."""


@pytest.mark.parametrize("path", ["", "sessions", "users", "usage", "cache_health"])
def test_a_heading_that_is_shown_stays_where_it_is(page: Page, address: str, path: str) -> None:
    page.add_init_script(f"({_HEIGHTS})('[data-testid=stMain] h1')")
    go(page, f"{address}/{path}")
    heights = page.evaluate("[...heights]")
    assert max(heights) - min(heights) <= 8, heights


def test_an_address_that_is_no_page_says_so_in_the_same_style(tabs: Tabs, address: str) -> None:
    padding = "element => getComputedStyle(element).paddingTop"
    with tabs.tab(1366, 900) as page:
        go(page, f"{address}/no-such-page")
        expect(page.get_by_role("dialog")).to_contain_text("Page not found")
        page.keyboard.press("Escape")
        for name in ("Sessions", "Usage"):
            assert page.get_by_test_id("stMainBlockContainer").evaluate(padding) == "36px"
            page.get_by_test_id("stSidebarNav").get_by_role("link", name=name).click()
            expect(page.get_by_test_id("stMain").locator("h1")).to_have_text(name)


@pytest.mark.parametrize("width", [820, 1366])
def test_a_timeline_that_comes_before_its_header_leaves_room_for_it(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 768})
    page.add_init_script(f"({_HEIGHTS})('.st-key-session_tabs [role=tablist]')")
    go(page, f"{address}/session?id={FORGOT.session_id}")
    header = page.locator(".st-key-session_head").bounding_box()
    assert header is not None
    heights = page.evaluate("[...heights]")
    assert min(heights) > header["y"] + 9.5 * 16, heights


def test_the_first_page_tells_three_stories_each_one_click_away(page: Page, address: str) -> None:
    go(page, address)
    for story in stories():
        expect(page.get_by_role("link", name=story.headline)).to_be_visible()
    page.get_by_role("link", name=FORGOT.headline).click()
    expect(page.locator(".facts h1")).to_have_text("Customer day for ten years of Lindqvist Outdoor")
    expect(page.locator(SHOWN)).to_have_text("101 messages")


def test_a_click_on_a_row_opens_it_and_one_step_back_keeps_the_search(page: Page, address: str) -> None:
    go(page, f"{address}/sessions?words=%C3%96stervik")
    expect(page.get_by_text("1 session", exact=True)).to_be_visible()
    click_first_row(page)
    expect(page.locator(SHOWN)).to_have_text("101 messages")
    expect(page).to_have_url(re.compile(FORGOT.session_id))
    page.go_back()
    expect(page.get_by_text("1 session", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?words=%C3%96stervik$"))
    expect(page.get_by_placeholder('Words, "an exact phrase"')).to_have_value("Östervik")


def test_keys_move_a_mark_over_the_rows_open_what_is_under_it_and_come_back_to_it(page: Page, address: str) -> None:
    go(page, f"{address}/sessions")
    page.locator(".table .head").get_by_role("button", name="Messages").click()
    expect(page).to_have_url(re.compile("sort=messages"))
    expect(page.locator(".table .row").first).to_contain_text("3,000")  # the longest of all, not of the page
    wait_until_idle(page)
    for key in ("ArrowDown", "j", "j", "ArrowUp"):
        page.keyboard.press(key)
    marked = page.locator(".table .row:focus")
    expect(marked).to_have_attribute("aria-rowindex", "3")
    title = marked.locator(".words").first.text_content() or ""
    page.keyboard.press("Enter")
    expect(page.locator(".facts h1")).to_have_text(title)
    page.go_back()
    expect(marked.locator(".words").first).to_have_text(title)


def test_the_next_session_of_the_list_opens_at_the_same_tab_and_one_link_leads_back(page: Page, address: str) -> None:
    go(page, f"{address}/sessions?user=sso-")
    rows = page.locator(".table .row")
    first, second = (rows.nth(n).locator(".words").first.text_content() or "" for n in range(2))
    click_first_row(page)
    expect(page.locator(".facts h1")).to_have_text(first)
    page.get_by_role("tab", name="Payload").first.click()
    expect(page).to_have_url(re.compile("tab=payload"))
    wait_until_idle(page)
    page.get_by_role("link", name="Next ›").click()
    expect(page.locator(".facts h1")).to_have_text(second)
    expect(page).to_have_url(re.compile("tab=payload"))
    page.get_by_role("link", name="Back to list").click()
    expect(page).to_have_url(re.compile(r"/sessions\?user=sso-$"))
    expect(page.locator(".table .row:focus .words").first).to_have_text(second)


def test_the_next_session_after_the_last_of_a_page_is_the_first_of_the_next_page(page: Page, address: str) -> None:
    go(page, f"{address}/sessions?sort=messages")
    rows = page.locator(".table .row")
    last = rows.nth(49).locator(".words").first.text_content() or ""
    total = re.search(r"of ([\d,]+) sessions", page.locator(".st-key-session_totals").inner_text())
    assert total is not None
    page.get_by_role("button", name="Next").click()
    expect(page).to_have_url(re.compile("place=older"))
    wait_until_idle(page)
    following = rows.first.locator(".words").first.text_content() or ""
    page.go_back()
    expect(rows.nth(49).locator(".words").first).to_have_text(last)
    rows.nth(49).locator(".words").first.click()
    expect(page.locator(".facts h1")).to_have_text(last)
    expect(page.get_by_role("navigation", name="List")).to_contain_text(f"50 of {total[1]}")
    page.get_by_role("link", name="Next ›").click()
    expect(page.locator(".facts h1")).to_have_text(following)
    expect(page.get_by_role("navigation", name="List")).to_contain_text(f"51 of {total[1]}")
    page.get_by_role("link", name="Back to list").click()
    expect(page).to_have_url(re.compile("sort=messages&place=older"))
    expect(page.locator(".table .row:focus .words").first).to_have_text(following)


def test_the_outline_tells_what_each_turn_took_and_the_print_has_every_message(page: Page, address: str) -> None:
    go(page, f"{address}/session?id={stories()[0].session_id}")
    first = page.locator(".outline .entry").first
    expect(first.locator(".figures")).to_have_text(re.compile(r"^\d\d:\d\d · \d+ s · [\d.]+k / \d+ · \$0\.\d{3}$"))
    expect(first).to_have_attribute("title", re.compile("input and .* output tokens in 2 responses, as recorded"))
    page.evaluate("window.print = () => { window.isPrinted = true; }")
    page.get_by_role("button", name="Print").click()
    page.wait_for_function("window.isPrinted")
    page.emulate_media(media="print")
    sheet = page.locator(".print-sheet")
    expect(sheet.locator("section")).to_have_count(101)
    expect(sheet.locator("section").last).to_be_visible()
    expect(page.locator(".facts h1")).to_be_hidden()
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(sheet).to_have_count(0)
    expect(page.locator(".facts h1")).to_be_visible()


def test_a_table_without_heads_has_a_choice_of_its_order(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    go(page, f"{address}/users")
    choice = page.get_by_label("Sort by")
    choice.select_option("Sessions")
    counts = [int(text) for text in page.locator('.table [data-label="Sessions"] .words').all_text_contents()]
    assert counts == sorted(counts, reverse=True)
    page.get_by_role("button", name="Descending").click()
    assert [int(text) for text in page.locator('.table [data-label="Sessions"] .words').all_text_contents()] == sorted(
        counts
    )


@pytest.mark.parametrize("width", [1366, 820])
def test_no_text_of_a_table_is_cut_without_a_sign_and_no_value_is_outside_the_window(
    page: Page, address: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("sessions", "cache_health"):
        go(page, f"{address}/{path}")
        expect(page.locator(".table .row").first).to_be_visible()
        cut = page.locator(".table .row .words").evaluate_all(
            """all => all.filter(one => one.scrollWidth > one.clientWidth
                 && getComputedStyle(one).textOverflow !== "ellipsis").length"""
        )
        outside = page.locator(".table .row [role=gridcell]").evaluate_all(
            "all => all.filter(one => one.getBoundingClientRect().right > innerWidth).length"
        )
        assert (cut, outside) == (0, 0), path
    title = page.locator(".table .row .words").first
    expect(page.locator(".table").first).to_have_class(re.compile("narrow" if width == 820 else "^table ?$"))
    title.hover()
    whole = title.evaluate("one => one.scrollWidth <= one.clientWidth || one.title === one.textContent")
    assert whole


def test_filters_pages_and_copies_are_in_the_url(page: Page, address: str) -> None:
    go(page, f"{address}/sessions")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text(re.compile(r"51 to \d+ of"))).to_be_visible()
    page.reload()
    expect(page.get_by_text(re.compile(r"51 to \d+ of"))).to_be_visible()
    page.get_by_placeholder("User ID contains").fill("sso-")
    page.keyboard.press("Enter")
    expect(page.get_by_text("8 sessions", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(r"/sessions\?user=sso-$"))


def test_the_switch_to_the_cache_shows_what_the_model_was_shown(page: Page, address: str) -> None:
    go(page, f"{address}/session?id={FORGOT.session_id}")
    expect(page.locator(SHOWN)).to_have_text("101 messages")
    page.locator("[data-testid=stButtonGroup] button", has_text="Cache").click()
    expect(page.locator(SHOWN)).to_have_text("35 messages")
    expect(page).to_have_url(re.compile("source=cache"))


def test_a_link_to_a_message_opens_in_a_fresh_tab(page: Page, address: str) -> None:
    go(page, f"{address}/session?id={FORGOT.session_id}&message=97")
    expect(page.locator('.row.lit[data-position="97"], .result.lit[data-result="97"]')).to_be_visible()


def test_the_data_visibility_shows_labels_and_keeps_codes_in_the_url(page: Page, address: str) -> None:
    go(page, f"{address}/")
    chosen = page.get_by_role("combobox", name="Data visibility")
    expect(chosen).to_have_css("text-transform", "capitalize")
    chosen.click()
    options = page.get_by_role("option")
    expect(options).to_have_text(["full", "masked", "structure"])
    expect(options.nth(1)).to_have_css("text-transform", "capitalize")
    options.nth(1).click()
    page.wait_for_url("**/?view=masked")
    page.get_by_role("link", name="Cache health").click()
    page.wait_for_url("**/cache_health?view=masked")
    expect(page.get_by_role("combobox", name="Data visibility")).to_have_value("masked")


def test_the_logo_is_above_the_navigation(page: Page, address: str) -> None:
    go(page, f"{address}/")
    logo = page.get_by_test_id("stSidebarHeader").get_by_role("img", name="Logo")
    expect(logo).to_be_visible()
    assert logo.evaluate("image => image.naturalWidth") > 0


def test_times_are_in_the_readers_zone(page: Page, address: str) -> None:
    go(page, address)
    expect(page.get_by_role("combobox", name="Time zone")).to_have_value(re.compile("Asia/Tokyo"))


def test_the_security_test_conversation_shows_its_text_and_loads_nothing(page: Page, address: str) -> None:
    go(page, f"{address}/sessions?words=tracker.example")
    expect(page.locator(".table .row").first).to_be_visible()
    click_first_row(page)
    expect(page.locator(".row").first).to_be_visible()
    page.get_by_role("button", name="Markdown").click()
    expect(page.locator(".markdown").first).to_be_visible()
    assert page.locator(".timeline img, .facts img").count() == 0


@pytest.mark.parametrize("address", ["planted_app"], indirect=True)
def test_a_file_is_imported_through_the_page(page: Page, address: str, tmp_path: Path) -> None:
    file = tmp_path / "one.jsonl"
    messages = [{"role": "user", "content": "is the umbrella stand back?"}, {"role": "assistant", "content": "Yes."}]
    file.write_text(json.dumps({"id": "umbrella", "user_id": "pia", "messages": messages}) + "\nnot json\n")
    go(page, f"{address}/sessions")
    page.get_by_role("button", name="Import").click()
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("1 created · 0 updated · 0 unchanged · 1 skipped · 2 messages written")).to_be_visible()
    page.get_by_role("link", name="umbrella").click()
    expect(page).to_have_url(re.compile(r"/session\?id=umbrella"))
    expect(page.locator(f"{row(1)} .text")).to_have_text("Yes.")


def test_the_health_route_says_ok_and_every_answer_has_a_policy(address: str) -> None:
    host = address.removeprefix("http://")
    connection = http.client.HTTPConnection(host)
    connection.request("GET", "/healthz")
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"ok")
    assert "default-src 'self'" in (answer.getheader("Content-Security-Policy") or "")
    for path in ("/", "/_stcore/health"):
        connection.request("GET", path, headers={"Host": "rebound.example"})
        refused = connection.getresponse()
        assert (refused.status, b"rebound.example" in refused.read()) == (403, True)
    connection.close()


def test_the_command_line_shares_the_stores_with_the_running_app(page: Page, address: str, demo_folder: Path) -> None:
    answer = run_command(demo_folder, "sessions", "--search", "Östervik", "--json")
    assert answer.returncode == 0, answer.stderr
    found = json.loads(answer.stdout)["sessions"]
    assert [line["session_id"] for line in found] == [FORGOT.session_id]
    go(page, f"{address}/session?id={FORGOT.session_id}&source=cache")
    expect(page.locator(SHOWN)).to_have_text("35 messages")


def test_each_of_a_hundred_real_conversations_opens_with_all_its_messages(
    chromium: Browser, airline_file: Path, tmp_path: Path
) -> None:
    """Every fifth of them, all in the long runs at night."""
    imported = run_command(tmp_path, "import", str(airline_file))
    assert imported.returncode == 0, imported.stderr
    lengths = {line["id"]: len(line["messages"]) for line in map(json.loads, airline_file.read_text().splitlines())}
    assert len(lengths) == 100
    opened = list(lengths.items())[:: 1 if os.environ.get("INSPECTOR_SOAK") else 5]
    context = chromium.new_context(viewport={"width": 1280, "height": 2_000})
    with streamlit_server("app.py", INSPECTOR_DATA_DIR=str(tmp_path)) as address:
        tab = context.new_page()
        go(tab, address)
        for session_id, length in opened:
            tab.evaluate(_GO_IN_THE_SAME_TAB, f"/session?id={session_id}")
            tab.wait_for_function(_IS_OPEN, arg=session_id)
            assert tab.evaluate(_POSITIONS_WHILE_SCROLLING, length) == list(range(length)), session_id
    context.close()


_GO_IN_THE_SAME_TAB = """(url) => {
  history.pushState({}, "", url);
  window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}"""
_TIMELINE = """[...document.querySelectorAll("*")].map((element) => element.shadowRoot)
    .find((root) => root?.querySelector(".timeline"))"""
_IS_OPEN = f"""(session) => {{
  const link = {_TIMELINE}?.querySelector(".row a.position");
  return Boolean(link) && new URL(link.href).searchParams.get("id") === session;
}}"""
_POSITIONS_WHILE_SCROLLING = f"""async (length) => {{
  const timeline = {_TIMELINE}, scroller = timeline.querySelector(".scroller"), shown = new Set();
  for (let step = 0; step < 400 && shown.size < length; step++) {{
    for (const row of timeline.querySelectorAll(".row[data-position]"))
      if (row.querySelector(".text, .call")) shown.add(Number(row.dataset.position));
    for (const result of timeline.querySelectorAll("[data-result]")) shown.add(Number(result.dataset.result));
    const end = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 2;
    scroller.scrollTop = end ? 0 : scroller.scrollTop + scroller.clientHeight / 2;
    await new Promise((resume) => setTimeout(resume, 30));
  }}
  return [...shown].sort((a, b) => a - b);
}}"""
