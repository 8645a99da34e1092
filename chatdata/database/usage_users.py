"""Amounts of the users with the most tokens, and of all others together."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, or_, select

from chatdata.database import usage_columns as column
from chatdata.database.filters import among
from chatdata.database.tables import chat_session
from chatdata.database.usage_shapes import bytewise
from chatdata.database.usage_sums import from_sums, messages_by, session_sums
from chatdata.usage import Amounts, UserUsage

_s = chat_session.c


def users(connection: Connection, where: Sequence[Any], limit: int) -> tuple[tuple[UserUsage, ...], Amounts, int]:
    """Those with the most tokens, then sessions; what all the others have together; how many users there are."""
    top = connection.execute(_top(connection.dialect.name, where, limit)).all()
    if not top:
        return (), Amounts(), 0
    listed = _among(connection.dialect.name, {row.userId for row in top})
    said = messages_by(connection, where, listed, case((listed, _s.userId)))
    found = [UserUsage(row.userId, from_sums(*row[1:5]) + said.get((True, row.userId), Amounts())) for row in top]
    rest = from_sums(*(int(all_of) - sum(int(row[at]) for row in top) for at, all_of in enumerate(top[0][5:9], 1)))
    return tuple(found), rest + said.get((False, None), Amounts()), int(top[0].users)


def _top(dialect: str, where: Sequence[Any], limit: int) -> Select[Any]:
    """A row a user: userId, four sums, the same of all users, how many there are."""
    sums = session_sums(dialect)
    all_of = [func.sum(each).over() for each in sums]
    tokens = func.sum(column.total_tokens(dialect))
    order = (tokens.desc(), sums[0].desc(), _s.userId.is_(None), bytewise(dialect, _s.userId))
    chosen = select(_s.userId, *sums, *all_of, func.count().over().label("users"))
    return chosen.where(*where).group_by(_s.userId).order_by(*order).limit(limit)


def _among(dialect: str, names: set[str | None]) -> Any:
    named = and_(_s.userId.is_not(None), among(dialect, _s.userId, [name for name in names if name is not None]))
    return or_(_s.userId.is_(None), named) if None in names else named
