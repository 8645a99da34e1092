"""Measures the times and the memory of one visit to a page in a new browser window."""

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
"""Seconds, megabytes and numbers of elements by name."""


@dataclass(frozen=True)
class OpenPage:
    """An open page with the probes injected."""

    page: Page

    @classmethod
    def of(cls, page: Page) -> "OpenPage":
        """The page of a tab in which nothing is open yet."""
        page.set_default_timeout(PATIENCE_MS)
        page.add_init_script(_PROBES)
        return cls(page)

    def open(self, url: str, selector: str) -> float:
        """Seconds from the start of the navigation until the selected element's text is on screen."""
        self.page.goto(url, wait_until="commit")
        return self._seconds(f"bench.until('text', {selector!r})")

    def open_in_parts(self, url: str, first: str, then: str) -> tuple[float, float]:
        """The seconds until the text of each of both elements is on screen."""
        seconds = self.open(url, first)
        return seconds, self._seconds(f"bench.until('text', {then!r})")

    def shift(self, since: float) -> float:
        """How much has moved on screen since these seconds, as a browser's cumulative layout shift."""
        return float(self.page.evaluate(f"bench.shift({since * 1000})"))

    def open_twice(self, url: str, selector: str) -> tuple[float, float]:
        """The seconds of both, the second time from when the first page has run to its end."""
        first = self.open(url, selector)
        self.page.evaluate("bench.until('rest')")
        return first, self.open(url, selector)

    def click(self, selector: str, condition: str) -> float:
        """Seconds from a click until the condition holds."""
        return self._seconds(f"bench.click({selector!r}, {condition})")

    def press_end(self, condition: str) -> float:
        """Seconds from pressing End until the condition holds."""
        self.page.evaluate(f"bench.onKey({condition})")
        self.page.keyboard.press("End")
        return self._seconds("bench.key")

    def elements(self) -> float:
        """The number of elements in the page, including shadow roots."""
        return float(self.page.evaluate("bench.elements()"))

    def heap(self) -> float:
        """The JavaScript heap in megabytes after a garbage collection."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("HeapProfiler.collectGarbage")
        used = session.send("Runtime.getHeapUsage")["usedSize"]
        session.detach()
        return float(used) / 1e6

    def _seconds(self, expression: str) -> float:
        return float(self.page.evaluate(expression)) / 1000


@contextmanager
def open_tab(browser: Browser) -> Iterator[OpenPage]:
    """A tab of a new browser."""
    with new_tab(browser) as page:
        yield OpenPage.of(page)


def empty(browser: Browser, url: str) -> Figures:
    """Figures of the empty page, opened twice in one tab."""
    with open_tab(browser) as tab:
        first, again = tab.open_twice(url, "[data-testid=stMarkdown]")
        return {FIRST: first, AGAIN: again, HEAP: tab.heap(), HEAP_AFTER: tab.heap(), ELEMENTS: tab.elements()}


def timeline(browser: Browser, url: str, messages: int) -> Figures:
    """Figures of the Conversation page, opened twice in one tab, then of folding, filtering and going to the end."""
    with open_tab(browser) as tab:
        first, again = tab.open_twice(url, _FIRST_ROW)
        figures = {FIRST: first, AGAIN: again}
        tab.page.evaluate("bench.until('unfolded')")
        figures[ALL_THERE] = figures[FIRST]
        figures[HEAP] = tab.heap()
        elements = [tab.elements()]
        for name, seconds in _tour(tab, messages).items():
            figures[name] = seconds
            elements.append(tab.elements())
        return {**figures, HEAP_AFTER: tab.heap(), ELEMENTS: max(elements)}


def _tour(tab: OpenPage, messages: int) -> Mapping[str, float]:
    fold, unfold = (f".timeline .pair button:nth-child({number})" for number in (1, 2))
    last = messages - 1
    return {
        END: tab.press_end(f"'row', {last}"),
        FOLD: tab.click(fold, "'folded'"),
        UNFOLD: tab.click(unfold, "'unfolded'"),
        HIDE: tab.click(_GROUP, "'partial'"),
        SHOW: tab.click(_GROUP, "'whole'"),
    }


def chat_messages(browser: Browser, url: str, messages: int, without_tools: int) -> Figures:
    """Figures of the st.chat_message page, which can't fold and filters by a rerun."""
    with open_tab(browser) as tab:
        figures = {FIRST: tab.open(url, "[data-testid=stChatMessage]")}
        figures[ALL_THERE] = tab.page.evaluate(f"bench.until('chats', {messages})") / 1000
        figures[HEAP], figures[ELEMENTS] = tab.heap(), tab.elements()
        tab.page.locator("[data-testid=stChatMessage]").first.click(position={"x": 5, "y": 5})
        figures[END] = tab.press_end("'seen', '[data-testid=stChatMessage]'")
        box = "[data-testid=stCheckbox] input"
        figures[HIDE] = tab.click(box, f"'chats', {without_tools}")
        figures[SHOW] = tab.click(box, f"'chats', {messages}")
        figures[HEAP_AFTER] = tab.heap()
        return figures
