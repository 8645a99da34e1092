"""One session's rows: read as a copy, written as the reference system does. Each function takes a connection."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnClause, Connection, column, delete, func, insert, select, update

from chatdata.domain.copies import CopyMessage, StoredCopy
from chatdata.domain.messages import ChatMessage, ChatSession, ChatSessionInfo
from chatdata.stores.database.backend import Columns
from chatdata.stores.database.tables import OPTIONAL_COLUMNS, chat_message, chat_session

Row = dict[str, Any]
"""Column name → value."""

_sequence, _of_session = chat_message.c.sequence, chat_message.c.sessionId


def read_session(connection: Connection, columns: Columns, session_id: str) -> StoredCopy | None:
    """The rows of a session, with the optional columns that exist; None without a "ChatSession" row."""
    extras = extra_columns(columns, "ChatSession")
    row = connection.execute(
        select(chat_session, *extras).select_from(chat_session).where(chat_session.c.id == session_id)
    ).one_or_none()
    if row is None:
        return None
    return stored_copy(row._mapping, extras, _read_messages(connection, columns, session_id))


def read_for_saving(connection: Connection, session_id: str, *, share: bool = False) -> ChatSession | None:
    """The rows as a session, with the session row locked until the transaction ends.

    The row lock waits for a commit that a killed writer's server is still finishing, whose advisory lock is
    gone already.
    """
    row = connection.execute(
        select(chat_session).where(chat_session.c.id == session_id).with_for_update(read=share)
    ).one_or_none()
    if row is None:
        return None
    return ChatSession.from_db(row._mapping, _message_rows(connection, session_id))


def lock_session(connection: Connection, session_id: str) -> None:
    """Locks the session row, if there is one, until the transaction ends: nobody then adds a message either."""
    connection.execute(select(chat_session.c.id).where(chat_session.c.id == session_id).with_for_update())


def insert_session(connection: Connection, session: ChatSession, now: datetime) -> None:
    """A new session row; its messages are appended apart."""
    connection.execute(
        insert(chat_session).values(
            id=session.session_id,
            createdAt=session.started_at,
            updatedAt=now,
            userId=session.user_id,
            title=session.title,
            totalPromptTokens=session.prompt_tokens,
            totalCompletionTokens=session.completion_tokens,
            **_json_fields(session),
        )
    )


def update_session(connection: Connection, session: ChatSession) -> None:
    """Credentials, runs, schedules, token sums and last update of an existing row; never its title."""
    connection.execute(
        update(chat_session)
        .where(chat_session.c.id == session.session_id)
        .values(
            updatedAt=session.updated_at,
            totalPromptTokens=session.prompt_tokens,
            totalCompletionTokens=session.completion_tokens,
            **_json_fields(session),
        )
    )


def touch_session(connection: Connection, session_id: str, now: datetime) -> None:
    """The last update of an existing row and nothing else of it."""
    connection.execute(update(chat_session).where(chat_session.c.id == session_id).values(updatedAt=now))


def append_messages(connection: Connection, session_id: str, messages: Sequence[ChatMessage], now: datetime) -> None:
    """Rows at the real end: from the highest sequence on, one createdAt for the batch."""
    append_timed(connection, session_id, messages, [now] * len(messages))


def append_timed(
    connection: Connection, session_id: str, messages: Sequence[ChatMessage], times: Sequence[datetime]
) -> None:
    """Rows at the real end, each with a createdAt of its own."""
    if not messages:
        return
    last = connection.execute(select(func.max(_sequence)).where(_of_session == session_id)).scalar()
    start = 0 if last is None else last + 1
    pairs = zip(messages, times, strict=True)
    connection.execute(
        insert(chat_message),
        [message_row(session_id, start + index, message, time) for index, (message, time) in enumerate(pairs)],
    )


def insert_rows(connection: Connection, sessions: Sequence[Row], messages: Sequence[Row]) -> None:
    """Whole rows as they are, many at once; times with their zone."""
    if sessions:
        connection.execute(insert(chat_session), sessions)
    if messages:
        connection.execute(insert(chat_message), messages)


def replace_text(connection: Connection, session_id: str, sequence: int, before: str, after: str) -> bool:
    """Sets a message's content if it still is `before`; False otherwise."""
    statement = update(chat_message).where(_of_session == session_id, _sequence == sequence)
    result = connection.execute(statement.where(chat_message.c.content == before).values(content=after))
    return result.rowcount == 1


def update_title(connection: Connection, session_id: str, title: str, now: datetime) -> bool:
    """Sets the title; False where there is no such row."""
    result = connection.execute(
        update(chat_session).where(chat_session.c.id == session_id).values(title=title, updatedAt=now)
    )
    return result.rowcount > 0


def delete_session(connection: Connection, session_id: str, user_id: str | None) -> bool:
    """Deletes the session (of this user, when given) with its messages; False where there is none."""
    statement = delete(chat_session).where(chat_session.c.id == session_id)
    if user_id is not None:
        statement = statement.where(chat_session.c.userId == user_id)
    return connection.execute(statement).rowcount > 0


def _read_messages(connection: Connection, columns: Columns, session_id: str) -> tuple[CopyMessage, ...]:
    extras = extra_columns(columns, "ChatMessage")
    names = [extra.name for extra in extras]
    return tuple(copy_message(row, names) for row in _message_rows(connection, session_id, extras))


def stored_copy(
    row: Mapping[Any, Any], extras: Sequence[ColumnClause[Any]], messages: tuple[CopyMessage, ...]
) -> StoredCopy:
    """The copy of a "ChatSession" row and its messages."""
    return StoredCopy(
        info=ChatSessionInfo.from_db(row),
        messages=messages,
        extras={extra.name: row[extra.name] for extra in extras},
    )


def copy_message(row: Mapping[str, Any], extras: Sequence[str]) -> CopyMessage:
    """A "ChatMessage" row as a message of a copy, with the optional columns of these names."""
    return CopyMessage(
        position=row["sequence"],
        message=ChatMessage.from_db(row),
        created_at=row["createdAt"],
        id=row["id"],
        extras={name: row[name] for name in extras},
    )


def _message_rows(
    connection: Connection, session_id: str, extras: Sequence[ColumnClause[Any]] = ()
) -> list[dict[str, Any]]:
    """The rows by column name, in order of sequence; plain dicts, since a conversation has thousands of them."""
    chosen = select(chat_message, *extras).select_from(chat_message)
    found = connection.execute(chosen.where(_of_session == session_id).order_by(_sequence))
    names = tuple(found.keys())
    return [dict(zip(names, row, strict=True)) for row in found]


def extra_columns(columns: Columns, table: str) -> list[ColumnClause[Any]]:
    """The optional columns that this table has."""
    present = columns.get(table, frozenset())
    return [column(name, kind) for name, kind in OPTIONAL_COLUMNS[table].items() if name in present]


def _json_fields(session: ChatSession) -> dict[str, Any]:
    return {
        "credentials": session.credentials,
        "successfulAgentRuns": session.successful_agent_runs,
        "successfulAgentSchedules": session.successful_agent_schedules,
    }


def message_row(session_id: str, sequence: int, message: ChatMessage, created_at: datetime) -> dict[str, Any]:
    """A "ChatMessage" row of a message, under a new id."""
    return {
        "id": str(uuid.uuid4()),
        "createdAt": created_at,
        "sessionId": session_id,
        "role": message.role,
        "content": message.content,
        "name": message.name,
        "toolCallId": message.tool_call_id,
        "refusal": message.refusal,
        "toolCalls": message.tool_calls,
        "functionCall": message.function_call,
        "sequence": sequence,
    }
