"""The list of sessions: keyset pages, totals and users. Each function takes a connection.

A page first selects its 50 ids (paging.py), from "ChatSession" alone unless its filter or order asks for messages, then
reads their messages by the index on ("sessionId", "sequence"), so that the cost of a page does not grow with the
messages of other sessions.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Text, any_, bindparam, case, func, select

from chatdata.domain.messages import ALL_KNOWN, UnknownCounts
from chatdata.domain.messages.context_blocks import own_words
from chatdata.domain.messages.damage import token_count
from chatdata.domain.messages.unknown import unknown_of
from chatdata.domain.summaries import (
    PREVIEW_CHARACTERS,
    Cursor,
    Page,
    SessionSummary,
    SessionTotals,
    Sort,
    UserSummary,
    preview,
)
from chatdata.domain.usage import Amounts, amounts_of
from chatdata.stores.database import paging
from chatdata.stores.database.columns import TextArray
from chatdata.stores.database.damage import as_text, readable_session
from chatdata.stores.database.filters import Conditions, SessionFilter, chat_status, conditions, message_count
from chatdata.stores.database.paging import Direction, Order, page_ids
from chatdata.stores.database.readable_times import is_readable
from chatdata.stores.database.statements import TextStatement
from chatdata.stores.database.tables import chat_message, chat_session
from chatdata.stores.database.usage.counts import Counts, session_sums

_s, _m = chat_session.c, chat_message.c


_MOST_CONTEXT = 100_000
"""How many characters are read of a first message that may begin with context blocks."""


def list_page(
    connection: Connection,
    where: SessionFilter,
    cursor: Cursor | None = None,
    direction: Direction = "older",
    limit: int = 50,
    *,
    sort: Sort = "active",
    status: bool = False,
    views: bool = False,
) -> Page:
    """The page next to `cursor` in a direction, always latest or most first.

    Without a cursor, `older` returns the beginning of the list and `newer` its end. `status` says that the table has
    a status column, and `views` that it is a view, whose times may be unknown.
    """
    order, chosen = Order(sort, views), Conditions(connection, where)
    ids = page_ids(connection, chosen, order, cursor, direction, limit + 1)
    more, ids = len(ids) > limit, ids[:limit]
    lines = _summaries(connection, ids if direction == "older" else ids[::-1], status=status)
    came_from = cursor is not None
    return Page(
        sessions=lines,
        has_newer=came_from if direction == "older" else more,
        has_older=more if direction == "older" else came_from,
    )


def totals(connection: Connection, where: SessionFilter, unknown: UnknownCounts = ALL_KNOWN) -> SessionTotals:
    """Sums over all sessions that match the filter; unknown counts are in no sum."""
    chosen, counts = conditions(connection, where), Counts(connection.dialect.name, unknown)
    sums = connection.execute(select(*session_sums(counts)).select_from(chat_session).where(*chosen)).one()
    found = amounts_of(*sums)
    messages: int = connection.execute(_count_messages(chosen)).scalar_one()
    return SessionTotals(found.sessions, messages, *_summed(found), damaged=found.damaged, unknown=found.unknown)


def count_sessions(connection: Connection, where: SessionFilter) -> int:
    """The number of sessions that match the filter."""
    statement = select(func.count()).select_from(chat_session).where(*conditions(connection, where))
    return connection.execute(statement).scalar_one()


def count_before(
    connection: Connection, where: SessionFilter, first: Cursor, sort: Sort = "active", *, views: bool = False
) -> int:
    """The number of matching sessions that the list has before the one at `first`."""
    return paging.count_before(connection, Conditions(connection, where), Order(sort, views), first)


def list_users(
    connection: Connection, search: str = "", limit: int = 50, offset: int = 0, unknown: UnknownCounts = ALL_KNOWN
) -> tuple[tuple[UserSummary, ...], int]:
    """A page of users whose id contains `search`, latest activity first, and the number of all of them."""
    chosen = conditions(connection, SessionFilter(user_contains=search))
    counts = Counts(connection.dialect.name, unknown)
    first_seen, last_seen = (
        func.coalesce(chosen_of(time).filter(is_readable(connection.dialect.name, time)), chosen_of(time))
        for chosen_of, time in ((func.min, _s.createdAt), (func.max, _s.updatedAt))
    )
    statement = (
        select(
            _s.userId,
            first_seen,
            last_seen,
            *session_sums(counts),
            func.count().over(),
        )
        .where(*chosen)
        .group_by(_s.userId)
        .order_by(last_seen.desc().nulls_last(), _s.userId)
        .limit(limit)
        .offset(offset)
    )
    rows = connection.execute(statement).all()
    if rows:
        return tuple(_user(*row[:-1]) for row in rows), rows[0][-1]
    grouped = select(_s.userId).where(*chosen).group_by(_s.userId).subquery()
    return (), connection.execute(select(func.count()).select_from(grouped)).scalar_one()


def _user(user: Any, first_seen: Any, last_seen: Any, *sums: Any) -> UserSummary:
    found = amounts_of(*sums)
    tokens = _summed(found)
    return UserSummary(as_text(user), found.sessions, *tokens, first_seen, last_seen, found.damaged, found.unknown)


def _summed(found: Amounts) -> tuple[int | None, int | None]:
    """The token sums: 0 where nothing was recorded, and None where no session has a known count but some an unknown."""
    counts = found.prompt_tokens, found.completion_tokens
    return counts if found.unknown else (counts[0] or 0, counts[1] or 0)


def _count_messages(chosen: Sequence[Any]) -> Select[int]:
    if not chosen:
        return select(func.count()).select_from(chat_message)
    ids = select(_s.id).where(*chosen)
    return select(func.count()).select_from(chat_message).where(_m.sessionId.in_(ids))


def _summaries(connection: Connection, ids: Sequence[str], *, status: bool) -> tuple[SessionSummary, ...]:
    """The lines of these sessions, in the same order."""
    if not ids:
        return ()
    lines = {row["id"]: row for row in _rows(connection, ids, status=status)}
    return tuple(_summary(lines[session_id], status=status) for session_id in ids if session_id in lines)


def _rows(connection: Connection, ids: Sequence[str], *, status: bool) -> Iterator[Mapping[str, Any]]:
    if connection.dialect.name == "postgresql":
        statement = _lines_of_postgresql(status)
        names, found = statement.columns, statement.rows(connection, {"ids": list(ids)})
    else:
        among_them = _s.id.in_(bindparam(None, ids, type_=Text(), expanding=True))  # bytes among them
        result = connection.execute(_lines(status).where(among_them))
        names, found = tuple(result.keys()), result.all()
    return (dict(zip(names, row, strict=True)) for row in found)


@cache
def _lines_of_postgresql(status: bool) -> TextStatement:
    return TextStatement(_lines(status).where(_s.id == any_(bindparam("ids", type_=TextArray()))))


def _lines(status: bool) -> Select[Any]:
    return select(
        _s.id,
        _s.userId,
        _s.title,
        said("user", first=True).label("first"),
        said("assistant", first=False).label("last"),
        _s.createdAt,
        _s.updatedAt,
        message_count().label("messages"),
        _s.totalPromptTokens,
        _s.totalCompletionTokens,
        *([chat_status.label("chatStatus")] if status else []),
    )


def _summary(row: Mapping[str, Any], *, status: bool) -> SessionSummary:
    readable, damaged = readable_session(row)
    return SessionSummary(
        readable["id"],
        readable["userId"],
        readable["title"],
        asked(as_text(row["first"])),
        as_text(row["last"]),
        row["createdAt"],
        row["updatedAt"],
        row["messages"],
        token_count(row["totalPromptTokens"]) or 0,
        token_count(row["totalCompletionTokens"]) or 0,
        damaged,
        as_text(row["chatStatus"]) if status else None,
        unknown_of(row["totalPromptTokens"], row["totalCompletionTokens"]),
    )


def asked(text: str | None) -> str | None:
    """The beginning of the user's own words in a text that `said` returned."""
    return None if text is None else preview(own_words(text))


def said(role: str, *, first: bool) -> Any:
    """A subquery for the beginning of the first or last non-empty message of a role.

    It is longer for a user's message that begins with context blocks, so that it includes the user's own words.
    """
    length: Any = PREVIEW_CHARACTERS
    if role == "user":
        length = case((_m.content.like("<%_context>%"), _MOST_CONTEXT), else_=PREVIEW_CHARACTERS)
    order = _m.sequence if first else _m.sequence.desc()
    return (
        select(func.substr(_m.content, 1, length))
        .where(_m.sessionId == _s.id, _m.role == role, _m.content != "")
        .order_by(order)
        .limit(1)
        .correlate(chat_session)
        .scalar_subquery()
    )
