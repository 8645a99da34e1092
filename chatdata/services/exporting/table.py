"""The list of sessions as CSV, a line for each, piece by piece."""

import csv
import io
from collections.abc import Iterable, Iterator

from chatdata.domain.copies import PrivacyLevel
from chatdata.domain.report.wire import iso
from chatdata.domain.text import escape_formula
from chatdata.services.catalog import SessionLine

_COLUMNS = ("session_id", "started_at", "updated_at", "messages", "prompt_tokens", "completion_tokens")
_CACHE_COLUMNS = ("cached", "ttl_seconds")
_TOLD_COLUMNS = ("user_id", "title", "first_user_message", "last_answer")
"""What people wrote and who they are: in the view full alone."""


def table_pieces(lines: Iterable[SessionLine], view: PrivacyLevel) -> Iterator[str]:
    """The file in pieces; empty where something is unknown, as tokens that were not recorded."""
    told = _TOLD_COLUMNS if view == "full" else ()
    yield _row((*_COLUMNS, *_CACHE_COLUMNS, *told))
    for line in lines:
        yield _row((*_values(line), *(getattr(line.summary, name) for name in told)))


def _values(line: SessionLine) -> tuple[object, ...]:
    summary, expiry = line.summary, line.expiry
    tokens = (summary.prompt_tokens, summary.completion_tokens) if summary.recorded else (None, None)
    cached = None if line.cached is None else "yes" if line.cached else "no"
    times = (iso(summary.started_at), iso(summary.updated_at))
    return summary.session_id, *times, summary.messages, *tokens, cached, expiry.ttl_seconds if expiry else None


def _row(values: Iterable[object]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([_cell(value) for value in values])
    return out.getvalue()


def _cell(value: object) -> object:
    return escape_formula(value).encode("utf-8", "replace").decode() if isinstance(value, str) else value
