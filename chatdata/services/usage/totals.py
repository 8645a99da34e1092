"""Sums by time, user and session. All raise NotConfigured without a database, DatabaseError where it fails.

StatementTimeout, a DatabaseError, says what to narrow: the period or the users.
"""

from dataclasses import dataclass
from datetime import datetime

from chatdata.domain.usage import Amounts, QuarterHour, SessionUsage, UserUsage, summed
from chatdata.services.session_stores import SessionStores
from chatdata.services.usage.usage_reader import rows_of
from chatdata.stores.database import LargestBy, SessionFilter


@dataclass(frozen=True, slots=True)
class UsageTotals:
    """All sessions of a filter together."""

    as_of: datetime
    """When the rows were read, UTC."""
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Overview:
    """Usage over time by quarter hour; `chatdata.domain.usage.fold` sums them to hours, days and weeks of a zone."""

    as_of: datetime
    quarters: tuple[QuarterHour, ...]
    """In order of time; those in which no session started are left out."""
    undated: Amounts
    """Sessions whose start can't be read: in no quarter, and in no period that a filter names."""

    @property
    def totals(self) -> Amounts:
        """All sessions of the filter, those without a start too."""
        return summed(quarter.amounts for quarter in self.quarters) + self.undated


@dataclass(frozen=True, slots=True)
class Users:
    """Usage by user."""

    as_of: datetime
    users: tuple[UserUsage, ...]
    """Those with the most tokens first, then those with the most sessions."""
    rest: Amounts
    """What the users hold together that are not listed."""
    count: int
    """How many users there are; the sessions without a user count as one."""

    @property
    def totals(self) -> Amounts:
        """All sessions of the filter."""
        return summed(user.amounts for user in self.users) + self.rest


@dataclass(frozen=True, slots=True)
class LargestSessions:
    """The sessions that hold the most."""

    as_of: datetime
    sessions: tuple[SessionUsage, ...]
    totals: Amounts
    """All sessions of the filter."""


def totals(stores: SessionStores, where: SessionFilter) -> UsageTotals:
    """The sums of all sessions that the filter lets through, as the list of sessions shows them."""
    with rows_of(stores) as (reader, as_of):
        return UsageTotals(as_of, reader.totals(where))


def overview(stores: SessionStores, where: SessionFilter) -> Overview:
    """Usage over time."""
    with rows_of(stores) as (reader, as_of):
        return Overview(as_of, reader.quarters(where), reader.undated(where))


def by_user(stores: SessionStores, where: SessionFilter, limit: int = 100) -> Users:
    """Usage by user."""
    with rows_of(stores) as (reader, as_of):
        return Users(as_of, *reader.users(where, limit))


def largest_sessions(
    stores: SessionStores, where: SessionFilter, by: LargestBy = "tokens", limit: int = 100
) -> LargestSessions:
    """The sessions with the most tokens or messages, and the sums of all."""
    with rows_of(stores) as (reader, as_of):
        return LargestSessions(as_of, reader.largest(where, by, limit), reader.totals(where))
