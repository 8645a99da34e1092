"""Prints measurements as tables in the terminal and writes them as a section of RESULTS.md."""

import os
import platform
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from rich import box
from rich.console import Console
from rich.table import Table as RichTable

from benchmarks.measure import Spread

RESULTS = Path(__file__).with_name("RESULTS.md")
TARGETS = "Targets"
"""The title of the last table of a section."""
PACKAGES = ("streamlit", "sqlalchemy", "psycopg", "redis", "pydantic")
console = Console(width=None if sys.stdout.isatty() else 170)


@dataclass(frozen=True, slots=True)
class Goal:
    """A measured value and the value that it should have at most, or at least."""

    what: str
    measured: float
    target: float
    unit: str = "×"
    at: Literal["most", "least"] = "most"

    @property
    def met(self) -> bool:
        """Whether the measured value, as it is printed, is as good as the target."""
        measured = float(_short(self.measured).replace(",", ""))
        return measured <= self.target if self.at == "most" else measured >= self.target

    def cells(self) -> list[str]:
        """The goal as a row: what, measured, target, met."""
        target = f"at {self.at} {self.target:,g}{self._unit}"
        return [self.what, f"{_short(self.measured)}{self._unit}", target, "yes" if self.met else "no"]

    @property
    def _unit(self) -> str:
        return self.unit if self.unit in ("×", "") else f" {self.unit}"


@dataclass(frozen=True)
class Table:
    """A table with its title; columns are figures, except the first one and those named in `words`."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: frozenset[str] = frozenset()
    notes: Sequence[str] = ()
    goals: Sequence[Goal] = ()


@dataclass(frozen=True)
class Section:
    """One benchmark's part of RESULTS.md."""

    command: str
    about: str
    tables: Sequence[Table]
    notes: Sequence[str] = ()

    def targets(self) -> Table:
        """The goals of all tables, each with the title of its table where there are several."""
        several = len(self.tables) > 1
        rows = [
            [f"{table.title}: {what}" if several else what, *others]
            for table in self.tables
            for what, *others in (goal.cells() for goal in table.goals)
        ]
        return Table(TARGETS, ("", "measured", "target", "met"), rows)


def seconds(spread: Spread) -> str:
    """A median with its spread in brackets, in milliseconds or seconds."""
    unit, factor = ("ms", 1000.0) if spread.median < 1 else ("s", 1.0)
    return f"{_short(spread.median * factor)} {unit} ({_short(spread.low * factor)}–{_short(spread.high * factor)})"


def ratio(ours: Spread, baseline: Spread) -> str:
    """The ratio of our median to the baseline's."""
    return f"{ours.ratio(baseline):.2f}"


def _short(value: float) -> str:
    return f"{value:.3f}" if value < 1 else f"{value:.2f}" if value < 10 else f"{value:,.0f}"


def facts() -> str:
    """The date, the machine, the versions and the load."""
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; {_processor()}, {os.cpu_count()} cores, {platform.system()}; "
        f"Python {platform.python_version()}, {packages}; load at the start {load}"
    )


def _processor() -> str:
    try:
        found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return found[1] if found else platform.machine()


def print_section(section: Section) -> None:
    """Prints all tables with their notes to the terminal."""
    for table in (*section.tables, section.targets()):
        print_table(table)
    for note in section.notes:
        console.print(f"• {note}", markup=False)


def print_table(table: Table) -> None:
    """Prints a table with its notes to the terminal."""
    shown = RichTable(title=table.title, title_justify="left", box=box.SIMPLE_HEAD)
    for number, column in enumerate(table.columns):
        text = number == 0 or column in table.words
        shown.add_column(column, justify="left" if text else "right", overflow="fold")
    for row in table.rows:
        shown.add_row(*row)
    console.print(shown)
    for note in table.notes:
        console.print(f"• {note}", markup=False)


def read_sections() -> tuple[str, dict[str, str]]:
    """The head of RESULTS.md, and its sections by name."""
    text = RESULTS.read_text("utf-8") if RESULTS.exists() else "# Results\n"
    head, *parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    return head, {part.split()[1]: part.rstrip() for part in parts}


def write_section(name: str, section: Section, machine: str) -> Path:
    """Writes the section into RESULTS.md, leaving the other sections unchanged, and returns the file's path."""
    head, sections = read_sections()
    sections[name] = f"## {name}\n\n{_markdown(section, machine)}".rstrip()
    RESULTS.write_text("\n\n".join([head.rstrip(), *(sections[key] for key in sorted(sections))]) + "\n", "utf-8")
    return RESULTS


def _markdown(section: Section, machine: str) -> str:
    parts = [f"`{section.command}`: {section.about}", machine + "."]
    for table in (*section.tables, section.targets()):
        parts += [f"**{table.title}**", _markdown_table(table), *_bullets(table.notes)]
    return "\n\n".join([*parts, *_bullets(section.notes)])


def _bullets(notes: Sequence[str]) -> list[str]:
    return ["\n".join(f"- {note}" for note in notes)] if notes else []


def _markdown_table(table: Table) -> str:
    rule = ["---" if not number or name in table.words else "--:" for number, name in enumerate(table.columns)]
    lines = [table.columns, rule, *([cell.replace("|", "\\|") for cell in row] for row in table.rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
