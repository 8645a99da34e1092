"""Measures building, counting and linting a payload against the plain conversion of the same messages."""

from collections.abc import Callable, Sequence

from benchmarks.content import Speaker, size_of
from benchmarks.measure import Spread, always, in_turns
from benchmarks.report import Goal, Section, Table, ratio, seconds
from chatdata.domain.copies import CopyMessage
from chatdata.domain.lint import lint_payload
from chatdata.domain.messages import ChatMessage, build_payload
from chatdata.domain.messages.openai_messages import to_openai_messages
from chatdata.domain.payload import assess, preview
from chatdata.domain.tokens import model_facts

SIZES = ((100, 600), (3_000, 600), (10_000, 2_250))
"""Numbers of messages, each with the mean bytes per message."""
TARGET = 20_000
MODEL = "gpt-4o"


def measure(quick: bool) -> Section:
    """Measures all sizes."""
    repetitions = 3 if quick else 30
    tables = [_table(size, mean, repetitions) for size, mean in SIZES]
    return Section(
        "python -m benchmarks lint",
        f"medians of {repetitions} alternating repetitions, in brackets the 10th and 90th percentiles; one thread, "
        f"messages already read; the model is {MODEL} (o200k).",
        tables,
        [
            "The baseline is `to_openai_messages`: the same messages converted and merged, without any checks.",
            "Pages, the list and the command line need all of it: account, tokens and lint.",
        ],
    )


def _table(size: int, mean: int, repetitions: int) -> Table:
    messages = Speaker(size).talk(size, mean)
    steps = _steps(messages)
    spreads = dict(zip(steps, in_turns([always(act) for act in steps.values()], repetitions, warmups=1), strict=True))
    base = next(iter(spreads.values()))
    rows = [[name, seconds(spread), _rate(size, spread), ratio(spread, base)] for name, spread in spreads.items()]
    goal = Goal("lint alone", size / spreads["lint alone"].median, TARGET, "messages per second", "least")
    title = f"{size:,} messages, {size_of(messages) / 1e6:.1f} MB"
    return Table(title, ("", "time", "messages per second", "ratio"), rows, goals=[goal])


def _steps(messages: Sequence[ChatMessage]) -> dict[str, Callable[[], object]]:
    copies = [CopyMessage(position, message) for position, message in enumerate(messages)]
    payload, facts = build_payload(messages), model_facts(MODEL)
    return {
        "plain conversion": lambda: to_openai_messages(messages),
        "lint alone": lambda: lint_payload(payload),
        "judged: account, tokens, lint": lambda: assess(copies, facts),
        "the page's rows as well": lambda: preview(copies, facts),
    }


def _rate(size: int, spread: Spread) -> str:
    return f"{size / spread.median:,.0f}"
