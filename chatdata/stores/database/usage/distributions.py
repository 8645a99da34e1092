"""The distributions of tokens and messages over sessions, and their scatter plot, computed as aggregates.

Percentiles use the nearest rank, like percentile_disc: the least value that the given share does not exceed.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Connection, Select, Subquery, bindparam, case, func, or_, select

from chatdata.domain.usage import Cell, Spread
from chatdata.domain.usage.distribution import EDGES, PERCENTILES, bin_of, bins
from chatdata.stores.database.grouping import first_columns
from chatdata.stores.database.tables import chat_message, chat_session
from chatdata.stores.database.usage.counts import Counts

_s, _m = chat_session.c, chat_message.c


def token_spread(connection: Connection, counts: Counts, where: Sequence[Any]) -> Spread:
    """The distribution of tokens per session, over sessions with recorded tokens of which none are unknown."""
    chosen = select(counts.total.label("value")).where(*where, counts.is_recorded, ~counts.is_unknown)
    return _spread(connection, chosen.subquery())


def message_spread(connection: Connection, where: Sequence[Any]) -> Spread:
    """The distribution of messages per session."""
    counts = message_counts(where)
    joined = chat_session.outerjoin(counts, counts.c.sessionId == _s.id)
    chosen = select(func.coalesce(counts.c.messages, 0).label("value")).select_from(joined).where(*where)
    return _spread(connection, chosen.subquery())


def scatter(
    connection: Connection, counts: Counts, where: Sequence[Any], points: int
) -> tuple[list[str], tuple[Cell, ...]]:
    """The ids of the `points` sessions with the most tokens and as many with the most messages; cells of all others.

    Sessions without recorded tokens, or with unknown ones, are in neither list.
    """
    rows = connection.execute(_scattered(counts, where, points)).all()
    ids = sorted(row.point for row in rows if isinstance(row.point, str))
    others = sorted((row.of_messages, row.of_tokens, row.n) for row in rows if row.point is None)
    return ids, tuple(Cell(bin_of(messages, n), bin_of(tokens, n)) for messages, tokens, n in others)


def message_counts(where: Sequence[Any]) -> Subquery:
    """A subquery with sessionId and messages of those sessions that have messages."""
    chosen = select(_m.sessionId, func.count().label("messages")).group_by(_m.sessionId)
    if where:
        chosen = chosen.where(_m.sessionId.in_(select(_s.id).where(*where)))
    return chosen.subquery("counts")


def bytewise(dialect: str, text: Any) -> Any:
    """The text with a collation that sorts alike in both dialects; PostgreSQL's default depends on its locale."""
    return text.collate("C") if dialect == "postgresql" else text


def _scattered(counts: Counts, where: Sequence[Any], points: int) -> Select[Any]:
    dialect, of_messages = counts.dialect, message_counts(where)
    tokens, messages = counts.total, func.coalesce(of_messages.c.messages, 0)
    by_id = bytewise(dialect, _s.id)
    ranked = (
        select(
            _s.id,
            tokens.label("tokens"),
            messages.label("messages"),
            func.row_number().over(order_by=(tokens.desc(), by_id)).label("by_tokens"),
            func.row_number().over(order_by=(messages.desc(), by_id)).label("by_messages"),
        )
        .select_from(chat_session.outerjoin(of_messages, of_messages.c.sessionId == _s.id))
        .where(*where, counts.is_recorded, ~counts.is_unknown)
        .subquery()
        .c
    )
    is_point = or_(ranked.by_tokens <= points, ranked.by_messages <= points)
    return select(
        case((is_point, ranked.id)).label("point"),
        bin_number(dialect, ranked.messages).label("of_messages"),
        bin_number(dialect, ranked.tokens).label("of_tokens"),
        func.count().label("n"),
    ).group_by(*first_columns(3))


def _spread(connection: Connection, values: Subquery) -> Spread:
    number = bin_number(connection.dialect.name, values.c.value).label("number")
    counted = connection.execute(select(number, func.count()).group_by(*first_columns(1))).all()
    count, largest, median, p90, p99 = connection.execute(_figures(connection.dialect.name, values)).one()
    return Spread(count, median, p90, p99, largest, bins({row[0]: row[1] for row in counted}))


def _figures(dialect: str, values: Subquery) -> Any:
    """A SELECT of the count, the maximum and each of PERCENTILES."""
    value = values.c.value
    if dialect == "postgresql":
        return select(
            func.count(),
            func.max(value),
            *(func.percentile_disc(percent / 100).within_group(value) for percent in PERCENTILES),
        )
    place = func.row_number().over(order_by=value).label("place")
    placed = select(value, place, func.count().over().label("all")).subquery().c
    ranks = [func.min(case((placed.place * 100 >= placed.all * percent, placed.value))) for percent in PERCENTILES]
    return select(func.count(), func.max(placed.value), *ranks)


def bin_number(dialect: str, value: Any) -> Any:
    """The number of the bin between EDGES that a value lies in."""
    inner = EDGES[1:-1]
    if dialect == "postgresql":
        return func.width_bucket(value, bindparam(None, list(inner), type_=ARRAY(BigInteger)))
    return case(*((value < edge, number) for number, edge in enumerate(inner)), else_=len(inner))
