"""Visits a running viewer in Chromium as a user does; the same words have to be visible in both viewers."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from benchmarks.peers import data
from benchmarks.peers.viewers import Viewer
from benchmarks.serving import new_tab

LIST = "list to rows"
END_IDLE, END_AT_ONCE = "jump to the end, once idle", "jump to the end, right after first paint"
FIND_IDLE, FIND_AT_ONCE = "find a word in message 9,900, once idle", "find it right after first paint"
LONGEST = data.long_name(max(data.LONG))
PATIENCE_MS = 120_000
_IDLE_SECONDS = 3
_PRESS_AGAIN_MS = 100
_PROBES = Path(__file__).with_name("probes.js").read_text("utf-8")

Figures = dict[str, float]
"""Seconds by name."""


def opening(messages: int) -> str:
    """What a visit to one of the three conversations is called."""
    return f"open {messages:,} messages"


class Tab:
    """A tab of a new browser, with the probes injected."""

    def __init__(self, page: Page, viewer: Viewer, url: str) -> None:
        self._page = page
        self._viewer = viewer
        self._url = url

    def list(self) -> float:
        """Seconds until the first row of the list can be read."""
        return self._open(self._viewer.list_path, "Title of ", self._viewer.row)

    def conversation(self, name: str) -> float:
        """Seconds until the first message of a conversation can be read."""
        path = self._viewer.conversation_path.format(name=name)
        return self._open(path, data.first_words(name), self._viewer.message)

    def wait_until_idle(self) -> None:
        """Waits as long as a viewer may need to read ahead."""
        time.sleep(_IDLE_SECONDS)

    def end(self) -> float:
        """Seconds until the last message of the longest conversation can be read, pressing the key until it is."""
        start, text = time.perf_counter(), data.last_words(LONGEST)
        for _ in range(PATIENCE_MS // _PRESS_AGAIN_MS):
            self._page.keyboard.press(self._viewer.end_key)
            if self._shown(text, self._viewer.message, _PRESS_AGAIN_MS):
                return time.perf_counter() - start
        raise TimeoutError(f"{self._viewer.name}: {text} can't be reached")

    def find(self) -> float:
        """Seconds until the message with the word can be read."""
        start = time.perf_counter()
        self._type_word()
        self._until(f"{data.NEEDLE}:", self._viewer.message)
        return time.perf_counter() - start

    def _open(self, path: str, text: str, selector: str) -> float:
        start = time.perf_counter()
        self._page.goto(self._url + path, wait_until="commit")
        self._until(text, selector)
        return time.perf_counter() - start

    def _type_word(self) -> None:
        """Types the word where the viewer takes it, pressing the key that leads there until it does."""
        keyboard = self._page.keyboard
        for _ in range(PATIENCE_MS // _PRESS_AGAIN_MS):
            keyboard.press(self._viewer.find_key)
            if self._page.evaluate(f"peers.takesText({_PRESS_AGAIN_MS})"):
                keyboard.insert_text(data.NEEDLE)
                keyboard.press("Enter")
                return
        raise TimeoutError(f"{self._viewer.name}: {self._viewer.find_key} leads to nothing that takes a word")

    def _until(self, text: str, selector: str) -> None:
        if not self._shown(text, selector, PATIENCE_MS):
            raise TimeoutError(f"{self._viewer.name}: {text} can't be read at {self._page.url}")

    def _shown(self, text: str, selector: str, patience: int) -> bool:
        return bool(self._page.evaluate("([a, b, c]) => peers.shown(a, b, c)", [text, selector, patience]))


@contextmanager
def new_browser(browser: Browser, viewer: Viewer, url: str) -> Iterator[Tab]:
    """A tab with an empty cache."""
    with new_tab(browser) as page:
        page.set_default_timeout(PATIENCE_MS)
        page.add_init_script(_PROBES)
        yield Tab(page, viewer, url)


def tour(browser: Browser, viewer: Viewer, url: str) -> Figures:
    """Each visit once, each in a new browser; a conversation that is not measured is opened first."""
    with new_browser(browser, viewer, url) as tab:
        tab.conversation("ordinary-0000")
    figures = {}
    with new_browser(browser, viewer, url) as tab:
        figures[LIST] = tab.list()
    for messages in data.LONG:
        with new_browser(browser, viewer, url) as tab:
            figures[opening(messages)] = tab.conversation(data.long_name(messages))
    for name, act, idle in _KEYS:
        with new_browser(browser, viewer, url) as tab:
            tab.conversation(LONGEST)
            if idle:
                tab.wait_until_idle()
            figures[name] = act(tab)
    return figures


def mixed(browser: Browser, viewer: Viewer, url: str, visits: int) -> None:
    """Visits the list and the three conversations in turns."""
    for visit in range(visits):
        with new_browser(browser, viewer, url) as tab:
            place = visit % (len(data.LONG) + 1)
            if place:
                tab.conversation(data.long_name(data.LONG[place - 1]))
            else:
                tab.list()


_KEYS: tuple[tuple[str, Callable[[Tab], float], bool], ...] = (
    (END_IDLE, Tab.end, True),
    (END_AT_ONCE, Tab.end, False),
    (FIND_IDLE, Tab.find, True),
    (FIND_AT_ONCE, Tab.find, False),
)
