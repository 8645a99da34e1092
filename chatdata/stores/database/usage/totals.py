"""Amounts by a key of "ChatSession", such as its user or the quarter hour of its start; functions take a connection.

Messages and sessions are summed separately, because a session joined to its messages would count once per message.
Contents of messages are never read.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select, case, func, literal, select

from chatdata.domain.usage import Amounts, amounts_of
from chatdata.stores.database.grouping import first_columns
from chatdata.stores.database.tables import chat_message, chat_session
from chatdata.stores.database.usage import columns as column
from chatdata.stores.database.usage.counts import Counts, session_sums

_s, _m = chat_session.c, chat_message.c
_ROWS_AT_ONCE = 1_000


def amounts_by(connection: Connection, counts: Counts, where: Sequence[Any], key: Any) -> dict[Any, Amounts]:
    """The amounts of the sessions by key; `key` and `where` are expressions on "ChatSession"."""
    found = {row[0]: amounts_of(*row[1:]) for row in connection.execute(_sessions(counts, where, key))}
    messages = messages_by(connection, where, key) if found else {}
    return {name: amounts + messages.get((name,), Amounts()) for name, amounts in found.items()}


def amounts(connection: Connection, counts: Counts, where: Sequence[Any]) -> Amounts:
    """The amounts of all these sessions together."""
    return amounts_by(connection, counts, where, literal(0)).get(0, Amounts())


def messages_by(connection: Connection, where: Sequence[Any], *keys: Any) -> dict[tuple[Any, ...], Amounts]:
    """Only messages and calls, by one or more expressions on "ChatSession"."""
    return read_messages(connection, where, keys, message_sums(connection, where, keys))


def read_messages(
    connection: Connection, where: Sequence[Any], keys: Sequence[Any], sums: Select[Any]
) -> dict[tuple[Any, ...], Amounts]:
    """The amounts in the result of `sums` by its keys, with the calls added that only Python can read."""
    found, irregular = dict[tuple[Any, ...], Amounts](), 0
    for *names, messages, turns, calls, others in connection.execute(sums):
        found[tuple(names)] = Amounts(messages=int(messages), tool_calls=int(calls or 0), turns=int(turns or 0))
        irregular += int(others or 0)
    if irregular:
        for key, more in _irregular_calls(connection, where, keys):
            found[key] += Amounts(tool_calls=more)
    return found


def message_sums(connection: Connection, where: Sequence[Any], keys: Sequence[Any]) -> Select[Any]:
    """A SELECT of key_0…, messages, turns, calls and irregular per group of sessions that has messages."""
    dialect = connection.dialect.name
    names = [key.label(f"key_{number}") for number, key in enumerate(keys)]
    irregular = func.sum(case((column.is_irregular(dialect), 1), else_=0)).label("irregular")
    turns = func.sum(case((_m.role == "assistant", 1), else_=0)).label("turns")
    sums = func.count().label("messages"), turns, func.sum(column.calls(dialect)).label("calls"), irregular
    joined = chat_message.join(chat_session, _s.id == _m.sessionId)
    return select(*names, *sums).select_from(joined).where(*where).group_by(*first_columns(len(names)))


def _sessions(counts: Counts, where: Sequence[Any], key: Any) -> Select[Any]:
    sums = session_sums(counts)
    return select(key.label("key"), *sums).select_from(chat_session).where(*where).group_by(*first_columns(1))


def _irregular_calls(
    connection: Connection, where: Sequence[Any], keys: Sequence[Any]
) -> Iterator[tuple[tuple[Any, ...], int]]:
    """Yields the key and number of calls of each message whose "toolCalls" is not a list."""
    joined = chat_message.join(chat_session, _s.id == _m.sessionId)
    chosen = select(*keys, _m.toolCalls).select_from(joined)
    chosen = chosen.where(*where, column.is_irregular(connection.dialect.name))
    for *names, value in connection.execute(chosen.execution_options(yield_per=_ROWS_AT_ONCE)):
        yield tuple(names), len(column.as_calls(value))
