"""Finds sessions by their ids or tool call ids. Each function takes a connection."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Text, cast, func, or_, select

from chatdata.domain.messages import in_utc, is_stand_in
from chatdata.stores.database.readable_times import is_readable
from chatdata.stores.database.tables import chat_message, chat_session

_s, _m = chat_session.c, chat_message.c


def existing(connection: Connection, ids: Sequence[str]) -> list[str]:
    """The ids that belong to sessions, in the given order."""
    if not ids:
        return []
    found = set(connection.execute(select(_s.id).where(_s.id.in_(ids))).scalars())
    return [item for item in ids if item in found]


def newest_messages(connection: Connection, ids: Sequence[str]) -> dict[str, datetime]:
    """The time of the newest message of each of these sessions, without sessions whose messages have no known time."""
    newest = func.max(_m.createdAt).filter(is_readable(connection.dialect.name, _m.createdAt))
    statement = select(_m.sessionId, newest).where(_m.sessionId.in_(ids)).group_by(_m.sessionId)
    found = ((session_id, moment) for session_id, moment in connection.execute(statement))
    return {session_id: in_utc(moment) for session_id, moment in found if not is_stand_in(moment)}


def ids_after(connection: Connection, after: str | None, limit: int) -> list[str]:
    """At most `limit` session ids in the order of the primary key, starting after `after`."""
    statement = select(_s.id).order_by(_s.id).limit(limit)
    return list(connection.execute(statement if after is None else statement.where(_s.id > after)).scalars())


def find_tool_call(connection: Connection, call_ids: Sequence[str], *, counted: bool = False) -> tuple[str, int] | None:
    """Session id and position of the newest message that makes or answers one of these calls; None without one.

    `counted` says that positions are counted in the order of "sequence", as they are in source_items.
    """
    if not call_ids:
        return None
    made = (cast(_m.toolCalls, Text).contains(f'"{call_id}"', autoescape=True) for call_id in call_ids)
    row = connection.execute(
        select(_m.sessionId, _m.sequence)
        .where(or_(_m.toolCallId.in_(call_ids), *made))
        .order_by(_m.createdAt.desc(), _m.sequence)
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    before = select(func.count()).where(_m.sessionId == row.sessionId, _m.sequence < row.sequence)
    return row.sessionId, connection.execute(before).scalar_one() if counted else row.sequence
