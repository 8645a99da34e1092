"""Measures every page beside an empty one, the second start of the server, and its memory with many visits and tabs."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks import visits
from benchmarks.content import Speaker
from benchmarks.measure import Spread
from benchmarks.report import Goal, Section, Table, console, seconds
from benchmarks.serving import APP, APPS, ROOT, Serving, chromium, new_tab, serve
from chatdata import ChatSession, Settings
from chatdata.services.connect import connect

MESSAGES = 40
MEAN_BYTES = 600
SHORT, LONG = "talk-0000", "talk-long"
LONG_BYTES = 2250
HEADING = "[data-testid=stMain] h1"
_EMPTY = "[data-testid=stMarkdown]"
_FIRST_ROW = ".timeline .row[data-position='0'] .text"


@dataclass(frozen=True)
class Sort:
    """A page, and the selectors of what comes first and of what it is opened for."""

    name: str
    path: str
    first: str
    data: str


_ROWS = ".table .row .words"
_FIGURE = "[data-testid=stMetricValue]"
_CHART = "[data-testid=stVegaLiteChart] svg"
EMPTY = Sort("an empty page", "", _EMPTY, _EMPTY)
SORTS = (
    Sort("Overview", "", HEADING, ".st-key-overview_figures p"),
    Sort("Sessions", "sessions", HEADING, _ROWS),
    Sort("Users", "users", HEADING, _ROWS),
    Sort("Usage", "usage?period=all", HEADING, _CHART),
    Sort("Cache health", "cache_health", HEADING, _FIGURE),
)
TARGETS = {"Sessions": 1.5, "Usage": 1.5, "Cache health": 1.5}
"""How many times the empty page's time the first content may take."""
FIRST, DATA, AGAIN, SHIFT = "first content", "what it is for", "first content, same tab again", "moved since"


def measure(quick: bool) -> Section:
    """Writes sessions into embedded stores, scans them once, then visits all pages in turns."""
    sessions, long, repetitions, tabs = (50, 1_000, 2, 3) if quick else (1_000, 10_000, 5, 30)
    with tempfile.TemporaryDirectory(prefix="inspector-bench-") as name:
        folder = Path(name)
        _write(folder, sessions, long)
        with _servers(folder) as (empty, app, browser):
            found = _visits(browser, empty, app, repetitions)
        starts = _starts(folder, repetitions)
        memory = _memory(folder, tabs)
    return Section(
        "python -m benchmarks pages",
        f"{sessions:,} sessions of {MESSAGES} messages and one of {long:,} in the embedded stores, scanned once; the "
        f"app in headless Chromium beside an empty Streamlit page; medians of {repetitions} alternating visits, in "
        "brackets the minimum and the maximum. Seconds count from the start of the navigation, or of the process, "
        "until the frame that shows the text. A new browser has an empty cache.",
        [_pages_table(found), _starts_table(starts), _memory_table(memory, tabs, long)],
    )


def _write(folder: Path, sessions: int, long: int) -> None:
    environment = {"INSPECTOR_DATA_DIR": str(folder)}
    with connect(Settings.from_environment(environment)) as connected:
        connected.stores.database.facts()
        for number in range(sessions):
            session = ChatSession.new(f"user-{number % 20:06}", session_id=f"talk-{number:04}")
            session.messages = Speaker(number).talk(MESSAGES, MEAN_BYTES)
            connected.sessions.upsert_chat_session(session)
        session = ChatSession.new("user-000001", session_id=LONG)
        session.messages = Speaker(long).talk(long, LONG_BYTES)
        connected.sessions.upsert_chat_session(session)
    scan = [sys.executable, "-m", "chatdata", "scan"]
    subprocess.run(scan, cwd=ROOT, env={"PATH": "/usr/bin:/bin", **environment}, stdout=subprocess.DEVNULL, check=False)


@contextmanager
def _servers(folder: Path) -> Iterator[tuple[Serving, Serving, Browser]]:
    with ExitStack() as stack:
        empty = stack.enter_context(serve(APPS / "empty.py"))
        app = stack.enter_context(serve(APP, {"INSPECTOR_DATA_DIR": str(folder)}))
        yield empty, app, stack.enter_context(chromium())


def _visits(
    browser: Browser, empty: Serving, app: Serving, repetitions: int
) -> Mapping[str, Sequence[Mapping[str, float]]]:
    found: dict[str, list[Mapping[str, float]]] = {sort.name: [] for sort in (EMPTY, *SORTS)}
    for repetition in range(-1, repetitions):  # the first visit of each page is not measured
        console.print(f"[dim]visits {max(repetition + 1, 0)} of {repetitions} …[/]")
        for sort in (EMPTY, *SORTS):
            figures = _visit(browser, f"{(empty if sort is EMPTY else app).url}/{sort.path}", sort)
            if repetition >= 0:
                found[sort.name].append(figures)
    return found


def _visit(browser: Browser, url: str, sort: Sort) -> Mapping[str, float]:
    with visits.open_tab(browser) as tab:
        first, data = tab.open_in_parts(url, sort.first, sort.data)
        tab.page.evaluate("bench.until('rest')")
        shift = tab.shift(first)
        again = tab.open(url, sort.first)
        tab.page.evaluate("bench.until('rest')")  # else the server would go on with it while the next page is opened
        return {FIRST: first, DATA: data, SHIFT: shift, AGAIN: again}


def _pages_table(found: Mapping[str, Sequence[Mapping[str, float]]]) -> Table:
    base = found[EMPTY.name]
    rows = [
        [
            name,
            _compared(FIRST, figures, base),
            _compared(AGAIN, figures, base),
            seconds(_spread(DATA, figures)),
            "–" if figures is base else f"{_spread(SHIFT, figures).median:.3f}",
        ]
        for name, figures in found.items()
    ]
    goals = [
        Goal(f"{name}, {what}", _spread(what, found[name]).ratio(_spread(what, base)), target)
        for name, target in TARGETS.items()
        for what in (FIRST, AGAIN)
    ]
    moved = [Goal(f"{sort.name}, {SHIFT}", _spread(SHIFT, found[sort.name]).median, 0.1, "") for sort in SORTS]
    chart = Goal("Usage, first chart", _spread(DATA, found["Usage"]).median, 1, "s")
    return Table(
        "Pages",
        ("", "first content, new browser", "the same tab again", "what it is for, new browser", SHIFT),
        rows,
        goals=[*goals, *moved, chart],
        notes=[
            "First content is the page's heading. What a page is for: its rows, its first figure, on Usage its first "
            "chart.",
            "Moved since: what browsers call cumulative layout shift, from the first content to the end of the script; "
            "below 0.1 counts as good.",
        ],
    )


def _spread(name: str, figures: Sequence[Mapping[str, float]]) -> Spread:
    return Spread(tuple(figure[name] for figure in figures))


def _compared(name: str, figures: Sequence[Mapping[str, float]], base: Sequence[Mapping[str, float]]) -> str:
    spread = _spread(name, figures)
    return seconds(spread) if figures is base else f"{seconds(spread)}, {spread.ratio(_spread(name, base)):.1f}×"


def _starts(folder: Path, repetitions: int) -> Mapping[str, Spread]:
    """Seconds from the start of a server's process until its page is on screen, in a browser that runs already."""
    opened = {
        EMPTY.name: (APPS / "empty.py", {}, "", _EMPTY),
        "the first conversation": (APP, {"INSPECTOR_DATA_DIR": str(folder)}, f"session?id={SHORT}", _FIRST_ROW),
    }
    found: dict[str, list[float]] = {name: [] for name in opened}
    with chromium() as browser:
        for repetition in range(repetitions):
            console.print(f"[dim]starts {repetition + 1} of {repetitions} …[/]")
            for name, (app, settings, path, selector) in opened.items():
                start = time.perf_counter()
                with serve(app, settings) as serving, visits.open_tab(browser) as tab:
                    tab.open(f"{serving.url}/{path}", selector)
                    found[name].append(time.perf_counter() - start)
    return {name: Spread(tuple(values)) for name, values in found.items()}


def _starts_table(starts: Mapping[str, Spread]) -> Table:
    base = starts[EMPTY.name]
    rows = [[name, seconds(spread), f"{spread.ratio(base):.2f}"] for name, spread in starts.items()]
    (ours,) = (spread for spread in starts.values() if spread is not base)
    goal = Goal("the first conversation", ours.ratio(base), 1.3)
    note = "What scripts/run does once its environment is installed: streamlit run, and the first visit."
    return Table("From the start of the server", ("", "time", "ratio"), rows, goals=[goal], notes=[note])


def _memory(folder: Path, tabs: int) -> Mapping[str, float]:
    found = {}
    with serve(APP, {"INSPECTOR_DATA_DIR": str(folder)}) as app, chromium() as browser:
        with visits.open_tab(browser) as tab:
            tab.open(f"{app.url}/{SORTS[0].path}", SORTS[0].data)
        found["Overview"] = app.megabytes()
        with visits.open_tab(browser) as tab:
            tab.open(f"{app.url}/session?id={SHORT}", _FIRST_ROW)
            tab.page.evaluate("bench.until('rest')")
        found["short"] = app.megabytes()
        url = f"{app.url}/session?id={LONG}"
        for _ in range(10):
            with visits.open_tab(browser) as tab:
                tab.open(url, _FIRST_ROW)
                tab.page.evaluate("bench.until('rest')")
        found["ten visits"] = app.megabytes()
        with new_tab(browser) as page:
            for number in range(tabs):
                console.print(f"[dim]tab {number + 1} of {tabs} …[/]")
                visits.OpenPage.of(page if number == 0 else page.context.new_page()).open(url, _FIRST_ROW)
            found["many tabs"] = app.megabytes()
    return found


def _memory_table(memory: Mapping[str, float], tabs: int, long: int) -> Table:
    overview, idle, visited, many = memory.values()
    visits_done, tabs_open = "ten visits, each in a new browser", f"{tabs} tabs open"
    rows = [
        ["after the start and the Overview", f"{overview:.0f} MB", "–"],
        [f"idle, after a session of {MESSAGES} messages too", f"{idle:.0f} MB", "–"],
        [visits_done, f"{visited:.0f} MB", f"{visited - idle:+.0f} MB"],
        [tabs_open, f"{many:.0f} MB", f"{many - idle:+.0f} MB"],
    ]
    goals = [Goal(visits_done, visited - idle, 100, "MB"), Goal(tabs_open, many - idle, 400, "MB")]
    title = f"Memory of the server (RSS) and a conversation of {long:,} messages"
    note = (
        "The first session of a server loads what every other one uses too: the tokenizer's vocabulary (64 MB), the "
        "prices (30 MB) and modules."
    )
    return Table(title, ("", "memory", "above idle"), rows, goals=goals, notes=[note])
