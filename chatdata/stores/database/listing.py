"""The list of sessions: filters, pages by keyset, totals, users. Each function takes a connection.

A page first finds its 50 ids from "ChatSession" alone, then reads what it shows of their messages, each by the
index on ("sessionId", "sequence"): the cost of a page does not grow with the messages of other sessions.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from sqlalchemy import Connection, Select, and_, case, func, or_, select

from chatdata.domain.messages.context_blocks import own_words
from chatdata.domain.summaries import (
    PREVIEW_CHARACTERS,
    Cursor,
    Page,
    SessionSummary,
    SessionTotals,
    UserSummary,
    preview,
)
from chatdata.domain.text import is_queryable, sanitize
from chatdata.stores.database.columns import is_stand_in
from chatdata.stores.database.filters import SessionFilter, chat_status, conditions
from chatdata.stores.database.tables import chat_message, chat_session
from chatdata.stores.database.usage.columns import completion_tokens, prompt_tokens

_s, _m = chat_session.c, chat_message.c


_MOST_CONTEXT = 100_000
"""Characters of a first message that are read where it may begin with context."""

Direction = Literal["older", "newer"]


def list_page(
    connection: Connection,
    where: SessionFilter,
    cursor: Cursor | None = None,
    direction: Direction = "older",
    limit: int = 50,
    *,
    status: bool = False,
) -> Page:
    """The lines next to `cursor` in a direction; without one from that end of the list.

    `older` starts with the newest session, `newer` with the oldest; lines are always newest first. `status`: the table
    has a column of the status.
    """
    order = [_s.updatedAt, _s.id]
    statement = select(_s.id, _s.updatedAt).where(*conditions(connection, where))
    if cursor is not None:
        statement = statement.where(_beyond(cursor, direction))
    ordered = [column.desc() if direction == "older" else column.asc() for column in order]
    ids = [row.id for row in connection.execute(statement.order_by(*ordered).limit(limit + 1))]
    more, ids = len(ids) > limit, ids[:limit]
    lines = _summaries(connection, ids, status=status)
    came_from = cursor is not None
    return Page(
        sessions=lines,
        has_newer=came_from if direction == "older" else more,
        has_older=more if direction == "older" else came_from,
    )


def totals(connection: Connection, where: SessionFilter) -> SessionTotals:
    """Sums over all sessions that the filter lets through."""
    chosen, dialect = conditions(connection, where), connection.dialect.name
    sums = connection.execute(
        select(
            func.count(),
            func.coalesce(func.sum(prompt_tokens(dialect)), 0),
            func.coalesce(func.sum(completion_tokens(dialect)), 0),
        )
        .select_from(chat_session)
        .where(*chosen)
    ).one()
    messages: int = connection.execute(_count_messages(chosen)).scalar_one()
    return SessionTotals(sessions=sums[0], messages=messages, prompt_tokens=sums[1], completion_tokens=sums[2])


def count_sessions(connection: Connection, where: SessionFilter) -> int:
    """How many sessions the filter lets through."""
    statement = select(func.count()).select_from(chat_session).where(*conditions(connection, where))
    return connection.execute(statement).scalar_one()


def count_before(connection: Connection, where: SessionFilter, first: Cursor) -> int:
    """How many lines of the list are newer than the line at `first`."""
    statement = select(func.count()).select_from(chat_session)
    return connection.execute(statement.where(*conditions(connection, where), _beyond(first, "newer"))).scalar_one()


def list_users(
    connection: Connection, search: str = "", limit: int = 50, offset: int = 0
) -> tuple[tuple[UserSummary, ...], int]:
    """Users whose id contains `search`, last seen first, and how many there are."""
    chosen = conditions(connection, SessionFilter(user_contains=search))
    last_seen = func.max(_s.updatedAt)
    statement = (
        select(
            _s.userId,
            func.count(),
            func.sum(_s.totalPromptTokens),
            func.sum(_s.totalCompletionTokens),
            func.min(_s.createdAt),
            last_seen,
        )
        .where(*chosen)
        .group_by(_s.userId)
        .order_by(last_seen.desc(), _s.userId)
        .limit(limit)
        .offset(offset)
    )
    users = tuple(UserSummary(*tuple(row)) for row in connection.execute(statement))
    grouped = select(_s.userId).where(*chosen).group_by(_s.userId).subquery()
    return users, connection.execute(select(func.count()).select_from(grouped)).scalar_one()


def _beyond(cursor: Cursor, direction: Direction) -> Any:
    # Written out, since a comparison of rows uses the same order for both columns in either dialect.
    at = _stored_time(cursor)
    session_id = cursor.session_id if is_queryable(cursor.session_id) else sanitize(cursor.session_id)
    if direction == "older":
        return or_(_s.updatedAt < at, and_(_s.updatedAt == at, _s.id < session_id))
    return or_(_s.updatedAt > at, and_(_s.updatedAt == at, _s.id > session_id))


def _stored_time(cursor: Cursor) -> Any:
    """The time of a cursor; one that only stands for what Python has no date for is asked of its row."""
    if not is_stand_in(cursor.updated_at) or not is_queryable(cursor.session_id):
        return cursor.updated_at
    row = chat_session.alias()
    return select(row.c.updatedAt).where(row.c.id == cursor.session_id).scalar_subquery()


def _count_messages(chosen: Sequence[Any]) -> Select[int]:
    if not chosen:
        return select(func.count()).select_from(chat_message)
    ids = select(_s.id).where(*chosen)
    return select(func.count()).select_from(chat_message).where(_m.sessionId.in_(ids))


def _summaries(connection: Connection, ids: Sequence[str], *, status: bool) -> tuple[SessionSummary, ...]:
    if not ids:
        return ()
    statement = (
        select(
            _s.id,
            _s.userId,
            _s.title,
            said("user", first=True),
            said("assistant", first=False),
            _s.createdAt,
            _s.updatedAt,
            select(func.count())
            .select_from(chat_message)
            .where(_m.sessionId == _s.id)
            .correlate(chat_session)
            .scalar_subquery(),
            _s.totalPromptTokens,
            _s.totalCompletionTokens,
            *([chat_status] if status else []),
        )
        .where(_s.id.in_(ids))
        .order_by(_s.updatedAt.desc(), _s.id.desc())
    )
    return tuple(_without_context(SessionSummary(*tuple(row))) for row in connection.execute(statement))


def _without_context(line: SessionSummary) -> SessionSummary:
    return replace(line, first_user_message=asked(line.first_user_message))


def asked(text: str | None) -> str | None:
    """The beginning of the user's own words in what `said` gave."""
    return None if text is None else preview(own_words(text))


def said(role: str, *, first: bool) -> Any:
    """The beginning of the first or last message of a role that says something; of a user's that begins with a tag so
    much that the user's words are in it, after the context that a backend put in front of them."""
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
