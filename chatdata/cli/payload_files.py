"""Reads messages from a file or stdin."""

import json
from pathlib import Path
from typing import Any

import click

from chatdata.domain.lint import messages_of


def is_path(target: str) -> bool:
    """True for "-" (stdin), an existing file or a name ending in .json, and for a folder if there is a slash.

    Any other word is a session ID.
    """
    path = Path(target)
    try:
        there = path.is_file() or (path.name != target and path.exists())
    except OSError:  # too long for a name
        return False
    return there or target == "-" or target.endswith(".json")


def messages_in(target: str) -> list[Any]:
    """Reads the messages of a file, unchecked. Raises UsageError if it has none, OSError if it can't be read."""
    with click.open_file(target, "rb") as file:
        raw = file.read()
    if not raw.strip():
        raise click.UsageError(f"{'stdin' if target == '-' else target} is empty: expected JSON")
    try:
        return messages_of(json.loads(raw))  # from bytes, since Windows writes JSON as UTF-16 or with a byte order mark
    except (ValueError, RecursionError) as error:
        raise click.BadParameter(f"{target}: {_problem(error)}", param_hint="FILE.json") from error


def _problem(error: Exception) -> str:
    match error:
        case json.JSONDecodeError(lineno=line, msg=message):
            return f"line {line}: {message}"
        case UnicodeDecodeError(start=start, encoding=encoding):
            return f"not {encoding.upper()}: byte {start} is wrong"
        case RecursionError():
            return "nested too deeply"
        case _:
            return str(error)
