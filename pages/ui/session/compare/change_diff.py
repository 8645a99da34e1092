"""The changes of a repair as a diff of JSON, one block per record."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from difflib import unified_diff
from itertools import chain
from typing import Any

from chatdata import ChatMessage
from chatdata.domain.text import JsonLimits, json_value, readable_json
from chatdata.services.repair import Change
from pages.ui.base.formatting import count, moment

_LIMITS = JsonLimits(precision="milliseconds", not_finite=str, deepest=100, too_deep="(nested too deeply to be shown)")
_CONTEXT = 2
_LONGEST_LINE = 400
_KEPT_BEFORE = 40
_MOST_LINES = 600


def diff_of(changes: Sequence[Change]) -> str:
    """The lines of all changes; the last one says how many are left out."""
    lines = list(chain.from_iterable(_block(change) for change in changes))
    left_out = len(lines) - _MOST_LINES
    if left_out > 0:
        lines = [*lines[:_MOST_LINES], f"@@ {left_out:,} more lines; the command line's --json has all @@"]
    return "\n".join(lines).encode("utf-8", "backslashreplace").decode()


def _block(change: Change) -> Iterator[str]:
    before, after = (_size(value) for value in change.told) if change.place == "bytes" else change.told
    yield f"@@ {change.store} {change.place} @@"
    lines = list(unified_diff(_lines(before), _lines(after), n=_CONTEXT, lineterm=""))[3:]
    equal = _equal_start([line[1:] for line in lines if line[0] in "-+"])
    yield from ("@@ … @@" if line.startswith("@@") else _shortened(line, equal) for line in lines)


def _size(value: Any) -> Any:
    return count(value, "byte") if isinstance(value, int) else value


def _lines(value: Any) -> list[str]:
    """The value as JSON; no line at all for a missing one."""
    if value is None:
        return []
    if isinstance(value, datetime):
        return [moment(value)]
    plain = value.model_dump(exclude_none=True) if isinstance(value, ChatMessage) else value
    return plain.splitlines() if isinstance(plain, str) else readable_json(json_value(plain, _LIMITS), 2).splitlines()


def _equal_start(changed: Sequence[str]) -> int:
    """How many characters the two lines of a changed value have in common; 0 where more lines change."""
    if len(changed) != 2:
        return 0
    one, other = changed
    return next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), 0)


def _shortened(line: str, equal: int) -> str:
    """A long line from shortly before where it differs."""
    if len(line) <= _LONGEST_LINE:
        return line
    start = max(equal - _KEPT_BEFORE, 0) if line[0] in "-+" else 0
    words = line[1 + start :]
    cut = words if len(words) <= _LONGEST_LINE else f"{words[:_LONGEST_LINE]}…"
    return f"{line[0]}{'…' if start else ''}{cut}"
