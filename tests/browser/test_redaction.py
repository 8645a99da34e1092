"""Reduced data visibility in Chromium: no planted secret reaches the browser on any page, route or URL."""

import contextlib
import http.client
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from chatdata import ChatMessage, ChatSession, Connected, Settings
from chatdata.services.connect import connect
from tests.support.canaries import leaked
from tests.support.chromium import Tabs, open_part, wait_until_idle

pytestmark = pytest.mark.browser

WORDS = ("umbrellastand", "marmaladejar", "velvetcurtain")
SECRETS = (
    "ida.canary417@meadowmail.example",
    "sk-proj-aB3dE5fG7hJ9kL1mN2pQ4rS6",
    "203.14.15.77",
    "+49 170 5550123",
    "canary_owner_52",
    "Wilhelmina Ashgrove",
)
EMAIL, KEY, ADDRESS, PHONE, USER, NAME = SECRETS
HEAD, CARD, TOOL = "hush@hush.example.org", "4111 1111 1111 1111", "find_agent"


@pytest.fixture(scope="module")
def address(planted_app: str, planted_folder: Path) -> str:
    with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(planted_folder)})) as connected:
        _plant(connected)
    return planted_app


def _plant(connected: Connected) -> None:
    """A session with something to hide in every field, whose copies differ."""
    arguments = json.dumps({"to": EMAIL.replace("@", "\\u0040"), "password": KEY, WORDS[1]: PHONE})
    call = {"id": "call_1", "type": "function", "function": {"name": TOOL, "arguments": arguments}}
    session = ChatSession.new(USER, session_id="planted")
    session.title = f"{WORDS[0]} for {EMAIL}"
    session.credentials = {"provider": {"id": KEY, "username": NAME}}
    session.messages = [
        ChatMessage(role="user", name="Wilhelmina_Ashgrove", content=f"{NAME} <{EMAIL}>: a {WORDS[0]}, {ADDRESS}"),
        ChatMessage(role="assistant", content=f"{WORDS[1]}: {CARD}", tool_calls=[call]),
        ChatMessage(
            role="tool", tool_call_id="call_1", content=json.dumps({"type": "error", "error": f"{PHONE} {KEY}"})
        ),
        ChatMessage(role="assistant", content=f"Sorry, {NAME}: {WORDS[2]}", refusal=f"not for {USER}"),
        ChatMessage(role=f"reviewer {EMAIL}", content=f"{HEAD} {WORDS[2]}"),
    ]
    connected.sessions.upsert_chat_session(session)
    cached = session.model_copy(deep=True)
    cached.messages[1].content = f"{WORDS[2]}: {EMAIL}"
    cached.title = f"Another {WORDS[1]} of {NAME}"
    del cached.messages[4]
    assert connected.stores.cache is not None
    connected.stores.cache.put(cached)


class Traffic:
    """All that comes to a tab: answers, frames of the websocket, and what is drawn in the end."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("websocket", lambda socket: socket.on("framereceived", self._keep))
        page.on("requestfinished", lambda request: self._answers.append(request))
        self._answers: list[object] = []

    def _keep(self, payload: object) -> None:
        self.said.append(payload if isinstance(payload, str) else bytes(payload).decode("utf-8", "replace"))  # type: ignore[call-overload]

    def all(self) -> str:
        """Also the page itself and its URL."""
        for request in self._answers:
            self.asked.append(request.url)  # type: ignore[attr-defined]
            if "/api/" in request.url:  # type: ignore[attr-defined]
                self.said.append(request.response().text())  # type: ignore[attr-defined]
        return "\n".join([*self.said, *self.asked, self._page.content(), self._page.url])


PATHS = {
    "overview": "?view={view}",
    "sessions": "sessions?view={view}",
    "conversation": "session?id=planted&source=database&view={view}",
    "tokens": "session?tab=tokens&id=planted&source=database&view={view}",
    "the cached copy": "session?id=planted&source=cache&view={view}",
    "replay": "session?id=planted&replay=3&presenter=on&view={view}",
    "payload": "session?tab=payload&id=planted&source=database&view={view}",
    "exported": "session?tab=payload&id=planted&part=export&view={view}",
    "drift": "session?tab=compare&part=diff&id=planted&view={view}",
}


def refused(address: str) -> int:
    """The status of a request that the server logs as refused."""
    with contextlib.closing(http.client.HTTPConnection(address.removeprefix("http://"))) as connection:
        connection.request("GET", "/", headers={"Host": "rebound.example"})
        return connection.getresponse().status


COMPARE_PARTS = {
    "Issues": None,
    "Model impact": "impact",
    "Expected differences": "expected",
    "Timeline": "times",
}


@pytest.fixture
def page(tabs: Tabs) -> Iterator[Page]:
    with tabs.tab(1366, 900) as tab:
        yield tab


def test_the_full_view_tells_all_of_it(page: Page, address: str) -> None:
    """Else the search below would search in vain."""
    traffic = Traffic(page)
    page.goto(f"{address}/{PATHS['conversation'].format(view='full')}")
    expect(page.locator(".row").last).to_contain_text(HEAD)
    assert leaked(traffic.all(), SECRETS) == list(SECRETS)


@pytest.mark.parametrize("view", ["masked", "structure"])
def test_nothing_that_was_planted_reaches_a_reader_of_a_narrower_view(
    tabs: Tabs, address: str, planted_log: Path, view: str
) -> None:
    hidden = [*SECRETS, HEAD, CARD, *(WORDS if view == "structure" else ())]
    for name, path in PATHS.items():
        with tabs.tab(1366, 900) as page:
            traffic = Traffic(page)
            page.goto(f"{address}/{path.format(view=view)}")
            wait_until_idle(page)
            if name not in ("overview", "sessions", "tokens", "exported"):
                expect(page.locator(".row").first).to_be_attached()
            if name == "drift":
                for part, code in COMPARE_PARTS.items():
                    open_part(page, part, code)
            told = traffic.all()
            assert leaked(told, hidden) == [], name
            if name in ("conversation", "payload"):
                assert TOOL in told
                assert (WORDS[0] in told) is (view == "masked")
    assert refused(address) == 403
    log = planted_log.read_text()
    assert "refused, because" in log  # the server does log here
    assert leaked(log, [*SECRETS, HEAD, CARD, *WORDS]) == []


def test_a_view_that_is_chosen_stays_on_the_way_from_page_to_page(page: Page, address: str) -> None:
    page.goto(f"{address}/?view=structure")
    wait_until_idle(page)
    page.get_by_placeholder("Words, a session ID").fill("planted")
    page.keyboard.press("Enter")
    expect(page.locator(".row").first).to_contain_text("characters")
    assert "view=structure" in page.url
    page.get_by_role("tab", name="Payload").click()
    expect(page.locator(".payload .row").first).to_be_attached()
    assert WORDS[0] not in page.content()
