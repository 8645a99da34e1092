"""The list of sessions as CSV, one row per session."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime

from chatdata.domain.copies import PrivacyLevel
from chatdata.domain.report.wire import iso
from chatdata.domain.text import UNKNOWN_TIME, escape_formula
from chatdata.services.catalog import SessionLine

_COLUMNS = ("session_id", "started_at", "updated_at", "messages", "prompt_tokens", "completion_tokens")
_CACHE_COLUMNS = ("cached", "ttl_seconds")
_PERSONAL_COLUMNS = ("user_id", "title", "first_user_message", "last_answer")
"""Text that people wrote, and their ids: exported in the full view only."""


def table_pieces(lines: Iterable[SessionLine], view: PrivacyLevel) -> Iterator[str]:
    """Yields the file row by row; unknown values, such as tokens that were not recorded, are empty cells."""
    personal = _PERSONAL_COLUMNS if view == "full" else ()
    yield _csv_row((*_COLUMNS, *_CACHE_COLUMNS, *personal))
    for line in lines:
        yield _csv_row((*_values(line), *(getattr(line.summary, name) for name in personal)))


def _values(line: SessionLine) -> tuple[object, ...]:
    summary, expiry = line.summary, line.expiry
    counts = {"prompt": summary.prompt_tokens, "completion": summary.completion_tokens}
    tokens = [None if name in summary.unknown or not summary.recorded else number for name, number in counts.items()]
    cached = None if line.cached is None else "yes" if line.cached else "no"
    times = (_time(summary.started_at), _time(summary.updated_at))
    return summary.session_id, *times, summary.messages, *tokens, cached, expiry.ttl_seconds if expiry else None


def _time(moment: datetime) -> str | None:
    return None if moment == UNKNOWN_TIME else iso(moment)


def _csv_row(values: Iterable[object]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([_cell(value) for value in values])
    return out.getvalue()


def _cell(value: object) -> object:
    return escape_formula(value).encode("utf-8", "replace").decode() if isinstance(value, str) else value
