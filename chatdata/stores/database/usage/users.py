"""Amounts of the users with the most tokens, and of all other users together."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, or_, select

from chatdata.domain.usage import Amounts, UserUsage, amounts_of
from chatdata.stores.database.filters import among
from chatdata.stores.database.grouping import first_columns
from chatdata.stores.database.usage import columns as column
from chatdata.stores.database.usage.counts import SUMS, Counts, session_sums
from chatdata.stores.database.usage.distributions import bytewise
from chatdata.stores.database.usage.totals import message_sums, read_messages


def users(
    connection: Connection, counts: Counts, where: Sequence[Any], limit: int
) -> tuple[tuple[UserUsage, ...], Amounts, int]:
    """The users with the most tokens, then sessions; the sums of all other users; and the number of users."""
    top = connection.execute(_top(counts, where, limit)).all()
    if not top:
        return (), Amounts(), 0
    counted = _messages(connection, where, {row.userId for row in top})
    found = [
        UserUsage(row.userId, amounts_of(*row[1 : SUMS + 1]) + counted.get((True, row.userId), Amounts()))
        for row in top
    ]
    whole = top[0][SUMS + 1 : 2 * SUMS + 1]
    rest = amounts_of(*(int(all_of) - sum(int(row[at]) for row in top) for at, all_of in enumerate(whole, 1)))
    return tuple(found), rest + counted.get((False, None), Amounts()), int(top[0].users)


def _top(counts: Counts, where: Sequence[Any], limit: int) -> Select[Any]:
    """A SELECT of one row per user: userId, the sums, the same sums over all users, and the number of users."""
    sums, user = session_sums(counts), column.user(counts.dialect)
    all_of = [func.sum(each).over() for each in sums]
    tokens = func.sum(counts.known)
    order = (tokens.desc(), sums[0].desc(), user.is_(None), bytewise(counts.dialect, user))
    chosen = select(user.label("userId"), *sums, *all_of, func.count().over().label("users"))
    return chosen.where(*where).group_by(user).order_by(*order).limit(limit)


def _messages(connection: Connection, where: Sequence[Any], names: set[str | None]) -> dict[tuple[Any, ...], Amounts]:
    """Messages and calls of these users by (True, user), and of all others together by (False, None).

    They are summed by user first: PostgreSQL can estimate the number of users, so it does not sort all messages.
    """
    user = column.user(connection.dialect.name)
    each = message_sums(connection, where, [user]).subquery("each").c
    keys = [key.label(name) for key, name in zip(_keys(connection, each.key_0, names), ("listed", "user"), strict=True)]
    sums = func.sum(each.messages), func.sum(each.turns), func.sum(each.calls), func.sum(each.irregular)
    by_both = select(*keys, *sums).group_by(*first_columns(2))
    return read_messages(connection, where, _keys(connection, user, names), by_both)


def _keys(connection: Connection, user: Any, names: set[str | None]) -> tuple[Any, Any]:
    """Expressions for whether a user is one of these, and for the user's id if so."""
    named = and_(user.is_not(None), among(connection.dialect.name, user, [name for name in names if name is not None]))
    listed = or_(user.is_(None), named) if None in names else named
    return listed, case((listed, user))
