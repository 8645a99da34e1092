"""Reads documents with messages from a file or stdin."""

import json
from pathlib import Path
from typing import Any

import click


def is_path(target: str) -> bool:
    """True for "-" (stdin), an existing file or a name ending in .json or .jsonl, and for a folder if there is a slash.

    Any other word is a session ID.
    """
    path = Path(target)
    try:
        there = path.is_file() or (path.name != target and path.exists())
    except OSError:  # too long for a name
        return False
    return there or target == "-" or target.endswith((".json", ".jsonl"))


def documents_in(target: str) -> list[Any]:
    """Reads the documents of a file: one, or one per line. Raises BadParameter or OSError if it can't be read."""
    with click.open_file(target, "rb") as file:
        raw = file.read()
    if not raw.strip():
        raise click.UsageError(f"{'stdin' if target == '-' else target} is empty: expected JSON")
    try:
        return [json.loads(raw)]  # from bytes, since Windows writes JSON as UTF-16 or with a byte order mark
    except json.JSONDecodeError as error:
        return _lines(raw, target, error)
    except (ValueError, RecursionError) as error:
        raise click.BadParameter(f"{target}: {problem_of(error)}", param_hint="FILE.json") from error


def document_in(raw: bytes, target: str) -> Any:
    """Returns the one JSON value of a file. Raises BadParameter if it is none."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise click.BadParameter(f"{target}: {problem_of(error)}", param_hint="FILE.json") from error


def _lines(raw: bytes, target: str, error: json.JSONDecodeError) -> list[Any]:
    """Returns the documents of JSON Lines; the error of the whole text stands for a file that is neither."""
    documents = []
    for number, line in enumerate(raw.decode(json.detect_encoding(raw)).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            documents.append(json.loads(line))
        except (ValueError, RecursionError) as problem:
            where = f"line {number}: {problem_of(problem)}" if documents else problem_of(error)
            raise click.BadParameter(f"{target}: {where}", param_hint="FILE.json") from problem
    if len(documents) < 2:
        raise click.BadParameter(f"{target}: {problem_of(error)}", param_hint="FILE.json") from error
    return documents


def problem_of(error: Exception, *, in_line: bool = False) -> str:
    """Says why text is not JSON: with the line, or with the column where the text is one line of a file."""
    match error:
        case json.JSONDecodeError(colno=column, msg=message) if in_line:
            return f"column {column:,}: {message}"
        case json.JSONDecodeError(lineno=line, msg=message):
            return f"line {line}: {message}"
        case UnicodeDecodeError(start=start, encoding=encoding):
            return f"not {encoding.upper()}: byte {start} is wrong"
        case RecursionError():
            return "nested too deeply"
        case _:
            return str(error)
