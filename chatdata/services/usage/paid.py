"""What conversations really cost, beside the list prices of the same tokens.

A payment counts at the time of the payment, while other usage counts at the time when its session started.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Literal

from chatdata.domain.tokens import token_price
from chatdata.errors import NotConfigured
from chatdata.services.session_stores import DATABASE_HINT, SessionStores
from chatdata.stores.database import CostLogState, PaidBy, PaidRow, PaidSums, SessionFilter

__all__ = ["COST_LOG_STATES", "CostLogState", "PaidCost", "PaidGrouping", "PaidSums", "PaidUsage", "paid_usage"]

PaidGrouping = Literal["day", "week", "user", "session", "model"]
COST_LOG_STATES: Mapping[CostLogState, str] = {
    "readable": "Paid costs are read from PlatformCostLog.",
    "not granted": "Paid costs are not shown: this role may not read the table PlatformCostLog.",
    "missing": "Paid costs are not shown: the database has no table PlatformCostLog.",
    "unknown form": "Paid costs are not shown: the table PlatformCostLog lacks columns of the known versions.",
}
_QUERIES: Mapping[PaidGrouping, PaidBy] = {
    "day": "quarter", "week": "quarter", "user": "user", "session": "session", "model": "model"
}  # fmt: skip
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_QUARTER = timedelta(minutes=15)
_MICRODOLLARS = 1_000_000


@dataclass(frozen=True, slots=True)
class PaidCost:
    """What was paid for one key and model, and what its tokens cost at list prices."""

    key: str | None
    """A date, a week's Monday, a user, a session or a model; None where the log names none."""
    model: str | None
    sums: PaidSums

    @property
    def paid(self) -> Decimal | None:
        """The paid amount in USD; None if no entry has a cost."""
        return None if self.sums.microdollars is None else Decimal(self.sums.microdollars) / _MICRODOLLARS

    @property
    def at_list_price(self) -> Decimal | None:
        """The price in USD of the entries with both counts; None if there are none or the model's price is unknown.

        Only whole entries are priced, so that a total is the same however the entries are grouped.
        """
        price = token_price(self.model) if self.model else None
        sums = self.sums
        if price is None or sums.counted_input_tokens is None or sums.counted_output_tokens is None:
            return None
        return price.of(sums.counted_input_tokens, sums.counted_output_tokens).amount

    @property
    def without_list_price(self) -> int:
        """The number of entries that the list price does not include."""
        return self.sums.entries if self.at_list_price is None else self.sums.uncounted

    @property
    def prices_dated(self) -> date | None:
        """The date of the list price; None if it is unknown."""
        price = token_price(self.model) if self.model else None
        return None if price is None else price.dated


@dataclass(frozen=True, slots=True)
class PaidUsage:
    """Paid costs by key and model, or why there are none."""

    as_of: datetime
    state: CostLogState
    costs: tuple[PaidCost, ...]
    """By time, or the most expensive first."""

    @property
    def total(self) -> PaidSums:
        """The sums of all entries."""
        return added(cost.sums for cost in self.costs)

    @property
    def paid(self) -> Decimal | None:
        """The paid amount in USD; None if no entry has a cost."""
        return PaidCost(None, None, self.total).paid

    @property
    def at_list_price(self) -> Decimal | None:
        """The price in USD of the entries that can be priced; None if none can."""
        known = [cost.at_list_price for cost in self.costs if cost.at_list_price is not None]
        return sum(known, Decimal()) if known else None

    @property
    def without_list_price(self) -> int:
        """The number of entries that the list price does not include."""
        return sum(cost.without_list_price for cost in self.costs)


def paid_usage(stores: SessionStores, where: SessionFilter, by: PaidGrouping, zone: tzinfo = UTC) -> PaidUsage:
    """What was paid, for the users of the filter and within its bounds on the start as the time of payment.

    Raises NotConfigured without a database, and DatabaseError, including StatementTimeout, when it fails.
    """
    if stores.database is None:
        raise NotConfigured(f"Paid costs are read from the database. {DATABASE_HINT}")
    state, rows = stores.database.paid(where, _QUERIES[by])
    if by in ("day", "week"):
        costs = sorted(_by_period(rows, by == "week", zone), key=lambda cost: (cost.key or "", cost.model or ""))
    else:
        costs = [PaidCost(None if row.key is None else str(row.key), row.model, row.sums) for row in rows]
        costs.sort(key=lambda cost: (-(cost.sums.microdollars or 0), cost.key or "", cost.model or ""))
    return PaidUsage(datetime.now(UTC), state, tuple(costs))


def added(sums: Iterable[PaidSums]) -> PaidSums:
    """Returns the sums together; a number stays None if none of them has it."""
    every = list(sums)
    return PaidSums(
        entries=sum(one.entries for one in every),
        unpriced=sum(one.unpriced for one in every),
        microdollars=_known(one.microdollars for one in every),
        input_tokens=_known(one.input_tokens for one in every),
        output_tokens=_known(one.output_tokens for one in every),
        cache_read_tokens=_known(one.cache_read_tokens for one in every),
        cache_creation_tokens=_known(one.cache_creation_tokens for one in every),
        uncounted=sum(one.uncounted for one in every),
        counted_input_tokens=_known(one.counted_input_tokens for one in every),
        counted_output_tokens=_known(one.counted_output_tokens for one in every),
    )


def _known(numbers: Iterable[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def _by_period(rows: Iterable[PaidRow], weekly: bool, zone: tzinfo) -> Iterable[PaidCost]:
    parts: dict[tuple[str | None, str | None], list[PaidSums]] = {}
    for row in rows:
        parts.setdefault((_period(row.key, weekly, zone), row.model), []).append(row.sums)
    return (PaidCost(key, model, added(sums)) for (key, model), sums in parts.items())


def _period(quarter: str | int | None, weekly: bool, zone: tzinfo) -> str | None:
    if not isinstance(quarter, int):
        return None
    day = (_EPOCH + quarter * _QUARTER).astimezone(zone).date()
    return (day - timedelta(days=day.weekday()) if weekly else day).isoformat()
