"""Runs pages on real embedded stores of the test."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from chatdata import ChatMessage, ChatSession, ChatSessions, Usage
from pages.ui.auth import current_principal
from pages.ui.auth.current_principal import Credentials
from pages.ui.base import settings
from pages.ui.base.keys import key_of
from pages.ui.server import inspections, services
from tests.pages import ROUTER
from tests.support.builders import save_newest

OpenPage = Callable[..., AppTest]
SignIn = Callable[[str], None]
HEADER = "x-user"
TABS = ("messages", "compare", "payload", "tokens")


@pytest.fixture(autouse=True, scope="session")
def _packages_scanned_once() -> Iterator[None]:
    """Each AppTest parses the metadata of every installed package, which takes longer than the page itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(autouse=True)
def _no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """No page waits for one to show the beginning of a timeline."""
    monkeypatch.setattr(inspections, "_PATIENCE", 0)


@pytest.fixture(autouse=True)
def _fresh_wiring() -> Iterator[None]:
    """No test sees the stores of another."""
    st.cache_resource.clear()
    yield
    services.close()
    st.cache_resource.clear()


@pytest.fixture
def sessions() -> ChatSessions:
    """The stores that the pages of this test read."""
    return services.connected().sessions


@pytest.fixture
def open_page() -> OpenPage:
    """Runs a page, or the page of a session at one of its tabs, as a browser would ask for it.

    A name that begins with a slash is always a page's.
    """

    def opened(name: str = "sessions", **query: str) -> AppTest:
        if name in TABS:
            name, query = "session", {**query, "tab": name}
        name = name.removeprefix("/")
        app = AppTest.from_file(str(ROUTER), default_timeout=300)
        for parameter, value in query.items():
            app.query_params[parameter] = value
        if name != "overview":
            app.switch_page(f"{name}.py")
        return app.run()

    return opened


@pytest.fixture
def sign_in(monkeypatch: pytest.MonkeyPatch, sessions: ChatSessions) -> SignIn:
    """Has a proxy say who opens the pages from now on."""
    conversation(sessions, "s1", "apples and pears", "plums", user="mia@example.com")
    monkeypatch.setenv("INSPECTOR_VIEWERS", "vera")
    monkeypatch.setenv("INSPECTOR_ANALYSTS", "ana, full-ana")
    monkeypatch.setenv("INSPECTOR_OPERATORS", "otto")
    monkeypatch.setenv("INSPECTOR_TRUSTED_USER_HEADER", HEADER)
    monkeypatch.setenv("INSPECTOR_TRUSTED_PROXIES", "10.0.0.7")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-hush-hush")

    def signed(name: str) -> None:
        monkeypatch.setenv("INSPECTOR_ANALYST_VIEW", "full" if name == "full-ana" else "masked")
        settings.forget()
        headers = {HEADER: [name]} if name else {}
        brought = Credentials(lambda asked: headers.get(asked, ()), {}, "10.0.0.9")
        monkeypatch.setattr(current_principal, "_credentials_of_page", lambda: brought)

    return signed


def conversation(sessions: ChatSessions, session_id: str, *texts: str, user: str = "mia") -> ChatSession:
    """Saves a conversation in both stores, as the newest: a question, an answer, and so on."""
    session = ChatSession.new(user, session_id=session_id)
    roles = ("user", "assistant")
    session.messages = [ChatMessage(role=roles[index % 2], content=text) for index, text in enumerate(texts)]
    session.usage = [Usage.of(100, 20)]
    return save_newest(sessions, session)


def component(app: AppTest, name: str, *parts: object) -> dict[str, Any]:
    """What a component was given, by its name and what it belongs to."""
    key = key_of(name, *parts) if parts else name
    for node in _nodes(app.main):
        proto = getattr(node, "proto", None)
        if getattr(node, "key", None) == key and proto is not None:
            return json.loads(proto.json)
    raise AssertionError(f"no component {key}")


def protos(app: AppTest) -> str:
    """All that a browser is sent: components, tables and the side bar too."""
    nodes = [node for block in (app.main, app.sidebar) for node in _nodes(block)]
    return "\n".join(str(getattr(node, "proto", "")) for node in nodes)


def _nodes(block: Any) -> Any:
    for child in block.children.values():
        yield child
        if hasattr(child, "children"):
            yield from _nodes(child)
