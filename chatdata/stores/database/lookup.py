"""Finding a session by what somebody has in hand. Each function takes a connection."""

from collections.abc import Sequence

from sqlalchemy import Connection, Text, cast, or_, select

from chatdata.stores.database.tables import chat_message, chat_session

_s, _m = chat_session.c, chat_message.c


def existing(connection: Connection, ids: Sequence[str]) -> list[str]:
    """Those of the ids that are sessions, in the order given."""
    if not ids:
        return []
    found = set(connection.execute(select(_s.id).where(_s.id.in_(ids))).scalars())
    return [item for item in ids if item in found]


def ids_after(connection: Connection, after: str | None, limit: int) -> list[str]:
    """Session ids in the order of the primary key, after one of them."""
    statement = select(_s.id).order_by(_s.id).limit(limit)
    return list(connection.execute(statement if after is None else statement.where(_s.id > after)).scalars())


def find_tool_call(connection: Connection, call_ids: Sequence[str]) -> tuple[str, int] | None:
    """Session and position of a message that makes or answers one of these calls, the newest first."""
    if not call_ids:
        return None
    made = (cast(_m.toolCalls, Text).contains(f'"{call_id}"', autoescape=True) for call_id in call_ids)
    row = connection.execute(
        select(_m.sessionId, _m.sequence)
        .where(or_(_m.toolCallId.in_(call_ids), *made))
        .order_by(_m.createdAt.desc(), _m.sequence)
        .limit(1)
    ).one_or_none()
    return None if row is None else (row.sessionId, row.sequence)
