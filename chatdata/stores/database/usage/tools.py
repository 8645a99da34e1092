"""Counts tool calls and their results in the database; the only usage query that reads the contents of results.

Python reads what SQL can't: the few messages whose "toolCalls" is not a list, whose calls are passed back as a
parameter, and the few results that may be failures, which are fetched by id.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select

from chatdata.domain.text import sanitize
from chatdata.domain.usage import ToolUsage, Unanswerable
from chatdata.domain.usage.answers import called, is_failure
from chatdata.domain.usage.facts import ToolFacts
from chatdata.stores.database.damage import as_text
from chatdata.stores.database.filters import among
from chatdata.stores.database.tables import chat_message
from chatdata.stores.database.usage import columns
from chatdata.stores.database.usage.events import ReadCall, by_session_and_tool, by_tool, messages_of

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


def tools_by_session(
    connection: Connection, where: Sequence[Any], key_of: Callable[[Any], Any]
) -> dict[str, tuple[ToolFacts, ...]]:
    """The tools of each session with calls or results, by the key that `key_of` makes of the session's id."""
    dialect = connection.dialect.name
    rows = connection.execute(by_session_and_tool(dialect, where, (), key_of)).all()
    if any(row.irregular for row in rows):
        read = list(_read_calls(connection, where))
        rows = connection.execute(by_session_and_tool(dialect, where, read, key_of)).all()
    suspects = [_listed(row.suspects) for row in rows]
    failed = _failed(connection, [one for ids in suspects for one in ids])
    found = dict[str, list[ToolFacts]]()
    for row, ids in zip(rows, suspects, strict=True):
        sizes = tuple(_listed(row.sizes))
        if row.calls or sizes:
            failures = sum(failed[one] for one in set(ids))
            one = ToolFacts(row.tool, bool(row.known), int(row.messages), int(row.calls), failures, sizes)
            found.setdefault(row.key, []).append(one)
    return {session: tuple(all_of) for session, all_of in found.items()}


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
    return _failed(connection, _listed(suspects)).total()


def _failed(connection: Connection, ids: Sequence[str]) -> Counter[str]:
    """The number of failures by id among the results with these ids."""
    failed = Counter[str]()
    for start in range(0, len(ids), _AT_ONCE):
        here = among(connection.dialect.name, _m.id, ids[start : start + _AT_ONCE])
        rows = connection.execute(select(_m.id, _m.content).where(here))
        failed.update(row.id for row in rows if is_failure(as_text(row.content)))
    return failed


def _listed(values: Any) -> list[Any]:
    """A list, which SQLite returns as JSON."""
    return json.loads(values) if isinstance(values, str) else list(values or ())


def _read_calls(connection: Connection, where: Sequence[Any]) -> Iterator[ReadCall]:
    """Yields the calls of the messages whose "toolCalls" is not a list."""
    chosen = select(_m.id, _m.sessionId, _m.sequence, _m.toolCalls)
    chosen = chosen.where(columns.is_irregular(connection.dialect.name), *messages_of(where))
    for row in connection.execute(chosen.execution_options(yield_per=_AT_ONCE)):
        calls = columns.as_calls(row.toolCalls)
        several = as_text(row.id) if len(calls) > 1 else None
        for place, entry in enumerate(calls, start=1):
            call, tool = called(entry)
            session, at = as_text(row.sessionId), _sequence(row.sequence)
            yield ReadCall(session, at, place, _clean(call) or None, _clean(tool), several)


def _sequence(value: Any) -> Any:
    """The sequence as JSON can carry it: a damaged one is text."""
    return value if isinstance(value, int) else as_text(value)


def _clean(text: str | None) -> str | None:
    """The text without characters that no column can hold, which nested JSON may contain as escapes."""
    return None if text is None else sanitize(text)
