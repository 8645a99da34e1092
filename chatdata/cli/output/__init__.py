"""What a command says: one JSON document or lines for people on stdout, everything else on stderr."""

import json
import math
import shutil
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.table import Table

from chatdata.cli.output.terminal import one_line

ONE_LINE_FROM = 170
"""Columns from which a session fits on one line, with exact numbers."""
_PIPED_COLUMNS = 200
_DEEPEST = 100

Document = Mapping[str, Any]


def emit(document: Document) -> None:
    """The one JSON document of a command: ASCII only, so that a pipe keeps lone surrogates."""
    click.echo(json.dumps(plain(document), indent=2))


def plain(value: Any, depth: int = 0) -> Any:
    """A value that JSON has: times in ISO 8601 UTC with milliseconds, numbers that JSON lacks as text."""
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if not isinstance(value, dict | list | tuple):
        return value
    if depth == _DEEPEST:
        return "(nested too deeply to be shown)"
    if isinstance(value, dict):
        return {str(key): plain(item, depth + 1) for key, item in value.items()}
    return [plain(item, depth + 1) for item in value]


def iso(moment: datetime) -> str:
    """As 2026-02-20T10:00:00.000Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def warn(sentence: str) -> None:
    """A sentence for a person, on stderr."""
    click.echo(one_line(sentence), err=True)


class _Out(Console):
    def on_broken_pipe(self) -> None:
        raise BrokenPipeError  # rich would end the process by itself


def console() -> Console:
    """For tables: as wide as the terminal (or COLUMNS), wide enough for one line a row where it is piped."""
    columns = shutil.get_terminal_size(fallback=(_PIPED_COLUMNS, 24)).columns
    return _Out(file=sys.stdout, width=columns, markup=False, emoji=False, highlight=False)


def table() -> Table:
    """An empty table in the one style, columns two apart."""
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))


def print_table(made: Table, out: Console) -> None:
    """The table, without the blanks at the ends of lines where it is piped."""
    if out.is_terminal:
        out.print(made)
        return
    with out.capture() as captured:
        out.print(made)
    click.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))
