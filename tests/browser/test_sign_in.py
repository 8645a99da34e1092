"""Sign-in with a browser and a real OpenID provider: redirects, what each role sees, and sign-out."""

import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from chatdata.services.demo import stories
from chatdata.settings.auth import DEFAULT_SIGN_IN_SECONDS
from tests.support.chromium import Tabs, download, wait_until_idle
from tests.support.signing import SignInServer, sign_in_server

pytestmark = pytest.mark.browser

FORGOT = stories()[0]
WORDS = "Lindqvist"
USER = "159d8719-f37e-4a79-b86f-125876eeb41f"
"""Whose conversation it is."""
LINK = f"/session?id={FORGOT.session_id}&message=97"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignInServer]:
    with sign_in_server(tmp_path_factory.mktemp("signing")) as running:
        yield running


@pytest.fixture
def page(tabs: Tabs) -> Iterator[Page]:
    with tabs.tab(1366, 900) as tab:
        yield tab


def sign_in(page: Page, server: SignInServer, person: str, to: str = "/") -> None:
    page.goto(server.address + to)
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("link", name=person, exact=True).click()


def test_an_operator_comes_back_to_the_link_reads_exports_and_signs_out(page: Page, server: SignInServer) -> None:
    sign_in(page, server, "otto", LINK)
    expect(page).to_have_url(server.address + LINK)
    expect(page.locator('.row.lit[data-position="97"], .result.lit[data-result="97"]')).to_be_visible()
    expect(page.get_by_text("otto@example.com\noperator, full view")).to_be_visible()
    assert "_streamlit_user" not in page.evaluate("document.cookie")

    page.goto(f"{server.address}/session?tab=payload&part=export&id={FORGOT.session_id}")
    button = page.get_by_test_id("stDownloadButton")
    assert WORDS in download(page, button.click).read_text()
    page.get_by_role("link", name="Audit log").click()
    expect(page.get_by_text("2 events")).to_be_visible()
    rows = [line.split(",")[1:5] for line in download(page, button.click).read_text().splitlines()]
    assert rows[1:] == [
        ["export", "otto@example.com", "", "full"],
        ["export", "otto@example.com", FORGOT.session_id, "full"],
        ["view", "otto@example.com", FORGOT.session_id, "full"],
    ]

    before = server.provider.signed_out
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    assert server.provider.signed_out == before + 1
    page.goto(server.address + LINK)
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


@pytest.mark.parametrize(
    ("person", "line", "hidden"),
    [
        ("vera", "viewer, structure only", (WORDS, USER)),
        ("ana", "analyst, masked view", (USER,)),
    ],
)
def test_nothing_of_a_conversation_travels_to_who_may_not_read_it(
    page: Page, server: SignInServer, person: str, line: str, hidden: tuple[str, ...]
) -> None:
    told: list[bytes] = []
    page.on("websocket", lambda opened: opened.on("framereceived", lambda frame: told.append(_bytes(frame))))
    page.on("response", lambda answer: told.append(answer.body()) if "/api/" in answer.url else None)
    sign_in(page, server, person, LINK)
    expect(page.get_by_text(line)).to_be_visible()
    for path in (
        LINK,
        "/",
        "/sessions",
        f"/session?tab=compare&part=diff&id={FORGOT.session_id}",
        f"/session?tab=payload&id={FORGOT.session_id}",
        "/cache_health",
    ):
        page.goto(server.address + path)
        wait_until_idle(page)
        expect(page.get_by_text(line)).to_be_visible()
    links = page.get_by_test_id("stSidebarNavLink")
    expect(links.filter(has_text=re.compile("Users|Audit"))).to_have_count(0)
    assert told
    assert not [word for word in hidden if any(word.encode() in text for text in told)]


def _bytes(frame: str | bytes) -> bytes:
    return frame if isinstance(frame, bytes) else frame.encode()


def test_who_has_no_role_sees_a_sentence_and_a_way_out(page: Page, server: SignInServer) -> None:
    sign_in(page, server, "nina", LINK)
    expect(page.get_by_text("You are signed in, but have no role")).to_be_visible()
    page.get_by_role("link", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def test_a_page_that_outlives_its_sign_in_leads_to_the_next_and_back(page: Page, server: SignInServer) -> None:
    """The cookie is all but too old; the page is asked again until it is."""
    signed_in = page.get_by_text("operator, full view")
    for left in (10, 20, 40, 80, 160):  # a busy machine may take longer to open the page than the sign-in is good for
        cookie = server.cookie({"email": "otto@example.com"}, age=DEFAULT_SIGN_IN_SECONDS - left)
        page.context.add_cookies([{"name": "_streamlit_user", "value": cookie, "url": server.address}])
        page.goto(f"{server.address}/audit")
        expect(signed_in.or_(page.get_by_role("link", name="Sign in"))).to_be_visible()
        if signed_in.is_visible():
            break
    ended = page.get_by_text("Sign in to view conversations.")
    for word in ("Viewed", "All") * 200:
        with suppress(PlaywrightTimeout):  # the choice is gone as soon as the sign-in is
            page.get_by_role("radio", name=word, exact=True).click(timeout=2_000)
        with suppress(AssertionError):
            expect(ended).to_be_visible(timeout=1_000)
            break
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("link", name="otto", exact=True).click()
    expect(page).to_have_url(re.compile("/audit"))
    expect(page.get_by_text("operator, full view")).to_be_visible()
