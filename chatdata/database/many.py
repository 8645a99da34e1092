"""The rows of many sessions at once: two SELECTs with an array of ids, however many. Each function takes a connection.

`read_sessions` gives copies as `rows.read_session` does; `read_plain` only what tells whether two copies are equal,
with JSON columns as text: parsing and checking every row costs more than all the rest of a scan.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Connection, Row, Text, any_, bindparam, cast, func, select

from chatdata.copies import CopyMessage, StoredCopy
from chatdata.database.backend import Columns
from chatdata.database.rows import copy_message, extra_columns, stored_copy
from chatdata.database.tables import chat_message, chat_session

_m = chat_message.c
_PLAIN = (
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


@dataclass(frozen=True, slots=True)
class PlainRows:
    """The rows of a session, hardly touched."""

    session: Mapping[Any, Any]
    """The "ChatSession" row by column, with the optional columns that exist."""
    messages: Sequence[Sequence[Any]]
    """In order of sequence: sessionId, sequence, role, content, name, toolCallId, refusal, toolCalls and functionCall
    as text."""


def read_sessions(connection: Connection, columns: Columns, ids: Sequence[str]) -> dict[str, StoredCopy]:
    """The rows of these sessions; those without a "ChatSession" row are left out."""
    extras = extra_columns(columns, "ChatSession")
    sessions, messages = _session_rows(connection, columns, ids), _messages(connection, columns, ids)
    return {row.id: stored_copy(row._mapping, extras, tuple(messages.get(row.id, ()))) for row in sessions}


def read_plain(connection: Connection, columns: Columns, ids: Sequence[str]) -> dict[str, PlainRows]:
    """The rows of these sessions; those without a "ChatSession" row are left out."""
    sessions, messages = _session_rows(connection, columns, ids), _plain_messages(connection, ids)
    return {row.id: PlainRows(row._mapping, messages.get(row.id, ())) for row in sessions}


def _session_rows(connection: Connection, columns: Columns, ids: Sequence[str]) -> Sequence[Row[Any]]:
    chosen = select(chat_session, *extra_columns(columns, "ChatSession")).select_from(chat_session)
    return connection.execute(chosen.where(_among(connection, chat_session.c.id, ids))).all()


def _messages(connection: Connection, columns: Columns, ids: Sequence[str]) -> dict[str, list[CopyMessage]]:
    extras = extra_columns(columns, "ChatMessage")
    extra_names = [extra.name for extra in extras]
    chosen = select(chat_message, *extras).select_from(chat_message).where(_among(connection, _m.sessionId, ids))
    result = connection.execute(chosen.order_by(_m.sequence))
    names, found = tuple(result.keys()), dict[str, list[CopyMessage]]()
    for row in result.all():
        fields = dict(zip(names, row, strict=True))
        found.setdefault(fields["sessionId"], []).append(copy_message(fields, extra_names))
    return found


def _plain_messages(connection: Connection, ids: Sequence[str]) -> dict[str, list[Sequence[Any]]]:
    found: dict[str, list[Sequence[Any]]] = {}
    for row in connection.execute(select(*_PLAIN).where(_among(connection, _m.sessionId, ids))).all():
        found.setdefault(row[0], []).append(row)
    for messages in found.values():
        messages.sort(key=itemgetter(1))
    return found


def _among(connection: Connection, column: ColumnElement[Any], ids: Sequence[str]) -> ColumnElement[bool]:
    """One parameter however many ids: PostgreSQL takes 65,535 parameters, SQLite fewer."""
    if connection.dialect.name == "postgresql":
        return column == any_(bindparam(None, list(ids), type_=ARRAY(Text)))
    each = func.json_each(json.dumps(list(ids))).table_valued("value")
    return column.in_(select(each.c.value))
