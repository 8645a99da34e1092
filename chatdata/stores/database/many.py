"""Reads the rows of many sessions at once, by two SELECTs with an array of ids. Each function takes a connection.

`read_sessions` returns copies like `rows.read_session`. `read_plain` returns only what shows whether two copies are
equal, with JSON columns as text, because parsing and validating every row costs more than the rest of a scan.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Connection,
    Text,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    or_,
    select,
)

from chatdata.domain.copies import StoredCopy
from chatdata.stores.database.backend import Columns
from chatdata.stores.database.columns import JsonColumn
from chatdata.stores.database.filters import among
from chatdata.stores.database.rows import extra_columns, stored_copy
from chatdata.stores.database.tables import chat_message, chat_session

_s, _m = chat_session.c, chat_message.c
_PLAIN_SESSION = (
    _s.id,
    _s.userId,
    _s.title,
    _s.createdAt,
    _s.totalPromptTokens,
    _s.totalCompletionTokens,
    cast(_s.credentials, Text).label("credentials"),
    cast(_s.successfulAgentRuns, Text).label("successfulAgentRuns"),
    cast(_s.successfulAgentSchedules, Text).label("successfulAgentSchedules"),
)
_PLAIN_LATER = ("organizationId", "teamId", "isPinned", "metadata", "chatStatus")
_PLAIN_MESSAGE = (
    _m.sessionId,
    _m.sequence,
    _m.role,
    _m.content,
    _m.name,
    _m.toolCallId,
    _m.refusal,
    cast(_m.toolCalls, Text),
    cast(_m.functionCall, Text),
)
_FUNCTION, _DAMAGED = _PLAIN_MESSAGE[-1], literal("damaged metadata")
_metadata: Any = column("metadata", JsonColumn())


@dataclass(frozen=True, slots=True)
class PlainRows:
    """The rows of a session as raw values."""

    session: Mapping[Any, Any]
    """The compared columns of the "ChatSession" row, with optional ones if they exist, and JSON as text."""
    messages: Sequence[Sequence[Any]]
    """In order of sequence: sessionId, sequence, role, content, name, toolCallId, refusal, toolCalls and functionCall
    as text; for a message whose metadata may be damaged, functionCall is a text that is no JSON."""


def read_sessions(connection: Connection, columns: Columns, ids: Sequence[str]) -> dict[str, StoredCopy]:
    """The copies of these sessions by id; sessions without a "ChatSession" row are omitted."""
    extras = extra_columns(columns, "ChatSession")
    chosen = select(chat_session, *extras).select_from(chat_session).where(_asked(connection, _s.id, ids))
    sessions, messages = connection.execute(chosen).all(), _messages(connection, columns, ids)
    return {row.id: stored_copy(columns, row._mapping, messages.get(row.id, ())) for row in sessions}


def read_plain(connection: Connection, columns: Columns, ids: Sequence[str]) -> dict[str, PlainRows]:
    """The raw rows of these sessions by id; sessions without a "ChatSession" row are omitted."""
    later = [_plain(extra) for extra in extra_columns(columns, "ChatSession") if extra.name in _PLAIN_LATER]
    chosen = select(*_PLAIN_SESSION, *later).select_from(chat_session).where(_asked(connection, _s.id, ids))
    sessions, messages = connection.execute(chosen).all(), _plain_messages(connection, columns, ids)
    return {row.id: PlainRows(row._mapping, messages.get(row.id, ())) for row in sessions}


def _is_object(dialect: str) -> Any:
    """Whether the metadata of a message is an object or null, as far as that is certain."""
    as_text = cast(_metadata, Text)
    if dialect == "postgresql":
        return or_(as_text.is_(None), as_text.like("{%"), as_text == "null")
    return or_(as_text.is_(None), and_(func.json_valid(_metadata) == 1, as_text.like("{%")), as_text == "null")


def _plain(extra: ColumnClause[Any]) -> ColumnElement[Any]:
    return cast(extra, Text).label(extra.name) if isinstance(extra.type, JsonColumn) else extra


def _messages(connection: Connection, columns: Columns, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    extras = extra_columns(columns, "ChatMessage")
    chosen = select(chat_message, *extras).select_from(chat_message).where(_asked(connection, _m.sessionId, ids))
    result = connection.execute(chosen.order_by(_m.sequence))
    names, found = tuple(result.keys()), dict[str, list[dict[str, Any]]]()
    for row in result.all():
        fields = dict(zip(names, row, strict=True))
        found.setdefault(fields["sessionId"], []).append(fields)
    return found


def _plain_messages(connection: Connection, columns: Columns, ids: Sequence[str]) -> dict[str, list[Sequence[Any]]]:
    found: dict[str, list[Sequence[Any]]] = {}
    chosen: tuple[Any, ...] = _PLAIN_MESSAGE
    if "metadata" in columns.get("ChatMessage", ()):
        chosen = (*_PLAIN_MESSAGE[:-1], case((_is_object(connection.dialect.name), _FUNCTION), else_=_DAMAGED))
    for row in connection.execute(select(*chosen).where(_asked(connection, _m.sessionId, ids))).all():
        found.setdefault(row[0], []).append(row)
    for messages in found.values():
        with suppress(TypeError):  # a sequence that is no number: then these rows are read in full
            messages.sort(key=itemgetter(1))
    return found


def _asked(connection: Connection, key: Any, ids: Sequence[str]) -> Any:
    return among(connection.dialect.name, key, ids)
