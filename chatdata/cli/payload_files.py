"""Reads documents with messages from a file or stdin."""

import io
import json
from itertools import islice
from pathlib import Path
from typing import Any

import click

from chatdata.domain.dialects.fields import with_repeats
from chatdata.domain.text import line_of, not_json
from chatdata.services.importing.encodings import NotText, utf8_of
from chatdata.services.importing.other_files import LOOKED_AT, why_no_json


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
    try:
        raw = utf8_of(raw)
    except NotText as error:
        raise click.BadParameter(f"{target}: {error}", param_hint="FILE.json") from error
    if not raw.strip():
        raise click.UsageError(f"{'stdin' if target == '-' else target} is empty: expected JSON")
    try:
        # from bytes, which may begin with a byte order mark
        return [json.loads(raw, object_pairs_hook=with_repeats)]
    except json.JSONDecodeError as error:
        return _lines(raw, target, error)
    except (ValueError, RecursionError) as error:
        raise unreadable(target, error, raw) from error


def document_in(raw: bytes, target: str) -> Any:
    """Returns the one JSON value of a file. Raises BadParameter if it is none."""
    try:
        return json.loads(raw, object_pairs_hook=with_repeats)
    except (ValueError, RecursionError) as error:
        raise unreadable(target, error, raw) from error


def _lines(raw: bytes, target: str, error: json.JSONDecodeError) -> list[Any]:
    """Returns the documents of JSON Lines; the error of the whole text stands for a file that is neither."""
    documents = []
    for number, line in enumerate(raw.decode(json.detect_encoding(raw)).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            documents.append(json.loads(line, object_pairs_hook=with_repeats))
        except (ValueError, RecursionError) as problem:
            if not documents:
                raise unreadable(target, error, raw) from problem
            where = f"{target}, line {number:,}: {not_json(problem)}"
            raise click.BadParameter(where, param_hint="FILE.json") from problem
    if len(documents) < 2:
        raise unreadable(target, error, raw) from error
    return documents


def unreadable(target: str, error: Exception, raw: bytes) -> click.BadParameter:
    """Returns the error that a file is not JSON: what it is instead, or the line where it stops being JSON."""
    first_lines = list(islice(io.BytesIO(raw), LOOKED_AT))
    if json.detect_encoding(raw[:4]).startswith("utf-8") and (why := why_no_json(first_lines)):
        return click.BadParameter(f"{target}: {why}", param_hint="FILE.json")
    line = f", line {line_of(error):,}" if isinstance(error, json.JSONDecodeError) else ""
    return click.BadParameter(f"{target}{line}: {not_json(error)}", param_hint="FILE.json")
