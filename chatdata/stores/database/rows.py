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
from sqlalchemy.exc import MultipleResultsFound

from chatdata.domain.copies import CopyMessage, StoredCopy
from chatdata.domain.messages import ChatMessage, ChatSession, ChatSessionInfo, DamagedValue
from chatdata.domain.messages.damage import token_count
from chatdata.domain.messages.unknown import unknown_of
from chatdata.errors import DatabaseError
from chatdata.stores.database.backend import Columns
from chatdata.stores.database.damage import (
    MESSAGE_VALUES,
    TOTALS,
    first_damage,
    readable_extras,
    readable_messages,
    readable_session,
)
from chatdata.stores.database.statements import TextStatement
from chatdata.stores.database.tables import OPTIONAL_COLUMNS, chat_message, chat_session, have_items

Row = dict[str, Any]
"""Column name → value."""

_sequence, _of_session = chat_message.c.sequence, chat_message.c.sessionId


def read_session(connection: Connection, columns: Columns, session_id: str) -> StoredCopy | None:
    """The copy of a session, with the optional columns that exist; None without a "ChatSession" row."""
    row = _one_row(connection, _select_session(_extra_names(columns, "ChatSession")), session_id)
    if row is None:
        return None
    messages = _dicts(connection, _select_messages(_extra_names(columns, "ChatMessage")), session_id)
    return stored_copy(columns, row, messages)


def read_whole(connection: Connection, columns: Columns, session_id: str) -> ChatSession | None:
    """The session in the rows, as `StoredCopy.session` returns it; None without a row.

    Without what only a copy tells about each message, they are made at once; a damaged value needs the copy.
    """
    if not have_items(columns["ChatMessage"]):
        row = _one_row(connection, _select_session(()), session_id)
        if row is None:
            return None
        messages = _SELECT_VALUES.rows(connection, {"session_id": session_id})
        if first_damage(row, messages) is None:
            return ChatSession.from_values(row, messages)
    copy = read_session(connection, columns, session_id)
    return None if copy is None else copy.session()


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


@dataclass(frozen=True, slots=True)
class HeldSession:
    """A session in the rows whose row is locked: nobody adds messages before the transaction ends, if not shared."""

    session: ChatSession
    end: int
    """The sequence number of the next message."""


def read_for_saving(connection: Connection, session_id: str, *, share: bool = False) -> ChatSession | None:
    """The session that `hold_session` reads."""
    held = hold_session(connection, session_id, share=share)
    return None if held is None else held.session


def hold_session(connection: Connection, session_id: str, *, share: bool = False) -> HeldSession | None:
    """Reads a session and locks its row until the transaction ends; None without a row.

    Raises DatabaseError for damaged rows, which saving would overwrite.

    The row lock waits for a commit that the server is still finishing for a killed writer, whose advisory lock has
    already been released.
    """
    row = _one_row(connection, _LOCK_SHARED if share else _LOCK, session_id)
    if row is None:
        return None
    messages = _SELECT_VALUES.rows(connection, {"session_id": session_id})
    if damaged := first_damage(row, messages):
        raise DatabaseError(f"{damaged.sentence} Nothing was written: correct the row first.")
    return HeldSession(ChatSession.from_values(row, messages), messages[-1][-1] + 1 if messages else 0)


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
    _UPDATE_SESSION.run(connection, {"session_id": session.session_id, **values})


def touch_session(connection: Connection, session_id: str, now: datetime) -> None:
    """Sets only the last update of an existing row."""
    _TOUCH_SESSION.run(connection, {"session_id": session_id, "updatedAt": now})


def append_messages(
    connection: Connection, session_id: str, messages: Sequence[ChatMessage], now: datetime, end: int | None = None
) -> None:
    """Appends message rows, all with the same createdAt, from `end` on if it is known, else after the highest one."""
    append_timed(connection, session_id, messages, [now] * len(messages), end)


def append_timed(
    connection: Connection,
    session_id: str,
    messages: Sequence[ChatMessage],
    times: Sequence[datetime],
    end: int | None = None,
) -> None:
    """Appends message rows, each with its own createdAt, from `end` on if it is known, else after the highest one."""
    if not messages:
        return
    start = _end(connection, session_id) if end is None else end
    pairs = zip(messages, times, strict=True)
    made = [message_row(session_id, start + index, message, time) for index, (message, time) in enumerate(pairs)]
    if len(made) == 1:
        _INSERT_MESSAGE.run(connection, made[0])
    else:
        connection.execute(_INSERT_MESSAGES, made)


def _end(connection: Connection, session_id: str) -> int:
    last = connection.execute(_LAST_SEQUENCE, {"session_id": session_id}).scalar()
    if not (last is None or isinstance(last, int)):  # SQLite sorts text and bytes behind all numbers
        raise DatabaseError("ChatMessage.sequence is damaged in a row of this session. Nothing was written behind it.")
    return 0 if last is None else last + 1


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
        unknown=unknown_of(*(row[name] if token_count(row[name]) is not None else None for name in TOTALS)),
    )


def _read_messages(
    rows: Sequence[Mapping[str, Any]], extras: Sequence[str]
) -> tuple[tuple[CopyMessage, ...], tuple[DamagedValue, ...]]:
    if not have_items(extras):
        return readable_messages(rows, extras)
    from chatdata.stores.database.source_items import read_items  # with all readers of other formats, seldom needed

    return read_items(rows, extras)


def _one_row(connection: Connection, statement: TextStatement, session_id: str) -> Row | None:
    found = _dicts(connection, statement, session_id)
    if len(found) > 1:  # a view over another product's tables can have an id twice
        raise MultipleResultsFound
    return found[0] if found else None


def _dicts(connection: Connection, statement: TextStatement, session_id: str) -> list[Row]:
    return [
        dict(zip(statement.columns, row, strict=True)) for row in statement.rows(connection, {"session_id": session_id})
    ]


def extra_columns(columns: Columns, table: str) -> list[ColumnClause[Any]]:
    """The optional columns that exist in this table."""
    return _columns_named(table, _extra_names(columns, table))


def _extra_names(columns: Columns, table: str) -> tuple[str, ...]:
    present = columns.get(table, frozenset())
    return tuple(name for name in OPTIONAL_COLUMNS[table] if name in present)


def _columns_named(table: str, names: Iterable[str]) -> list[ColumnClause[Any]]:
    return [column(name, OPTIONAL_COLUMNS[table][name]) for name in names]


@cache
def _select_session(extras: tuple[str, ...]) -> TextStatement:
    return TextStatement(_session_by_id(extras))


def _session_by_id(extras: tuple[str, ...] = ()) -> Select[Any]:
    chosen = select(chat_session, *_columns_named("ChatSession", extras)).select_from(chat_session)
    return chosen.where(chat_session.c.id == bindparam("session_id"))


@cache
def _select_messages(extras: tuple[str, ...]) -> TextStatement:
    return TextStatement(_in_order(chat_message, *_columns_named("ChatMessage", extras)))


def _in_order(*columns: Any) -> Select[Any]:
    return select(*columns).select_from(chat_message).where(_of_session == bindparam("session_id")).order_by(_sequence)


_SELECT_VALUES = TextStatement(_in_order(*(chat_message.c[name] for name in MESSAGE_VALUES)))
_LOCK = TextStatement(_session_by_id().with_for_update())
_LOCK_SHARED = TextStatement(_session_by_id().with_for_update(read=True))
_LAST_SEQUENCE = select(func.max(_sequence)).where(_of_session == bindparam("session_id"))
_INSERT_SESSIONS, _INSERT_MESSAGES = insert(chat_session), insert(chat_message)
_INSERT_MESSAGE = TextStatement(_INSERT_MESSAGES)
_THE_SESSION = update(chat_session).where(chat_session.c.id == bindparam("session_id"))
_TOUCH_SESSION = TextStatement(_THE_SESSION, ["updatedAt"])
_UPDATE_SESSION = TextStatement(
    _THE_SESSION,
    [
        "updatedAt",
        "totalPromptTokens",
        "totalCompletionTokens",
        "credentials",
        "successfulAgentRuns",
        "successfulAgentSchedules",
    ],
)


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
