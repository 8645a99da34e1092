"""Output of a command: one JSON document or text on stdout, everything else on stderr."""

import json
import shutil
import sys
from collections.abc import Mapping
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.table import Table

from chatdata.cli.output.terminal import one_line, shown
from chatdata.domain.text import Limits, json_value

ONE_LINE_FROM = 170
"""Columns from which a session fits on one line, with exact numbers."""
_PIPED_COLUMNS = 200
_LIMITS = Limits(precision="milliseconds", not_finite=str, deepest=100, too_deep="(nested too deeply to be shown)")

Document = Mapping[str, Any]


def emit(document: Document) -> None:
    """The one JSON document of a command: ASCII only, so that a pipe keeps lone surrogates."""
    click.echo(json.dumps(plain(document), indent=2))


def plain(value: Any) -> Any:
    """A value that JSON has: times in ISO 8601 UTC with milliseconds, numbers that JSON lacks as text."""
    return json_value(value, _LIMITS)


def emit_text(text: str) -> None:
    """Text for another program, such as CSV, byte for byte in a pipe; on a terminal without what would steer it."""
    click.echo(shown(text) if sys.stdout.isatty() else text, nl=False)


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
