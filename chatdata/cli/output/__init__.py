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
from chatdata.services.answers.json_types import plain

ONE_LINE_FROM = 170
"""The terminal width from which a session fits on one line with exact numbers."""
_PIPED_COLUMNS = 200

Document = Mapping[str, Any]


def emit(document: Document) -> None:
    """Prints the JSON document of a command, in ASCII only so that lone surrogates survive a pipe."""
    click.echo(json.dumps(plain(document), indent=2))


def emit_text(text: str) -> None:
    """Text for another program, such as CSV, byte for byte in a pipe; on a terminal without what would steer it."""
    click.echo(shown(text) if sys.stdout.isatty() else text, nl=False)


def warn(sentence: str) -> None:
    """Prints a message for people to stderr."""
    click.echo(one_line(sentence), err=True)


class _Out(Console):
    def on_broken_pipe(self) -> None:
        raise BrokenPipeError  # rich would exit the process itself


def console() -> Console:
    """A console for tables: as wide as the terminal (or COLUMNS), or wide enough for one line per row in a pipe."""
    columns = shutil.get_terminal_size(fallback=(_PIPED_COLUMNS, 24)).columns
    return _Out(file=sys.stdout, width=columns, markup=False, emoji=False, highlight=False)


def table() -> Table:
    """Creates an empty table in the common style, with two spaces between columns."""
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))


def print_table(made: Table, out: Console) -> None:
    """Prints the table, without trailing spaces if the output is piped."""
    if out.is_terminal:
        out.print(made)
        return
    with out.capture() as captured:
        out.print(made)
    click.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))
