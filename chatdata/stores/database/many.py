"""Reads the copies of many sessions at once, by two SELECTs with an array of ids."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from chatdata.domain.copies import StoredCopy
from chatdata.stores.database.backend import Columns
from chatdata.stores.database.filters import among
from chatdata.stores.database.rows import extra_columns, stored_copy
from chatdata.stores.database.tables import chat_message, chat_session

_s, _m = chat_session.c, chat_message.c


def read_sessions(connection: Connection, columns: Columns, ids: Sequence[str]) -> dict[str, StoredCopy]:
    """The copies of these sessions by id; sessions without a "ChatSession" row are omitted."""
    extras = extra_columns(columns, "ChatSession")
    chosen = select(chat_session, *extras).select_from(chat_session).where(_asked(connection, _s.id, ids))
    sessions, messages = connection.execute(chosen).all(), _messages(connection, columns, ids)
    return {row.id: stored_copy(columns, row._mapping, messages.get(row.id, ())) for row in sessions}


def _messages(connection: Connection, columns: Columns, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    extras = extra_columns(columns, "ChatMessage")
    chosen = select(chat_message, *extras).select_from(chat_message).where(_asked(connection, _m.sessionId, ids))
    result = connection.execute(chosen.order_by(_m.sequence))
    names, found = tuple(result.keys()), dict[str, list[dict[str, Any]]]()
    for row in result.all():
        fields = dict(zip(names, row, strict=True))
        found.setdefault(fields["sessionId"], []).append(fields)
    return found


def _asked(connection: Connection, key: Any, ids: Sequence[str]) -> Any:
    return among(connection.dialect.name, key, ids)
