"""Measures a long conversation in a real browser against an empty page and Streamlit's own chat elements."""

import json
import tempfile
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks import visits
from benchmarks.content import Speaker, size_of
from benchmarks.measure import Spread
from benchmarks.report import Goal, Section, Table, console, seconds
from benchmarks.serving import APP, APPS, Serving, chromium, serve
from benchmarks.visits import Figures
from chatdata import ChatMessage, ChatSession, Settings
from chatdata.services.connect import connect

MEAN_BYTES = 2250
CHATS = 1_000
OTHERS = 40
"""The number of small conversations: more than the app caches, so that requesting them evicts all others."""
SECONDS = (
    visits.FIRST,
    visits.AGAIN,
    visits.ALL_THERE,
    visits.FOLD,
    visits.UNFOLD,
    visits.HIDE,
    visits.SHOW,
    visits.END,
)
TARGETS = {
    visits.FIRST: (1.5, "×"),
    visits.AGAIN: (2, "×"),
    visits.FOLD: (1, "s"),
    visits.UNFOLD: (1, "s"),
    visits.HIDE: (1, "s"),
    visits.SHOW: (1, "s"),
    visits.END: (0.5, "s"),
    visits.HEAP: (60, "MB"),
    visits.HEAP_AFTER: (60, "MB"),
    visits.ELEMENTS: (1_500, ""),
}
"""What the longest conversation may take; × is the ratio to an empty page."""


def measure(quick: bool) -> Section:
    """Writes the conversations into embedded stores, then visits the pages in turns."""
    long, chats, repetitions = (1_000, 100, 2) if quick else (10_000, CHATS, 5)
    talks = {size: Speaker(size).talk(size, MEAN_BYTES) for size in (long, chats)}
    with tempfile.TemporaryDirectory(prefix="inspector-bench-") as name:
        folder = Path(name)
        _write(folder, talks)
        found = _visit_all(folder, talks, repetitions)
    size = size_of(talks[long]) / 1e6
    return Section(
        "python -m benchmarks conversation",
        f"a conversation of {long:,} messages ({size:.0f} MB) in the embedded stores and the app in headless Chromium, "
        f"beside an empty Streamlit page and st.chat_message with st.markdown for each of {chats:,}; medians of "
        f"{repetitions} alternating visits, in brackets the minimum and the maximum. Seconds count from the start of "
        "the navigation, or from the click or key, until the frame that shows everything in view. A new browser has "
        "an empty cache and the server has to read both copies; the same tab again, once the first page has run to its "
        "end, finds them cached.",
        [_table(found)],
        [
            "First message: n× is the ratio to the empty page's time under the same conditions.",
            "Elements include those in shadow roots; the heap is JavaScript's after a garbage collection.",
            "st.chat_message can't fold; hiding is a rerun of its page.",
            *_memory_notes(found),
        ],
    )


def _write(folder: Path, talks: Mapping[int, list[ChatMessage]]) -> None:
    with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(folder)})) as connected:
        assert connected.stores.database is not None
        connected.stores.database.facts()
        for size, messages in talks.items():
            connected.sessions.upsert_chat_session(_session(f"talk-{size}", messages))
        for number in range(OTHERS):
            connected.sessions.upsert_chat_session(_session(f"other-{number}", Speaker(number).talk(4, 100)))
    least = [message.model_dump(mode="json") for message in talks[min(talks)]]
    (folder / "messages.json").write_text(json.dumps(least), "utf-8")


def _session(session_id: str, messages: list[ChatMessage]) -> ChatSession:
    session = ChatSession.new("user-000001", session_id=session_id)
    session.messages = messages
    return session


def _visit_all(folder: Path, talks: Mapping[int, list[ChatMessage]], repetitions: int) -> Mapping[str, list[Figures]]:
    with ExitStack() as stack:
        empty = stack.enter_context(serve(APPS / "empty.py"))
        chat = stack.enter_context(
            serve(APPS / "chat_messages.py", {"BENCHMARK_MESSAGES": str(folder / "messages.json")})
        )
        app = stack.enter_context(serve(APP, {"INSPECTOR_DATA_DIR": str(folder)}))
        browser = stack.enter_context(chromium())
        visits.empty(browser, app.url)  # the first page of the app and of the browser is slower, so it is not measured
        return _visits(browser, empty, app, chat, talks, repetitions)


def _visits(
    browser: Browser,
    empty: Serving,
    app: Serving,
    chat: Serving,
    talks: Mapping[int, list[ChatMessage]],
    repetitions: int,
) -> Mapping[str, list[Figures]]:
    found: dict[str, list[Figures]] = {"an empty page": []}
    long, least = max(talks), min(talks)
    for repetition in range(repetitions):
        console.print(f"[dim]visits {repetition + 1} of {repetitions} …[/]")
        found["an empty page"].append({**visits.empty(browser, empty.url), "server": empty.megabytes()})
        for size in (long, least):
            _evict(app)
            url = f"{app.url}/session?id=talk-{size}"
            figures = {**visits.timeline(browser, url, size), "server": app.megabytes()}
            found.setdefault(f"ours, {size:,}", []).append(figures)
        without = sum(message.role != "tool" for message in talks[least])
        figures = {**visits.chat_messages(browser, chat.url, least, without), "server": chat.megabytes()}
        found.setdefault(f"st.chat_message, {least:,}", []).append(figures)
    return found


def _evict(app: Serving) -> None:
    """Makes the server evict the long conversations by requesting all small ones."""
    for number in range(OTHERS):
        url = f"{app.url}/api/timeline/opening?session=other-{number}&source=database"
        with urllib.request.urlopen(url, timeout=30) as answer:
            answer.read()


def _table(found: Mapping[str, list[Figures]]) -> Table:
    names = [*SECONDS, visits.HEAP, visits.HEAP_AFTER, visits.ELEMENTS]
    rows = [[name, *_cells(name, found)] for name in names]
    empty, ours, *_ = found.values()
    goals = [_goal(name, ours, empty, *TARGETS[name]) for name in names if name in TARGETS]
    return Table("A long conversation", ("", *found), rows, goals=goals)


def _goal(name: str, ours: Sequence[Figures], empty: Sequence[Figures], target: float, unit: str) -> Goal:
    measured, base = _spread(name, ours), _spread(name, empty)
    assert measured is not None
    if unit != "×":
        return Goal(name, measured.median, target, unit)
    assert base is not None
    return Goal(name, measured.ratio(base), target)


def _cells(name: str, found: Mapping[str, list[Figures]]) -> list[str]:
    spreads = [_spread(name, figures) for figures in found.values()]
    empty = spreads[0] if name in (visits.FIRST, visits.AGAIN) else None
    return ["–" if spread is None else _cell(name, spread, empty) for spread in spreads]


def _spread(name: str, figures: Sequence[Figures]) -> Spread | None:
    values = tuple(figure[name] for figure in figures if name in figure)
    return Spread(values) if values else None


def _cell(name: str, spread: Spread, empty: Spread | None) -> str:
    if name in SECONDS:
        compared = f", {spread.ratio(empty):.1f}×" if empty is not None and empty is not spread else ""
        return seconds(spread) + compared
    return f"{spread.median:,.0f}" if name == visits.ELEMENTS else f"{spread.median:,.0f} MB"


def _memory_notes(found: Mapping[str, list[Figures]]) -> list[str]:
    grown = [f"{name} {figures[0]['server']:.0f} → {figures[-1]['server']:.0f} MB" for name, figures in found.items()]
    return [
        f"Memory of the server (RSS) after the first visit and after the last: {'; '.join(grown)}. Ours is one server "
        "for both conversations, each read again for every visit."
    ]
