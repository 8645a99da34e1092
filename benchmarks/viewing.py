"""Measures the masked and the structure view against one plain regular expression over the same texts."""

import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from benchmarks.content import Speaker, size_of
from benchmarks.measure import always, in_turns
from benchmarks.report import Goal, Section, Table, ratio, seconds
from chatdata.domain.copies import CachedCopy, Copies, CopyMessage, Expiry, StoredCopy
from chatdata.domain.messages import ChatMessage, ChatSession, ChatSessionInfo
from chatdata.domain.redaction import redact

SIZES = ((300, 600), (3_000, 600))
"""Numbers of messages, each with the mean bytes per message."""
TARGET = 2
_KEY = b"a key of more than sixteen bytes"
_PLAIN = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.-]+|\+?\d[\d ().-]{7,}\d|\b(?:sk|ghp|xox[bp])[-_]\w+|(?:\d{1,3}\.){3}\d{1,3}"
)


def measure(quick: bool) -> Section:
    """Measures all sizes."""
    repetitions = 3 if quick else 20
    return Section(
        "python -m benchmarks views",
        f"medians of {repetitions} alternating repetitions, in brackets the 10th and 90th percentiles; one thread, "
        "both copies already read and equal, every tenth message with an address, a number and a key.",
        [_table(size, mean, repetitions) for size, mean in SIZES],
        [
            "The baseline replaces addresses, numbers, three kinds of keys and IPv4 addresses by one expression, in "
            "one copy, without decoding escapes.",
            "MB per second count one copy's document, although both copies are redacted: equal texts are masked once.",
        ],
    )


def _table(size: int, mean: int, repetitions: int) -> Table:
    messages = [_with_secrets(number, item) for number, item in enumerate(Speaker(size).talk(size, mean))]
    megabytes = size_of(messages) / 1e6
    steps = _steps(messages)
    spreads = dict(zip(steps, in_turns([always(act) for act in steps.values()], repetitions, warmups=1), strict=True))
    base = next(iter(spreads.values()))
    rows = [
        [
            name,
            seconds(spread),
            f"{megabytes / spread.median:.1f}",
            ratio(spread, base),
        ]
        for name, spread in spreads.items()
    ]
    goal = Goal("masked", spreads["masked"].ratio(base), TARGET)
    columns = ("", "time", "MB per second", "ratio")
    return Table(f"{size:,} messages, {megabytes:.1f} MB", columns, rows, goals=[goal])


def _with_secrets(number: int, message: ChatMessage) -> ChatMessage:
    if number % 10 or message.content is None:
        return message
    secrets = f" ann{number}@example.org, +49 170 {1_000_000 + number}, sk-proj-aB3dE5fG7hJ9kL2m{number}nP4q"
    return message.model_copy(update={"content": message.content + secrets})


def _steps(messages: Sequence[ChatMessage]) -> dict[str, Callable[[], object]]:
    copies = _copies(messages)
    texts = [json.dumps(message.model_dump(), ensure_ascii=False) for message in messages]
    return {
        "one plain expression": lambda: [_PLAIN.sub("[masked]", text) for text in texts],
        "masked": lambda: redact(copies, "masked", _KEY),
        "structure": lambda: redact(copies, "structure", _KEY),
    }


def _copies(messages: Sequence[ChatMessage]) -> Copies:
    now = datetime(2026, 2, 20, tzinfo=UTC)
    items = tuple(CopyMessage(position, message) for position, message in enumerate(messages))
    info = ChatSessionInfo(session_id="s-1", user_id="u-1", usage=[], started_at=now, updated_at=now)
    document = ChatSession(**info.model_dump(), messages=list(messages)).model_dump(mode="json")
    return Copies("s-1", StoredCopy(info, items), CachedCopy(info, items, document, 0, Expiry(None, None, None)), now)
