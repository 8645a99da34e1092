"""Output of a command: one JSON document or text on stdout, everything else on stderr."""

import json
import sys
from collections.abc import Mapping
from typing import Any

import click

from chatdata.cli.output.terminal import one_line, shown
from chatdata.services.answers.json_types import plain

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
