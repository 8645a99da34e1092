"""Following a running turn in Chromium: words as they come, and new messages without a jump."""

import secrets
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from chatdata import ChatMessage, ChatSession, ChatSessions
from chatdata.services.connect import connect
from chatdata.settings.stores import Settings
from tests.support.chromium import Tabs, wait_until_idle
from tests.support.stream_writer import StreamWriter

pytestmark = pytest.mark.browser

SESSION = "live-1"
READ = 30
"""The position of the message that is being read."""


@pytest.fixture
def sessions(planted_app: str, planted_folder: Path) -> Iterator[ChatSessions]:
    with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(planted_folder)})) as connected:
        session = ChatSession.new("mia", session_id=SESSION)
        roles = ("user", "assistant")
        session.messages = [ChatMessage(role=roles[n % 2], content=f"Message {n}. " * 20) for n in range(60)]
        connected.sessions.upsert_chat_session(session)
        yield connected.sessions
        connected.sessions.delete_chat_session(SESSION, None)


@pytest.fixture
def turn(sessions: ChatSessions) -> Iterator[StreamWriter]:
    name = f"turn-{secrets.token_hex(4)}"  # the app remembers a turn for a while
    with closing(StreamWriter(sessions.stores.require_cache().where, SESSION, name, "may")) as writer:
        yield writer


@pytest.fixture
def page(tabs: Tabs) -> Iterator[Page]:
    errors: list[str] = []
    with tabs.tab(1280, 900, listeners={"pageerror": lambda error: errors.append(str(error))}) as tab:
        yield tab
    assert errors == []


def top_of(page: Page, position: int) -> float:
    top = page.locator(f'.row[data-position="{position}"]').evaluate("row => row.getBoundingClientRect().top")
    assert isinstance(top, int | float)
    return top


def test_a_turn_is_followed_without_a_jump(
    page: Page, planted_app: str, sessions: ChatSessions, turn: StreamWriter
) -> None:
    turn.begin()
    turn.add("text-delta", id="t", delta="I look at")
    page.goto(f"{planted_app}/session?id={SESSION}&message={READ}")
    wait_until_idle(page)
    expect(page.locator(f'.row[data-position="{READ}"] .text').first).to_be_in_viewport()
    page.get_by_text("Live", exact=True).click()
    expect(page.locator(".live-text")).to_have_text("I look at")
    expect(page.locator(".live-text .stream")).to_have_text("I look at")
    wait_until_idle(page)
    page.wait_for_timeout(500)
    before = top_of(page, READ)

    turn.add("text-delta", id="t", delta=" <b>the list</b>.")
    expect(page.locator(".live-text")).to_have_text("I look at <b>the list</b>.")
    turn.add("text-end", id="t")
    turn.end()
    session = sessions.get_chat_session(SESSION)
    assert session is not None
    session.messages.append(ChatMessage(role="assistant", content="I look at <b>the list</b>."))
    sessions.upsert_chat_session(session)

    expect(page.locator(".live-text .both")).to_have_text("I look at <b>the list</b>.")
    expect(page.locator(".live")).to_contain_text("All of this turn has arrived")
    expect(page.locator(".toolbar")).to_contain_text("61 messages")
    expect(page.locator(".facts")).to_contain_text("61 messages")
    wait_until_idle(page)
    assert abs(top_of(page, READ) - before) < 1

    page.locator(".scroller").press("End")
    expect(page.locator('.row[data-position="60"] .text')).to_have_text("I look at <b>the list</b>.")
    assert "live=true" in page.url


def test_a_reader_in_the_masked_view_follows_in_the_masked_view(
    page: Page, planted_app: str, sessions: ChatSessions, turn: StreamWriter
) -> None:
    said = "Please write to ann.canary77@example-mail.org today."
    turn.begin()
    turn.say(said)
    page.goto(f"{planted_app}/session?id={SESSION}&live=true&view=masked")
    expect(page.locator(".live")).to_contain_text(f"{len(said)} characters withheld")
    expect(page.locator(".toolbar")).to_contain_text("60 messages")

    turn.end()
    session = sessions.get_chat_session(SESSION)
    assert session is not None
    session.messages.append(ChatMessage(role="assistant", content=said))
    sessions.upsert_chat_session(session)

    expect(page.locator(".toolbar")).to_contain_text("61 messages")
    expect(page.locator(".live-text")).to_contain_text("Please write to [email ")
    expect(page.locator(".live")).to_contain_text("All of this turn has arrived")
    assert "canary77" not in page.content()


def test_a_turn_is_followed_before_any_store_has_the_session(
    page: Page, planted_app: str, sessions: ChatSessions
) -> None:
    with closing(StreamWriter(sessions.stores.require_cache().where, "live-new", "turn-2", "may")) as writer:
        writer.begin()
        writer.add("text-delta", id="t", delta="The first words")
        page.goto(f"{planted_app}/session?id=live-new&live=true")
        expect(page.locator(".live-alone .live-text .stream")).to_have_text("The first words")

        session = ChatSession.new("mia", session_id="live-new")
        session.messages = [
            ChatMessage(role="user", content="Hello"),
            ChatMessage(role="assistant", content="The first"),
        ]
        sessions.upsert_chat_session(session)

        expect(page.locator('.row[data-position="1"] .text')).to_have_text("The first")
        expect(page.locator(".timeline .live-text .both")).to_have_text("The first")
        expect(page.locator(".live-alone")).to_have_count(0)
