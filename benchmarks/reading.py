"""Measures reading files of conversations in several formats against plain JSON parsing of the same files."""

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.content import Speaker
from benchmarks.exports import EXPORTS
from benchmarks.measure import Spread, always, in_turns
from benchmarks.report import Goal, Section, Table, ratio, seconds
from chatdata.domain.dialects import read
from chatdata.domain.dialects.writers import translate
from chatdata.domain.messages import build_payload
from chatdata.services.importing.reader import ImportItem, pieces_of, read_items

MEGABYTE = 1_000_000
MESSAGES = 60
"""Messages in a conversation."""
MEAN = 600
"""The mean bytes of a message."""
Writer = Callable[[Sequence[Any]], Any]
"""Gives the messages of a payload in one format."""
TARGETS = {"JSON Lines": 50, "one array": 15}
"""Megabytes per second."""


def measure(quick: bool) -> Section:
    """Measures each format as JSON Lines, and chat completions as one array too."""
    size, repetitions = (4 * MEGABYTE, 3) if quick else (50 * MEGABYTE, 5)
    with tempfile.TemporaryDirectory() as folder:
        tables = [_table(Path(folder), name, size, repetitions) for name in _LAYOUTS]
    return Section(
        "python -m benchmarks readers",
        f"medians of {repetitions} alternating repetitions, in brackets the 10th and 90th percentiles; CPU time of the "
        "one thread, so that other work on the machine counts little; "
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
    for name, write in _FORMATS.items() if layout == "JSON Lines" else [*_FORMATS.items()][:1]:
        file = folder / "conversations"
        _LAYOUTS[layout](file, _conversations(write, size))
        steps: dict[str, Callable[[], object]] = {
            "plain JSON": lambda file=file: _plain(file, layout),  # type: ignore[misc]
            name: lambda file=file: _read(file),  # type: ignore[misc]
        }
        spread = in_turns([always(act) for act in steps.values()], repetitions, 1, time.process_time)
        spreads = dict(zip(steps, spread, strict=True))
        megabytes = file.stat().st_size / MEGABYTE
        rows += _rows(spreads, megabytes)
        goals.append(Goal(name, megabytes / spreads[name].median, TARGETS[layout], "MB per second", "least"))
    columns = ("", "CPU time", "MB per second", "ratio")
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


def _conversations(write: Writer, size: int) -> Iterator[str]:
    """Conversations as JSON up to a size in bytes, of a hundred different ones in turns."""
    speaker = Speaker(7)
    payloads = [build_payload(speaker.talk(MESSAGES, MEAN)) for _ in range(100)]
    made = [json.dumps(write(payload.params)) for payload in payloads]
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


_FORMATS: Mapping[str, Writer] = {
    "OpenAI chat": lambda params: {"model": "m", **translate(params, "openai").body},
    "Anthropic Messages": lambda params: {"model": "m", **translate(params, "anthropic").body},
    "OpenAI Responses": lambda params: {"model": "m", **translate(params, "responses").body},
    "Gemini contents": lambda params: {"model": "m", **translate(params, "gemini").body},
    "Bedrock Converse": lambda params: {"model": "m", **translate(params, "bedrock").body},
    **EXPORTS,
}
