"""Amounts of the users with the most tokens, and of all others together."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, or_, select

from chatdata.domain.usage import Amounts, UserUsage
from chatdata.stores.database.filters import among
from chatdata.stores.database.usage import columns as column
from chatdata.stores.database.usage.distributions import bytewise
from chatdata.stores.database.usage.totals import from_sums, message_sums, read_messages, session_sums


def users(connection: Connection, where: Sequence[Any], limit: int) -> tuple[tuple[UserUsage, ...], Amounts, int]:
    """Those with the most tokens, then sessions; what all the others have together; how many users there are."""
    top = connection.execute(_top(connection.dialect.name, where, limit)).all()
    if not top:
        return (), Amounts(), 0
    said = _said(connection, where, {row.userId for row in top})
    found = [UserUsage(row.userId, from_sums(*row[1:6]) + said.get((True, row.userId), Amounts())) for row in top]
    rest = from_sums(*(int(all_of) - sum(int(row[at]) for row in top) for at, all_of in enumerate(top[0][6:11], 1)))
    return tuple(found), rest + said.get((False, None), Amounts()), int(top[0].users)


def _top(dialect: str, where: Sequence[Any], limit: int) -> Select[Any]:
    """A row a user: userId, five sums, the same of all users, how many there are."""
    sums, user = session_sums(dialect), column.user(dialect)
    all_of = [func.sum(each).over() for each in sums]
    tokens = func.sum(column.total_tokens(dialect))
    order = (tokens.desc(), sums[0].desc(), user.is_(None), bytewise(dialect, user))
    chosen = select(user.label("userId"), *sums, *all_of, func.count().over().label("users"))
    return chosen.where(*where).group_by(user).order_by(*order).limit(limit)


def _said(connection: Connection, where: Sequence[Any], names: set[str | None]) -> dict[tuple[Any, ...], Amounts]:
    """Messages and calls by (True, user) for these users, of all others together by (False, None).

    Summed by user first: of those PostgreSQL knows how many there are, so it needs no sorting of all messages.
    """
    user = column.user(connection.dialect.name)
    each = message_sums(connection, where, [user]).subquery("each").c
    keys = [key.label(name) for key, name in zip(_keys(connection, each.key_0, names), ("listed", "user"), strict=True)]
    sums = func.sum(each.messages), func.sum(each.turns), func.sum(each.calls), func.sum(each.irregular)
    by_both = select(*keys, *sums).group_by("listed", "user")
    return read_messages(connection, where, _keys(connection, user, names), by_both)


def _keys(connection: Connection, user: Any, names: set[str | None]) -> tuple[Any, Any]:
    """Whether a user is one of these, and then which."""
    named = and_(user.is_not(None), among(connection.dialect.name, user, [name for name in names if name is not None]))
    listed = or_(user.is_(None), named) if None in names else named
    return listed, case((listed, user))
