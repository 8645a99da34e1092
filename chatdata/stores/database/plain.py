"""Reads what shows whether two copies are equal, of many sessions at once, as raw values with JSON as text.

Parsing and validating every row costs more than the rest of a scan, and so does an object per message: PostgreSQL
therefore returns the messages of a session as one row with an array for each column.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnClause,
    ColumnElement,
    Connection,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    column,
    event,
    func,
    literal,
    or_,
    select,
)

from chatdata.domain.text import is_queryable
from chatdata.stores.database.backend import Columns
from chatdata.stores.database.columns import JsonColumn
from chatdata.stores.database.readable_times import is_readable
from chatdata.stores.database.statements import TextStatement
from chatdata.stores.database.tables import OPTIONAL_COLUMNS, chat_message, chat_session

_s, _m = chat_session.c, chat_message.c
_SESSION = (
    _s.id,
    _s.userId,
    _s.title,
    _s.createdAt,
    _s.updatedAt,
    _s.totalPromptTokens,
    _s.totalCompletionTokens,
    cast(_s.credentials, Text).label("credentials"),
    cast(_s.successfulAgentRuns, Text).label("successfulAgentRuns"),
    cast(_s.successfulAgentSchedules, Text).label("successfulAgentSchedules"),
)
_LATER = ("organizationId", "teamId", "isPinned", "metadata", "chatStatus")
_MESSAGE: tuple[ColumnElement[Any], ...] = (
    _m.sequence,
    _m.role,
    _m.content,
    _m.name,
    _m.toolCallId,
    _m.refusal,
    cast(_m.toolCalls, Text),
    cast(_m.functionCall, Text),
)
_FUNCTION, _DAMAGED = _MESSAGE[-1], literal("damaged")
_metadata: Any = column("metadata", JsonColumn())
_Messages = Sequence[Sequence[Any]]
_NO_MESSAGES: _Messages = tuple([] for _ in _MESSAGE)


@dataclass(frozen=True, slots=True)
class PlainRows:
    """The rows of a session as raw values."""

    session: Mapping[str, Any]
    """The compared columns of the "ChatSession" row, with optional ones if they exist, and JSON as text."""
    messages: _Messages
    """The values of each column as a list in order of sequence: sequence, role, content, name, toolCallId, refusal,
    toolCalls and functionCall as text; for a message whose time or metadata may be damaged, functionCall is a text that
    is no JSON. Something else than a list has values of a type that the driver does not know."""


def read_plain(connection: Connection, columns: Columns, ids: Sequence[str]) -> dict[str, PlainRows]:
    """The raw rows of these sessions by id; sessions without a "ChatSession" row are omitted."""
    dialect, asked = connection.dialect.name, {"ids": _parameter(connection.dialect.name, ids)}
    statement = _select_sessions(dialect, tuple(name for name in _LATER if name in columns.get("ChatSession", ())))
    sessions = statement.rows(connection, asked)
    messages = dict(_messages(connection, asked, metadata="metadata" in columns.get("ChatMessage", ())))
    found = (dict(zip(statement.columns, row, strict=True)) for row in sessions)
    return {row["id"]: PlainRows(row, messages.get(row["id"], _NO_MESSAGES)) for row in found}


def _messages(connection: Connection, asked: Mapping[str, Any], *, metadata: bool) -> Iterable[tuple[str, _Messages]]:
    dialect = connection.dialect.name
    statement = _select_messages(dialect, metadata)
    if dialect == "postgresql":
        event.listen(connection, "before_cursor_execute", _in_binary)
        return [(row[0], _in_order(row[1:])) for row in statement.run(connection, asked).all()]
    found: dict[str, list[Sequence[Any]]] = {}
    for row in statement.run(connection, asked).all():
        found.setdefault(row[0], []).append(row[1:])
    return [(session_id, _in_order(list(map(list, zip(*rows, strict=True))))) for session_id, rows in found.items()]


def _in_binary(_connection: Connection, cursor: Any, *_others: object) -> None:
    """Has the driver ask for results in binary form, in which neither side has to look at each byte of an array."""
    from psycopg.pq import Format

    cursor.format = Format.BINARY


def _in_order(lists: _Messages) -> _Messages:
    sequences = lists[0]
    try:
        order = sorted(range(len(sequences)), key=sequences.__getitem__)
    except TypeError:  # a sequence that is no number: then these rows are read in full
        return lists
    return lists if order == list(range(len(order))) else [[values[at] for at in order] for values in lists]


@cache
def _select_sessions(dialect: str, later: tuple[str, ...]) -> TextStatement:
    extras = (_plain(column(name, OPTIONAL_COLUMNS["ChatSession"][name])) for name in later)
    return TextStatement(select(*_SESSION, *extras).select_from(chat_session).where(_is_asked(dialect, _s.id)))


@cache
def _select_messages(dialect: str, metadata: bool) -> TextStatement:
    sound = [or_(_m.createdAt.is_(None), is_readable(dialect, _m.createdAt))]
    if metadata:
        sound.append(_is_object(dialect))
    chosen = (*_MESSAGE[:-1], case((and_(*sound), _FUNCTION), else_=_DAMAGED))
    asked = _is_asked(dialect, _m.sessionId)
    if dialect == "postgresql":
        return TextStatement(select(_m.sessionId, *map(func.array_agg, chosen)).where(asked).group_by(_m.sessionId))
    return TextStatement(select(_m.sessionId, *chosen).where(asked))


def _is_asked(dialect: str, key: ColumnElement[Any]) -> ColumnElement[bool]:
    if dialect == "postgresql":
        return key == any_(bindparam("ids", type_=ARRAY(Text)))
    return key.in_(select(func.json_each(bindparam("ids")).table_valued("value").c.value))


def _parameter(dialect: str, ids: Sequence[str]) -> object:
    """The ids as one parameter: PostgreSQL accepts 65,535, SQLite fewer."""
    possible = sorted(filter(is_queryable, ids))
    return possible if dialect == "postgresql" else json.dumps(possible)


def _is_object(dialect: str) -> ColumnElement[bool]:
    """Whether the metadata of a message is an object or null, as far as that is certain."""
    as_text = cast(_metadata, Text)
    if dialect == "postgresql":
        return or_(as_text.is_(None), as_text.like("{%"), as_text == "null")
    return or_(as_text.is_(None), and_(func.json_valid(_metadata) == 1, as_text.like("{%")), as_text == "null")


def _plain(extra: ColumnClause[Any]) -> ColumnElement[Any]:
    return cast(extra, Text).label(extra.name) if isinstance(extra.type, JsonColumn) else extra
