"""Sums by time, user and session.

All functions raise NotConfigured without a database, DatabaseError when it fails, and AppDatabaseError when the
inspector's own database can't tell which totals are unknown. StatementTimeout, which is a
DatabaseError, says what to narrow: the period or the users.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from chatdata.domain.usage import Amounts, QuarterHour, SessionUsage, UserUsage, summed
from chatdata.errors import NotConfigured
from chatdata.services.session_stores import SessionStores
from chatdata.services.usage.costs import costs_of, with_cost
from chatdata.services.usage.usage_reader import FiguresReader, answered, rows_of
from chatdata.stores.database import LargestBy, SessionFilter


@dataclass(frozen=True, slots=True)
class UsageTotals:
    """The sums of all sessions that match a filter."""

    as_of: datetime
    """The time (UTC) at which the rows were read."""
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Overview:
    """Usage over time by quarter hour; `chatdata.domain.usage.fold` sums them to hours, days and weeks of a zone."""

    as_of: datetime
    quarters: tuple[QuarterHour, ...]
    """In chronological order; quarter hours in which no session started are left out."""
    undated: Amounts
    """Sums of sessions whose start can't be read, which belong to no quarter hour and match no period of a filter."""

    @property
    def totals(self) -> Amounts:
        """The sums of all sessions that match the filter, including those without a start."""
        return summed(quarter.amounts for quarter in self.quarters) + self.undated


@dataclass(frozen=True, slots=True)
class UserUsageTable:
    """Usage by user."""

    as_of: datetime
    users: tuple[UserUsage, ...]
    """The users, most tokens first, then most sessions."""
    rest: Amounts
    """The sums of all users that are not listed."""
    count: int
    """The number of users; all sessions without a user count as one."""

    @property
    def totals(self) -> Amounts:
        """The sums of all sessions that match the filter."""
        return summed(user.amounts for user in self.users) + self.rest


@dataclass(frozen=True, slots=True)
class LargestSessions:
    """The largest sessions, and the sums of all."""

    as_of: datetime
    sessions: tuple[SessionUsage, ...]
    totals: Amounts
    """The sums of all sessions that match the filter."""


@dataclass(frozen=True, slots=True)
class UnknownSessions:
    """The sessions with an unknown token count, which no sum includes."""

    as_of: datetime
    count: int
    """The number of them, including those beyond the limit."""
    sessions: tuple[SessionUsage, ...]
    """The sessions, latest start first."""


def unknown_sessions(stores: SessionStores, where: SessionFilter, limit: int = 100) -> UnknownSessions:
    """The sessions whose token counts are unknown wholly or in part, for the `limit` that started last."""
    with rows_of(stores) as (reader, as_of):
        return UnknownSessions(as_of, reader.totals(where).unknown, reader.unknown(where, limit))


def totals(stores: SessionStores, where: SessionFilter) -> UsageTotals:
    """The sums of all sessions that match the filter, the same ones that the list of sessions shows."""
    return answered(stores, where, lambda reader, as_of: UsageTotals(as_of, reader.totals(where)))


def sessions_at_any_time(stores: SessionStores, where: SessionFilter) -> int:
    """The number of sessions that match the filter without its period of starts."""
    if stores.database is None:
        raise NotConfigured("There is no database to count sessions in.")
    return stores.database.count_sessions(replace(where, started_since=None, started_until=None))


def overview(stores: SessionStores, where: SessionFilter, model: str | None = None) -> Overview:
    """Usage over time, by quarter hour; with costs if there is a `model` to assume where messages name none."""

    def ask(reader: FiguresReader, as_of: datetime) -> Overview:
        costs = {} if model is None else costs_of(reader, where, "quarter", model)
        quarters = (
            replace(quarter, amounts=with_cost(quarter.amounts, costs.get(quarter.start)))
            for quarter in reader.quarters(where)
        )
        return Overview(as_of, tuple(quarters), with_cost(reader.undated(where), costs.get(None)))

    return answered(stores, where, ask)


def by_user(stores: SessionStores, where: SessionFilter, limit: int = 100, model: str | None = None) -> UserUsageTable:
    """Usage by user, for the `limit` users with the most tokens; with costs if there is a `model`, as in `overview`."""

    def ask(reader: FiguresReader, as_of: datetime) -> UserUsageTable:
        users, rest, count = reader.users(where, limit)
        if model is not None:
            listed = replace(where, user_ids=frozenset(user.user_id for user in users))
            costs = costs_of(reader, listed, "user", model)
            users = tuple(replace(user, amounts=with_cost(user.amounts, costs.get(user.user_id))) for user in users)
        return UserUsageTable(as_of, users, rest, count)

    return answered(stores, where, ask)


def largest_sessions(
    stores: SessionStores, where: SessionFilter, by: LargestBy = "tokens", limit: int = 100
) -> LargestSessions:
    """The sessions with the most tokens or messages, and the sums of all."""

    def ask(reader: FiguresReader, as_of: datetime) -> LargestSessions:
        return LargestSessions(as_of, reader.largest(where, by, limit), reader.totals(where))

    return answered(stores, where, ask)
