"""SQL expressions that return the same in both dialects for a row's start, tokens and tool calls.

SQLite columns may hold values of any type. Times are therefore read by the Python function that reads rows
(columns.read_moment), and tokens that are not numbers count as 0, as in ChatSessionInfo.from_db, in a session that
counts as damaged.
"""

import sqlite3
from datetime import datetime
from typing import Any

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    Integer,
    LargeBinary,
    Text,
    and_,
    case,
    cast,
    extract,
    func,
    literal,
    not_,
    or_,
)

from chatdata.domain.messages import is_stand_in
from chatdata.domain.messages.damage import MOST_TOKENS
from chatdata.domain.messages.message import parsed_json
from chatdata.stores.database.columns import read_moment
from chatdata.stores.database.tables import chat_message, chat_session

_s, _m = chat_session.c, chat_message.c
QUARTER_MILLISECONDS = 900_000
_MOST_TOKENS = 10**15
"""The maximum of plausible tokens per session; sums of larger, damaged values could overflow in a database."""
_COUNTS = (_s.totalPromptTokens, _s.totalCompletionTokens)


def prompt_tokens(dialect: str) -> Any:
    """The row's prompt tokens; 0 for a value that is not a count."""
    return _count(dialect, _s.totalPromptTokens)


def completion_tokens(dialect: str) -> Any:
    """The row's completion tokens; 0 for a value that is not a count."""
    return _count(dialect, _s.totalCompletionTokens)


def is_damaged(dialect: str) -> Any:
    """1 where a count of the row's tokens is damaged, else 0; NULL says that nothing was recorded."""
    if dialect == "postgresql":
        return literal(0)
    damaged = or_(*(and_(each.is_not(None), not_(is_count(each))) for each in _COUNTS))
    return case((damaged, 1), else_=0)


def total_tokens(dialect: str) -> Any:
    """The sum of the row's prompt and completion tokens."""
    return cast(prompt_tokens(dialect), BigInteger) + completion_tokens(dialect)


def user(dialect: str) -> Any:
    """The row's user; bytes, which SQLite may hold there, as text."""
    return _s.userId if dialect == "postgresql" else cast(_s.userId, Text)


def quarter(dialect: str) -> Any:
    """The whole number of quarter hours from 1970 to the session's start, which must be readable."""
    if dialect == "postgresql":
        return cast(func.floor(func.date_part("epoch", _s.createdAt) / 900), Integer)
    return func.quarter_of(_readable(_s.createdAt))


def is_dated(dialect: str) -> Any:
    """Whether the start can be read: not 'infinity', no year beyond Python's range, and in SQLite no other text."""
    if dialect != "postgresql":
        return func.quarter_of(_readable(_s.createdAt)).is_not(None)
    first, last = literal(datetime(2, 1, 1), _s.createdAt.type), literal(datetime(9999, 1, 1), _s.createdAt.type)
    readable = and_(_s.createdAt >= first, _s.createdAt < last, _s.createdAt != datetime(1970, 1, 1))
    return and_(_s.createdAt.is_not(None), readable)


def started_microseconds(dialect: str) -> Any:
    """The session's start in microseconds since 1970, by which `started_between` compares; NULL if it can't be read."""
    if dialect == "postgresql":
        epoch = extract("epoch", cast(_s.createdAt, TIMESTAMP))
        return case((is_dated(dialect), cast(epoch * 1_000_000, BigInteger)))
    return func.milliseconds_of(_readable(_s.createdAt)) * 1_000


def started_between(dialect: str, since: datetime | None, until: datetime | None) -> list[Any]:
    """The conditions for a start within the inclusive bounds; an empty list without bounds."""
    if since is None and until is None:
        return []
    at: Any = _s.createdAt if dialect == "postgresql" else func.milliseconds_of(_readable(_s.createdAt))
    bounds = [bound if dialect == "postgresql" or bound is None else _milliseconds(bound) for bound in (since, until)]
    found = [is_dated(dialect)]
    if bounds[0] is not None:
        found.append(at >= bounds[0])
    if bounds[1] is not None:
        found.append(at <= bounds[1])
    return found


def calls(dialect: str) -> Any:
    """The number of entries in a message's "toolCalls"; NULL if that is not a list."""
    if dialect == "postgresql":
        return case((func.jsonb_typeof(_m.toolCalls) == "array", func.jsonb_array_length(_m.toolCalls)))
    return case((_sqlite_kind() == "array", func.json_array_length(_m.toolCalls)))


def is_irregular(dialect: str) -> Any:
    """Whether "toolCalls" is set and not a list (text in older rows, or damaged); Python reads those few."""
    kind = func.jsonb_typeof(_m.toolCalls) if dialect == "postgresql" else _sqlite_kind()
    return kind.not_in(("array", "null"))


def register_functions(connection: sqlite3.Connection) -> None:
    """Registers the SQLite functions that the expressions in this module use."""
    connection.create_function("milliseconds_of", 1, _milliseconds_of, deterministic=True)
    connection.create_function("quarter_of", 1, _quarter_of, deterministic=True)


def _sqlite_kind() -> Any:
    valid = func.json_valid(_m.toolCalls) == 1
    return case((_m.toolCalls.is_(None), None), (valid, func.json_type(_m.toolCalls)), else_="damaged")


def as_calls(value: object) -> list[Any]:
    """The calls in a "toolCalls" value, read like ChatMessage.from_db: text is parsed again, one value is one call."""
    parsed = parsed_json(value)
    return [] if parsed is None else parsed if isinstance(parsed, list) else [parsed]


def _count(dialect: str, column: Any) -> Any:
    if dialect == "postgresql":
        return column
    return case((is_count(column), cast(column, Integer)), else_=0)


def is_count(column: Any) -> Any:
    """Whether a value in SQLite is a number that can be a count."""
    return and_(func.typeof(column).in_(("integer", "real")), column.between(-MOST_TOKENS, MOST_TOKENS))


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() // 1) * 1000 + at.microsecond // 1000


def _readable(column: Any) -> Any:
    """The value as a function of Python gets it: text as bytes, since SQLite hands on none that isn't UTF-8."""
    kind = func.typeof(column)
    return case((kind == "text", cast(column, LargeBinary)), (kind != "blob", column))


def _milliseconds_of(value: Any) -> int | None:
    at = read_moment(value.decode("utf-8", "replace") if isinstance(value, bytes) else value)
    return None if at is None or is_stand_in(at) else _milliseconds(at)


def _quarter_of(value: Any) -> int | None:
    milliseconds = _milliseconds_of(value)
    return None if milliseconds is None else milliseconds // QUARTER_MILLISECONDS
