"""One visit to a page in a new browser window: what it took, how heavy it was."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from benchmarks.serving import new_tab

FIRST, AGAIN, ALL_THERE = "first message, new browser", "first message, same tab again", "all messages there"
FOLD, UNFOLD, HIDE, SHOW, END = "fold all", "unfold all", "hide the tools", "show them again", "End: last message"
HEAP, HEAP_AFTER, ELEMENTS = "browser heap when open", "browser heap at the end", "elements, the most"
PATIENCE_MS = 600_000
_PROBES = Path(__file__).with_name("probes.js").read_text("utf-8")
_FIRST_ROW = ".timeline .row[data-position='0'] .text"
_GROUP = ".timeline .chip.tools"

Figures = dict[str, float]
"""Seconds, megabytes, elements by name."""


@dataclass(frozen=True)
class Looked:
    """A page that is open, with the probes in it."""

    page: Page

    def open(self, url: str, selector: str) -> float:
        """Seconds from the start of the navigation until such a text is on screen."""
        self.page.goto(url, wait_until="commit")
        return self._seconds(f"bench.until('text', {selector!r})")

    def click(self, selector: str, condition: str) -> float:
        """Seconds from a click until the condition holds."""
        return self._seconds(f"bench.click({selector!r}, {condition})")

    def press_end(self, condition: str) -> float:
        """Seconds from the key until the condition holds."""
        self.page.evaluate(f"bench.onKey({condition})")
        self.page.keyboard.press("End")
        return self._seconds("bench.key")

    def elements(self) -> float:
        """Elements of the page, in shadow roots too."""
        return float(self.page.evaluate("bench.elements()"))

    def heap(self) -> float:
        """Megabytes that JavaScript holds after a collection."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("HeapProfiler.collectGarbage")
        used = session.send("Runtime.getHeapUsage")["usedSize"]
        session.detach()
        return float(used) / 1e6

    def _seconds(self, expression: str) -> float:
        return float(self.page.evaluate(expression)) / 1000


@contextmanager
def _looking(browser: Browser) -> Iterator[Looked]:
    with new_tab(browser) as page:
        page.set_default_timeout(PATIENCE_MS)
        page.add_init_script(_PROBES)
        yield Looked(page)


def empty(browser: Browser, url: str) -> Figures:
    """The empty page, twice in one tab."""
    with _looking(browser) as looked:
        figures = {FIRST: looked.open(url, "[data-testid=stMarkdown]")}
        figures[AGAIN] = looked.open(url, "[data-testid=stMarkdown]")
        return {**figures, HEAP: looked.heap(), HEAP_AFTER: looked.heap(), ELEMENTS: looked.elements()}


def timeline(browser: Browser, url: str, messages: int) -> Figures:
    """The Conversation page, twice in one tab; then folds, a filter, and the way to the end."""
    with _looking(browser) as looked:
        figures = {FIRST: looked.open(url, _FIRST_ROW), AGAIN: looked.open(url, _FIRST_ROW)}
        looked.page.evaluate("bench.until('unfolded')")
        figures[ALL_THERE] = figures[FIRST]
        figures[HEAP] = looked.heap()
        elements = [looked.elements()]
        for name, act in _tour(looked, messages).items():
            figures[name] = act
            elements.append(looked.elements())
        return {**figures, HEAP_AFTER: looked.heap(), ELEMENTS: max(elements)}


def _tour(looked: Looked, messages: int) -> Mapping[str, float]:
    fold, unfold = (f".timeline .pair button:nth-child({number})" for number in (1, 2))
    last = messages - 1
    return {
        END: looked.press_end(f"'row', {last}"),
        FOLD: looked.click(fold, "'folded'"),
        UNFOLD: looked.click(unfold, "'unfolded'"),
        HIDE: looked.click(_GROUP, "'partial'"),
        SHOW: looked.click(_GROUP, "'whole'"),
    }


def chat_messages(browser: Browser, url: str, messages: int, without_tools: int) -> Figures:
    """The page of st.chat_message; its filter is a rerun, and it can't fold."""
    with _looking(browser) as looked:
        figures = {FIRST: looked.open(url, "[data-testid=stChatMessage]")}
        figures[ALL_THERE] = looked.page.evaluate(f"bench.until('chats', {messages})") / 1000
        figures[HEAP], figures[ELEMENTS] = looked.heap(), looked.elements()
        looked.page.locator("[data-testid=stChatMessage]").first.click(position={"x": 5, "y": 5})
        figures[END] = looked.press_end("'seen', '[data-testid=stChatMessage]'")
        box = "[data-testid=stCheckbox] input"
        figures[HIDE] = looked.click(box, f"'chats', {without_tools}")
        figures[SHOW] = looked.click(box, f"'chats', {messages}")
        figures[HEAP_AFTER] = looked.heap()
        return figures
