"""The condition that a session's assistant called a tool, over calls as rows have them."""

from typing import Any

from sqlalchemy import Text, and_, case, cast, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from chatdata.stores.database.tables import chat_message, chat_session

_s, _m = chat_session.c, chat_message.c


def calls_tool(dialect: str, name: str, session: Any = _s) -> Any:
    """The condition that one of the session's messages calls the tool of exactly this name.

    Calls that are no list of objects are not read.
    """
    called = _in_postgresql(name) if dialect == "postgresql" else _in_sqlite(name)
    return exists(1).where(_m.sessionId == session.id, called).correlate(session.id.table)


def _in_postgresql(name: str) -> Any:
    return or_(
        _m.toolCalls.op("@>")(cast(literal([{"function": {"name": name}}], JSONB), JSONB)),
        _m.functionCall.op("@>")(cast(literal({"name": name}, JSONB), JSONB)),
    )


def _in_sqlite(name: str) -> Any:
    calls, old_call = cast(_m.toolCalls, Text), cast(_m.functionCall, Text)
    entry = func.json_each(_valid(calls, "array", "[]")).table_valued("value", "type", name="call")
    # CASE keeps SQLite from reading a path of an entry that is no object, which it would refuse.
    called = case((entry.c.type == "object", func.json_extract(entry.c.value, "$.function.name")))
    in_list = select(literal(1)).select_from(entry).where(called == name).correlate(chat_message).exists()
    return or_(in_list, func.json_extract(_valid(old_call, "object", "{}"), "$.name") == name)


def _valid(text: Any, kind: str, otherwise: str) -> Any:
    return case((and_(func.json_valid(text) == 1, _kind(text) == kind), text), else_=otherwise)


def _kind(text: Any) -> Any:
    return case((func.json_valid(text) == 1, func.json_type(text)))
