"""Reads what the usage index keeps, with the expressions of the usage figures, so that both count alike.

Sessions are read by a key that tells apart all ids of a table: in PostgreSQL the id, in SQLite, whose ids may be bytes
or text that isn't UTF-8, the id in hexadecimal after a digit for its type.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, LargeBinary, Select, Text, case, cast, exists, func, literal, or_, select, text

from chatdata.domain.messages import ALL_KNOWN
from chatdata.domain.text import is_queryable
from chatdata.domain.usage.facts import CountedSession, SessionFacts, SessionMark
from chatdata.errors import NotIndexable
from chatdata.stores.database.filters import among
from chatdata.stores.database.grouping import first_columns
from chatdata.stores.database.tables import chat_message, chat_session
from chatdata.stores.database.usage import columns as column
from chatdata.stores.database.usage.counts import Counts
from chatdata.stores.database.usage.models import tokens_by_key_and_model
from chatdata.stores.database.usage.tools import tools_by_session
from chatdata.stores.database.usage.totals import messages_by

_s, _m = chat_session.c, chat_message.c
_TEXT, _BYTES = "0", "1"
_UNREADABLE = "�"


def session_stamps(connection: Connection, counts: Counts, after: str | None, limit: int) -> list[tuple[str, int]]:
    """Key and stamp of at most `limit` sessions in the order of the primary key, starting after the key `after`."""
    dialect = counts.dialect
    key: Any = _key(dialect, _s.id).label("key")
    chosen = _facts(counts) if dialect != "postgresql" else select(key, _stamp(counts).label("stamp"))
    chosen = chosen.order_by(_s.id).limit(limit)
    if after is not None:
        chosen = chosen.where(_s.id > _id_value(dialect, after))
    rows = connection.execute(chosen).all()
    if any(row.key is None for row in rows):
        raise NotIndexable("a session has no id, or one that is a number")
    return [(row.key, _stamp_of(dialect, row)) for row in rows]


def counted_sessions(
    connection: Connection, counts: Counts, keys: Sequence[str], names_models: bool
) -> list[CountedSession]:
    """These sessions with the counts of their messages; those that are gone are omitted."""
    dialect = counts.dialect
    here = [_is_one_of(dialect, keys)]
    rows = [_session_facts(dialect, row) for row in connection.execute(_facts(counts).where(*here))]
    key = _key(dialect, _s.id)
    messages, found_marks = messages_by(connection, here, key), marks(connection, keys)
    models = tokens_by_key_and_model(connection, Counts(dialect, ALL_KNOWN), here, key, names_models)
    tools = tools_by_session(connection, here, lambda session: _key(dialect, session))
    _refuse_unreadable(dialect, [tool.tool for found in tools.values() for tool in found])
    result = []
    for facts in rows:
        counted = messages.get((facts.key,))
        result.append(
            CountedSession(
                facts,
                found_marks.get(facts.key, SessionMark(0, None)),
                counted.turns if counted else 0,
                counted.tool_calls if counted else 0,
                next(iter(models[facts.key])),
                tools.get(facts.key, ()),
            )
        )
    return result


def marks(connection: Connection, keys: Sequence[str]) -> dict[str, SessionMark]:
    """The number of messages and the highest sequence number of those of these sessions that have messages."""
    dialect = connection.dialect.name
    last: Any = _m.sequence if dialect == "postgresql" else case((func.typeof(_m.sequence) == "integer", _m.sequence))
    key = _key(dialect, _s.id).label("key")
    joined = chat_message.join(chat_session, _s.id == _m.sessionId)
    chosen = select(key, func.count().label("messages"), func.max(last).label("last")).select_from(joined)
    rows = connection.execute(chosen.where(_is_one_of(dialect, keys)).group_by(*first_columns(1)))
    return {row.key: SessionMark(row.messages, row.last) for row in rows}


def has_strays(connection: Connection, schema: str | None) -> bool:
    """Whether there are messages without a session, which only usage by tool counts, and only without a filter."""
    if connection.dialect.name == "postgresql" and connection.execute(_HAS_KEY, {"schema": schema}).scalar_one():
        return False
    strays = exists(1).where(_s.id == _m.sessionId).correlate(chat_message)
    return connection.execute(select(_m.id).where(~strays).limit(1)).first() is not None


def has_messages(connection: Connection, number: int) -> bool:
    """Whether there are at least this many messages, counted no further."""
    some = select(literal(1)).select_from(chat_message).limit(number).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one()) >= number


_HAS_KEY = text(
    "SELECT count(*) > 0 FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid "
    "JOIN pg_class r ON r.oid = c.confrelid JOIN pg_namespace n ON n.oid = t.relnamespace AND n.oid = r.relnamespace "
    "WHERE c.contype = 'f' AND c.convalidated AND n.nspname = :schema "
    "AND t.relname = 'ChatMessage' AND r.relname = 'ChatSession'"
)


def _facts(counts: Counts) -> Select[Any]:
    dialect = counts.dialect
    plain: Any = literal(True) if dialect == "postgresql" else func.typeof(_s.userId) == "text"
    return select(
        _key(dialect, _s.id).label("key"),
        column.user(dialect).label("user"),
        plain.label("plain"),
        case((column.is_dated(dialect), column.quarter(dialect))).label("quarter"),
        column.started_microseconds(dialect).label("started"),
        _stamp(counts).label("stamp"),
        counts.prompt.label("prompt"),
        counts.completion.label("completion"),
        counts.is_damaged.label("damaged"),
    )


def _session_facts(dialect: str, row: Any) -> SessionFacts:
    for number in (row.prompt, row.completion):
        if number is not None and number != int(number):
            raise NotIndexable(f"the session {row.key} has a fraction as its number of tokens")
    _refuse_unreadable(dialect, [row.user])
    return SessionFacts(
        key=row.key,
        user_id=row.user,
        plain_user=bool(row.plain) and row.user is not None,
        quarter=row.quarter,
        started=row.started,
        stamp=_stamp_of(dialect, row),
        prompt=None if row.prompt is None else int(row.prompt),
        completion=None if row.completion is None else int(row.completion),
        damaged=bool(row.damaged),
    )


def _stamp(counts: Counts) -> Any:
    """In PostgreSQL the stamp; in SQLite, which has no digest, the last update for `_stamp_of`."""
    if counts.dialect != "postgresql":
        return cast(_s.updatedAt, Text)
    row = func.row(_s.updatedAt, _s.createdAt, _s.userId, counts.prompt, counts.completion)
    return func.hashtextextended(cast(row, Text), 0)


def _stamp_of(dialect: str, row: Any) -> int:
    if dialect == "postgresql":
        return int(row.stamp)
    return int.from_bytes(blake2b(repr(tuple(row)).encode(), digest_size=8).digest(), signed=True)


def _refuse_unreadable(dialect: str, names: Sequence[str | None]) -> None:
    """Two names of bytes that aren't UTF-8 look alike once they are read, but count as two."""
    if dialect != "postgresql" and any(_UNREADABLE in name for name in names if name):
        raise NotIndexable("the name of a user or of a tool isn't valid UTF-8")


def _key(dialect: str, session_id: Any) -> Any:
    if dialect == "postgresql":
        return session_id
    kind = func.typeof(session_id)
    digit = case((kind == "text", literal(_TEXT)), (kind == "blob", literal(_BYTES)))
    return digit.op("||")(func.hex(session_id))


def _id_value(dialect: str, key: str) -> Any:
    """The id of a key as a value to compare the column with."""
    if dialect == "postgresql":
        return literal(key, Text)
    raw = literal(bytes.fromhex(key[1:]), LargeBinary)
    return raw if key[0] == _BYTES else cast(raw, Text)


def _is_one_of(dialect: str, keys: Sequence[str]) -> Any:
    if dialect == "postgresql":
        return among(dialect, _s.id, keys)
    ids = {key: _plain_id(key) for key in keys}
    plain = [session_id for session_id in ids.values() if session_id is not None]
    odd = [_s.id == _id_value(dialect, key) for key, session_id in ids.items() if session_id is None]
    return or_(among(dialect, _s.id, plain), *odd)


def _plain_id(key: str) -> str | None:
    """The id of a key of SQLite if it is text that can be a parameter."""
    try:
        session_id = bytes.fromhex(key[1:]).decode() if key[0] == _TEXT else None
    except UnicodeDecodeError:
        return None
    return session_id if session_id is not None and is_queryable(session_id) else None


def id_of(dialect: str, key: str) -> str | None:
    """The id by which a session can be asked for; None for bytes, and for text that isn't UTF-8."""
    return key if dialect == "postgresql" else _plain_id(key)
