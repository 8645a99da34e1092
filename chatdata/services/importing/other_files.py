"""Tells files that hold no JSON at all by their first lines, so that one sentence is said instead of one per line."""

import csv
import json
from collections.abc import Sequence
from itertools import islice

LOOKED_AT = 200
"""Lines that are enough to tell a file that holds no JSON."""
ACCEPTED = "one JSON document, an array of conversations or one JSON value per line is accepted"
_BEGINNINGS = ("{", "[")
_TEXT_BOM = "\ufeff"
_DELIMITERS = {",": "CSV", ";": "CSV", "\t": "tab-separated text", "|": "CSV"}
_ROWS = 20


def why_no_json(lines: Sequence[bytes]) -> str | None:
    """What a file is instead of JSON, and what is accepted; None if one of its first lines can be JSON."""
    filled = [line.decode("utf-8", "replace").strip().removeprefix(_TEXT_BOM) for line in lines if line.strip()]
    if not filled or filled[0].startswith(_BEGINNINGS) or _is_json(filled[0]):
        return None
    if filled[0].startswith("<"):
        return f"this is HTML or XML, not JSON: {ACCEPTED}"
    if kind := next((name for mark, name in _DELIMITERS.items() if _is_table(filled, mark)), None):
        return f"this is {kind}, not JSON: {ACCEPTED}"
    if len(filled) == 1 or any(line.startswith(_BEGINNINGS) or _is_json(line) for line in filled):
        return None
    return f"this is text without JSON: {ACCEPTED}"


def _is_table(lines: Sequence[str], delimiter: str) -> bool:
    """Whether the lines are rows with as many columns as the header, which are named and at least two."""
    try:
        rows = list(islice(csv.reader((f"{line}\n" for line in lines), delimiter=delimiter), _ROWS))
    except csv.Error:
        return False
    if len(rows) < _ROWS and len(lines) >= LOOKED_AT:
        rows.pop()  # a cell can go on behind the lines that were read
    if len(rows) < 2 or len(rows[0]) < 2 or not all(cell.strip() for cell in rows[0]):
        return False
    return all(len(row) == len(rows[0]) and not row[0].startswith(_BEGINNINGS) for row in rows)


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
