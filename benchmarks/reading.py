"""Measures reading files of conversations in several formats against plain JSON parsing of the same files."""

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.content import Speaker
from benchmarks.measure import Spread, always, in_turns
from benchmarks.report import Goal, Section, Table, ratio, seconds
from chatdata.domain.dialects import read
from chatdata.domain.dialects.writers import ApiFormat, translate
from chatdata.domain.messages import build_payload
from chatdata.services.importing.reader import ImportItem, pieces_of, read_items

MEGABYTE = 1_000_000
MESSAGES = 60
"""Messages in a conversation."""
MEAN = 600
"""The mean bytes of a message."""
TARGETS = {"JSON Lines": 50, "one array": 15}
"""Megabytes per second."""


def measure(quick: bool) -> Section:
    """Measures each format as JSON Lines, and chat completions as one array too."""
    size, repetitions = (4 * MEGABYTE, 3) if quick else (50 * MEGABYTE, 5)
    with tempfile.TemporaryDirectory() as folder:
        tables = [_table(Path(folder), name, size, repetitions) for name in _LAYOUTS]
    return Section(
        "python -m benchmarks readers",
        f"medians of {repetitions} alternating repetitions, in brackets the 10th and 90th percentiles; one thread; "
        f"conversations of {MESSAGES} messages of {MEAN:,} bytes on average, with tool calls and results.",
        tables,
        [
            "The baseline is Python's `json` over the same file: line by line, or the array as a whole.",
            "Reading is splitting the file, parsing it, recognizing the format of each conversation, and turning it "
            "into messages with an account of what they do not hold.",
        ],
    )


def _table(folder: Path, layout: str, size: int, repetitions: int) -> Table:
    rows: list[list[str]] = []
    goals: list[Goal] = []
    for name, form in _FORMATS.items() if layout == "JSON Lines" else [*_FORMATS.items()][:1]:
        file = folder / "conversations"
        _LAYOUTS[layout](file, _conversations(form, size))
        steps: dict[str, Callable[[], object]] = {
            "plain JSON": lambda file=file: _plain(file, layout),  # type: ignore[misc]
            name: lambda file=file: _read(file),  # type: ignore[misc]
        }
        spreads = dict(zip(steps, in_turns([always(act) for act in steps.values()], repetitions, 1), strict=True))
        megabytes = file.stat().st_size / MEGABYTE
        rows += _rows(spreads, megabytes)
        goals.append(Goal(name, megabytes / spreads[name].median, TARGETS[layout], "MB per second", "least"))
    columns = ("", "time", "MB per second", "ratio")
    return Table(f"{layout}, {size / MEGABYTE:,.0f} MB", columns, rows, goals=goals)


def _rows(spreads: dict[str, Spread], megabytes: float) -> list[list[str]]:
    base = spreads["plain JSON"]
    return [
        [name, seconds(spread), f"{megabytes / spread.median:,.0f}", ratio(spread, base)]
        for name, spread in spreads.items()
    ]


def _plain(file: Path, layout: str) -> int:
    with file.open("rb") as lines:
        return sum(1 for line in lines if json.loads(line)) if layout == "JSON Lines" else len(json.load(lines))


def _read(file: Path) -> int:
    """The number of messages in a file."""
    with file.open("rb") as lines:
        items = read_items(pieces_of(lines))
        return sum(len(found.messages) for item in items for found in _conversations_in(item))


def _conversations_in(item: object) -> Sequence[Any]:
    assert isinstance(item, ImportItem), item
    return read(item.value)


def _conversations(form: ApiFormat, size: int) -> Iterator[str]:
    """Requests as JSON up to a size in bytes, of a hundred different conversations in turns."""
    speaker = Speaker(7)
    payloads = [build_payload(speaker.talk(MESSAGES, MEAN)) for _ in range(100)]
    made = [json.dumps({"model": "m", **translate(payload.params, form).body}) for payload in payloads]
    done = 0
    while done < size:
        for text in made:
            yield text
            done += len(text) + 1
            if done >= size:
                return


def _write_lines(file: Path, conversations: Iterator[str]) -> None:
    with file.open("w") as out:
        out.writelines(f"{text}\n" for text in conversations)


def _write_array(file: Path, conversations: Iterator[str]) -> None:
    with file.open("w") as out:
        for index, text in enumerate(conversations):
            out.write(f"{',' if index else '['}{text}")
        out.write("]")


_LAYOUTS: dict[str, Callable[[Path, Iterator[str]], None]] = {"JSON Lines": _write_lines, "one array": _write_array}


_FORMATS: dict[str, ApiFormat] = {
    "OpenAI chat": "openai",
    "Anthropic Messages": "anthropic",
    "OpenAI Responses": "responses",
    "Gemini contents": "gemini",
    "Bedrock Converse": "bedrock",
}
