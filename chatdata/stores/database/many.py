"""The rows of many sessions at once: two SELECTs with an array of ids, however many. Each function takes a connection.

`read_sessions` gives copies as `rows.read_session` does; `read_plain` only what tells whether two copies are equal,
with JSON columns as text: parsing and checking every row costs more than all the rest of a scan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnClause, ColumnElement, Connection, Text, cast, select

from chatdata.domain.copies import CopyMessage, StoredCopy
from chatdata.stores.database.backend import Columns
from chatdata.stores.database.columns import JsonColumn
from chatdata.stores.database.filters import among
from chatdata.stores.database.rows import copy_message, extra_columns, stored_copy
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


@dataclass(frozen=True, slots=True)
class PlainRows:
    """The rows of a session, hardly touched."""

    session: Mapping[Any, Any]
    """What is compared of the "ChatSession" row by column; optional columns where they exist, JSON as text."""
    messages: Sequence[Sequence[Any]]
    """In order of sequence: sessionId, sequence, role, content, name, toolCallId, refusal, toolCalls and functionCall
    as text."""


def read_sessions(connection: Connection, columns: Columns, ids: Sequence[str]) -> dict[str, StoredCopy]:
    """The rows of these sessions; those without a "ChatSession" row are left out."""
    extras = extra_columns(columns, "ChatSession")
    chosen = select(chat_session, *extras).select_from(chat_session).where(_asked(connection, _s.id, ids))
    sessions, messages = connection.execute(chosen).all(), _messages(connection, columns, ids)
    return {row.id: stored_copy(row._mapping, extras, tuple(messages.get(row.id, ()))) for row in sessions}


def read_plain(connection: Connection, columns: Columns, ids: Sequence[str]) -> dict[str, PlainRows]:
    """The rows of these sessions; those without a "ChatSession" row are left out."""
    later = [_plain(extra) for extra in extra_columns(columns, "ChatSession") if extra.name in _PLAIN_LATER]
    chosen = select(*_PLAIN_SESSION, *later).select_from(chat_session).where(_asked(connection, _s.id, ids))
    sessions, messages = connection.execute(chosen).all(), _plain_messages(connection, ids)
    return {row.id: PlainRows(row._mapping, messages.get(row.id, ())) for row in sessions}


def _plain(extra: ColumnClause[Any]) -> ColumnElement[Any]:
    return cast(extra, Text).label(extra.name) if isinstance(extra.type, JsonColumn) else extra


def _messages(connection: Connection, columns: Columns, ids: Sequence[str]) -> dict[str, list[CopyMessage]]:
    extras = extra_columns(columns, "ChatMessage")
    extra_names = [extra.name for extra in extras]
    chosen = select(chat_message, *extras).select_from(chat_message).where(_asked(connection, _m.sessionId, ids))
    result = connection.execute(chosen.order_by(_m.sequence))
    names, found = tuple(result.keys()), dict[str, list[CopyMessage]]()
    for row in result.all():
        fields = dict(zip(names, row, strict=True))
        found.setdefault(fields["sessionId"], []).append(copy_message(fields, extra_names))
    return found


def _plain_messages(connection: Connection, ids: Sequence[str]) -> dict[str, list[Sequence[Any]]]:
    found: dict[str, list[Sequence[Any]]] = {}
    for row in connection.execute(select(*_PLAIN_MESSAGE).where(_asked(connection, _m.sessionId, ids))).all():
        found.setdefault(row[0], []).append(row)
    for messages in found.values():
        messages.sort(key=itemgetter(1))
    return found


def _asked(connection: Connection, column: Any, ids: Sequence[str]) -> Any:
    return among(connection.dialect.name, column, ids)
