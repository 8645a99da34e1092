"""Reads and writes one session's rows like the reference system. Each function takes a connection."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnClause,
    ColumnElement,
    Connection,
    MetaData,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    column,
    delete,
    func,
    insert,
    select,
    update,
)

from chatdata.domain.copies import CopyMessage, StoredCopy
from chatdata.domain.messages import ChatMessage, ChatSession, ChatSessionInfo, DamagedValue
from chatdata.domain.messages.unknown import unknown_of
from chatdata.errors import DatabaseError
from chatdata.stores.database.backend import Columns
from chatdata.stores.database.damage import first_damage, readable_extras, readable_messages, readable_session
from chatdata.stores.database.tables import OPTIONAL_COLUMNS, chat_message, chat_session, have_items

Row = dict[str, Any]
"""Column name → value."""

_sequence, _of_session = chat_message.c.sequence, chat_message.c.sessionId


def read_session(connection: Connection, columns: Columns, session_id: str) -> StoredCopy | None:
    """The copy of a session, with the optional columns that exist; None without a "ChatSession" row."""
    statement = _select_session(_extra_names(columns, "ChatSession"))
    row = connection.execute(statement, {"session_id": session_id}).one_or_none()
    if row is None:
        return None
    messages = _message_rows(connection, session_id, _extra_names(columns, "ChatMessage"))
    return stored_copy(columns, row._mapping, messages)


def read_version(connection: Connection, session_id: str, *, status: bool) -> tuple[Any, ...] | None:
    """Values that change when a session is saved, read through the index on sequences; None without a row.

    They are when the row was updated, its status if there is such a column, how many messages there are, the last
    one's number, and the length of its text, which a save in mid-stream lets grow.
    """
    statement = _version_statement(status)
    row = connection.execute(statement, {"session_id": session_id}).one_or_none()
    return None if row is None else tuple(row)


@cache
def _version_statement(status: bool) -> Select[Any]:
    own = chat_message.c.sessionId == chat_session.c.id
    last = (
        select(func.length(func.coalesce(chat_message.c.content, "")))
        .where(own)
        .order_by(_sequence.desc())
        .limit(1)
        .correlate(chat_session)
        .scalar_subquery()
    )
    counted = select(func.count()).where(own).correlate(chat_session).scalar_subquery()
    highest = select(func.max(_sequence)).where(own).correlate(chat_session).scalar_subquery()
    extra = [cast(column("chatStatus"), Text)] if status else []
    columns: list[ColumnElement[Any]] = [cast(chat_session.c.updatedAt, Text), *extra, counted, highest, last]
    return select(*columns).where(chat_session.c.id == bindparam("session_id"))


def read_for_saving(connection: Connection, session_id: str, *, share: bool = False) -> ChatSession | None:
    """The session in the rows, with its row locked until the transaction ends; None without a row.

    Raises DatabaseError for damaged rows, which saving would overwrite.

    The row lock waits for a commit that the server is still finishing for a killed writer, whose advisory lock has
    already been released.
    """
    statement = _LOCK_SHARED if share else _LOCK
    row = connection.execute(statement, {"session_id": session_id}).one_or_none()
    if row is None:
        return None
    messages = _message_rows(connection, session_id)
    if damaged := first_damage(row._mapping, messages):
        raise DatabaseError(f"{damaged.sentence} Nothing was written: correct the row first.")
    return ChatSession.from_db(row._mapping, messages)


def lock_session(connection: Connection, session_id: str) -> None:
    """Locks the session row, if any, until the transaction ends, which also prevents others from adding messages."""
    connection.execute(select(chat_session.c.id).where(chat_session.c.id == session_id).with_for_update())


def insert_session(connection: Connection, session: ChatSession, now: datetime) -> None:
    """Inserts a session row; its messages have to be appended separately."""
    row = {
        "id": session.session_id,
        "createdAt": session.started_at,
        "updatedAt": now,
        "userId": session.user_id,
        "title": session.title,
        "totalPromptTokens": session.prompt_tokens,
        "totalCompletionTokens": session.completion_tokens,
        **_json_fields(session),
    }
    connection.execute(_INSERT_SESSIONS, row)


def update_session(connection: Connection, session: ChatSession) -> None:
    """Updates credentials, runs, schedules, token sums and last update of an existing row, but never its title."""
    values = {
        "updatedAt": session.updated_at,
        "totalPromptTokens": session.prompt_tokens,
        "totalCompletionTokens": session.completion_tokens,
        **_json_fields(session),
    }
    connection.execute(_UPDATE_SESSION, {"session_id": session.session_id, **values})


def touch_session(connection: Connection, session_id: str, now: datetime) -> None:
    """Sets only the last update of an existing row."""
    connection.execute(_UPDATE_SESSION, {"session_id": session_id, "updatedAt": now})


def append_messages(connection: Connection, session_id: str, messages: Sequence[ChatMessage], now: datetime) -> None:
    """Appends message rows after the highest sequence, all with the same createdAt."""
    append_timed(connection, session_id, messages, [now] * len(messages))


def append_timed(
    connection: Connection, session_id: str, messages: Sequence[ChatMessage], times: Sequence[datetime]
) -> None:
    """Appends message rows after the highest sequence, each with its own createdAt."""
    if not messages:
        return
    last = connection.execute(_LAST_SEQUENCE, {"session_id": session_id}).scalar()
    if not (last is None or isinstance(last, int)):  # SQLite sorts text and bytes behind all numbers
        raise DatabaseError("ChatMessage.sequence is damaged in a row of this session. Nothing was written behind it.")
    start = 0 if last is None else last + 1
    pairs = zip(messages, times, strict=True)
    made = [message_row(session_id, start + index, message, time) for index, (message, time) in enumerate(pairs)]
    connection.execute(_INSERT_MESSAGES, made if len(made) > 1 else made[0])


def insert_rows(connection: Connection, sessions: Sequence[Row], messages: Sequence[Row]) -> None:
    """Inserts whole rows unchanged, many at once; times must have a zone."""
    if sessions:
        connection.execute(_INSERT_SESSIONS, sessions)
    if messages:
        connection.execute(_INSERT_MESSAGES, messages)


def set_statuses(connection: Connection, statuses: Mapping[str, str]) -> None:
    """Sets the chatStatus of sessions by id, in a table that has this column."""
    statement = update(_with_status).where(_with_status.c.id == bindparam("session_id"))
    values = [{"session_id": session_id, "status": status} for session_id, status in statuses.items()]
    if values:
        connection.execute(statement.values(chatStatus=bindparam("status")), values)


@dataclass(frozen=True, slots=True)
class UnfinishedTurn:
    """A session whose turn has not ended, as its row says."""

    session_id: str
    chat_status: str
    updated_at: datetime | None


def unfinished_turns(connection: Connection, limit: int) -> tuple[UnfinishedTurn, ...]:
    """The sessions whose chatStatus is running or queued."""
    status = cast(column("chatStatus", Text), Text)
    statement = (
        select(chat_session.c.id, status, chat_session.c.updatedAt)
        .where(status.in_(("running", "queued")))
        .limit(limit)
    )
    return tuple(UnfinishedTurn(*row) for row in connection.execute(statement))


_with_status = Table("ChatSession", MetaData(), Column("id", Text), Column("chatStatus", Text))
"""The session table of later versions, as far as a status requires it."""


def replace_text(connection: Connection, session_id: str, sequence: int, before: str, after: str) -> bool:
    """Sets a message's content if it is still `before`, else returns False."""
    statement = update(chat_message).where(_of_session == session_id, _sequence == sequence)
    result = connection.execute(statement.where(chat_message.c.content == before).values(content=after))
    return result.rowcount == 1


def update_title(connection: Connection, session_id: str, title: str, now: datetime) -> bool:
    """Sets the title; returns False without such a row."""
    result = connection.execute(
        update(chat_session).where(chat_session.c.id == session_id).values(title=title, updatedAt=now)
    )
    return result.rowcount > 0


def delete_session(connection: Connection, session_id: str, user_id: str | None) -> bool:
    """Deletes the session (only this user's, if given) with its messages; returns False if there is none."""
    statement = delete(chat_session).where(chat_session.c.id == session_id)
    if user_id is not None:
        statement = statement.where(chat_session.c.userId == user_id)
    return connection.execute(statement).rowcount > 0


def stored_copy(columns: Columns, row: Mapping[Any, Any], messages: Sequence[Mapping[str, Any]]) -> StoredCopy:
    """The copy of a "ChatSession" row and its "ChatMessage" rows in order of sequence."""
    readable, damaged = readable_session(row)
    names = _extra_names(columns, "ChatMessage")
    read, more = _read_messages(messages, names)
    return StoredCopy(
        info=ChatSessionInfo.from_db(readable),
        messages=read,
        extras=readable_extras(row, _extra_names(columns, "ChatSession")),
        damaged=(*damaged, *more),
        unknown=unknown_of(row["totalPromptTokens"], row["totalCompletionTokens"]),
    )


def _read_messages(
    rows: Sequence[Mapping[str, Any]], extras: Sequence[str]
) -> tuple[tuple[CopyMessage, ...], tuple[DamagedValue, ...]]:
    if not have_items(extras):
        return readable_messages(rows, extras)
    from chatdata.stores.database.source_items import read_items  # with all readers of other formats, seldom needed

    return read_items(rows, extras)


def _message_rows(connection: Connection, session_id: str, extras: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The message rows by column name in order of sequence, as plain dicts because there may be thousands."""
    found = connection.execute(_select_messages(extras), {"session_id": session_id})
    names = tuple(found.keys())
    return [dict(zip(names, row, strict=True)) for row in found.all()]


def extra_columns(columns: Columns, table: str) -> list[ColumnClause[Any]]:
    """The optional columns that exist in this table."""
    return _columns_named(table, _extra_names(columns, table))


def _extra_names(columns: Columns, table: str) -> tuple[str, ...]:
    present = columns.get(table, frozenset())
    return tuple(name for name in OPTIONAL_COLUMNS[table] if name in present)


def _columns_named(table: str, names: Iterable[str]) -> list[ColumnClause[Any]]:
    return [column(name, OPTIONAL_COLUMNS[table][name]) for name in names]


# Building a statement takes as long as running it, so those of single sessions are kept.
@cache
def _select_session(extras: tuple[str, ...]) -> Select[Any]:
    chosen = select(chat_session, *_columns_named("ChatSession", extras)).select_from(chat_session)
    return chosen.where(chat_session.c.id == bindparam("session_id"))


@cache
def _select_messages(extras: tuple[str, ...]) -> Select[Any]:
    chosen = select(chat_message, *_columns_named("ChatMessage", extras)).select_from(chat_message)
    return chosen.where(_of_session == bindparam("session_id")).order_by(_sequence)


_INSERT_SESSIONS, _INSERT_MESSAGES = insert(chat_session), insert(chat_message)
_UPDATE_SESSION = update(chat_session).where(chat_session.c.id == bindparam("session_id"))
_LAST_SEQUENCE = select(func.max(_sequence)).where(_of_session == bindparam("session_id"))
_LOCK = _select_session(()).with_for_update()
_LOCK_SHARED = _select_session(()).with_for_update(read=True)


def _json_fields(session: ChatSession) -> dict[str, Any]:
    return {
        "credentials": session.credentials,
        "successfulAgentRuns": session.successful_agent_runs,
        "successfulAgentSchedules": session.successful_agent_schedules,
    }


def message_row(session_id: str, sequence: int, message: ChatMessage, created_at: datetime) -> dict[str, Any]:
    """The "ChatMessage" row of a message, with a new id."""
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
