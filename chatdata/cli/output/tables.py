"""Tables of a terminal, as wide as it is."""

import shutil
import sys

import click
from rich import box
from rich.console import Console
from rich.table import Table

ONE_LINE_FROM = 170
"""The terminal width from which a session fits on one line with exact numbers."""
_PIPED_COLUMNS = 200


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
