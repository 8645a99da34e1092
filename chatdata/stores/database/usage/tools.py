"""Counts tool calls and their results in the database; the only usage query that reads the contents of results.

Python reads what SQL can't: the few messages whose "toolCalls" is not a list, whose calls are passed back as a
parameter, and the few results that may be failures, which are fetched by id.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select

from chatdata.domain.text import sanitize
from chatdata.domain.usage import ToolUsage, Unanswerable
from chatdata.domain.usage.answers import called, is_failure
from chatdata.stores.database.filters import among
from chatdata.stores.database.tables import chat_message
from chatdata.stores.database.usage import columns
from chatdata.stores.database.usage.events import ReadCall, by_tool, messages_of

_m = chat_message.c
_AT_ONCE = 500


def tools(connection: Connection, where: Sequence[Any]) -> tuple[tuple[ToolUsage, ...], Unanswerable]:
    """The tools with their calls and results, most calls first; and the results without a call."""
    dialect = connection.dialect.name
    rows = connection.execute(by_tool(dialect, where, ())).all()
    if any(row.irregular for row in rows):
        read = list(_read_calls(connection, where))
        rows = connection.execute(by_tool(dialect, where, read)).all()
    found = [_tool(connection, row) for row in rows if row.known and (row.calls or row.results)]
    found.sort(key=lambda tool: (-tool.calls, tool.name or ""))
    others = [row for row in rows if not row.known]
    return tuple(found), _unanswerable(connection, others[0]) if others else Unanswerable()


def _tool(connection: Connection, row: Any) -> ToolUsage:
    return ToolUsage(
        name=row.tool,
        sessions=row.sessions,
        messages=row.messages,
        calls=row.calls,
        results=row.results,
        failures=_failures(connection, row.suspects),
        result_characters=row.characters,
        median_characters=row.median,
        largest_characters=row.largest,
    )


def _unanswerable(connection: Connection, row: Any) -> Unanswerable:
    return Unanswerable(row.results, _failures(connection, row.suspects), row.characters)


def _failures(connection: Connection, suspects: Any) -> int:
    """The number of failures among these results, whose contents are fetched a few hundred at a time."""
    ids = json.loads(suspects) if isinstance(suspects, str) else suspects or []
    failures = 0
    for start in range(0, len(ids), _AT_ONCE):
        here = among(connection.dialect.name, _m.id, ids[start : start + _AT_ONCE])
        failures += sum(map(is_failure, connection.execute(select(_m.content).where(here)).scalars()))
    return failures


def _read_calls(connection: Connection, where: Sequence[Any]) -> Iterator[ReadCall]:
    """Yields the calls of the messages whose "toolCalls" is not a list."""
    chosen = select(_m.id, _m.sessionId, _m.sequence, _m.toolCalls)
    chosen = chosen.where(columns.is_irregular(connection.dialect.name), *messages_of(where))
    for row in connection.execute(chosen.execution_options(yield_per=_AT_ONCE)):
        calls = columns.as_calls(row.toolCalls)
        several = row.id if len(calls) > 1 else None
        for place, entry in enumerate(calls, start=1):
            call, tool = called(entry)
            yield ReadCall(row.sessionId, row.sequence, place, _clean(call) or None, _clean(tool), several)


def _clean(text: str | None) -> str | None:
    """The text without characters that no column can hold, which nested JSON may contain as escapes."""
    return None if text is None else sanitize(text)
