"""The document of `usage --paid --json`: what was paid beside list prices."""

from decimal import Decimal
from typing import Any

from chatdata.services.usage.paid import PaidCost, PaidSums, PaidUsage


def paid_object(found: PaidUsage, by: str, time_zone: str, limit: int | None) -> dict[str, Any]:
    """The document of `usage --paid --json` (see `usage`)."""
    total = PaidCost(None, None, found.total)
    return {
        "by": by,
        "time_zone": time_zone,
        "as_of": found.as_of,
        "cost_log": found.state,
        "prices_dated": next((f"{one.prices_dated}" for one in found.costs if one.prices_dated is not None), None),
        "rows": [paid_row(cost) for cost in paid_rows(found, by, limit)],
        "totals": {
            **_numbers(total.sums),
            "paid_usd": _usd(found.paid),
            "list_price_usd": _usd(found.at_list_price),
            "without_list_price": found.without_list_price,
        },
    }


def paid_rows(found: PaidUsage, by: str, limit: int | None) -> tuple[PaidCost, ...]:
    """The rows up to the limit: of periods the last ones."""
    if limit is None:
        return found.costs
    return found.costs[-limit:] if by in ("day", "week") else found.costs[:limit]


def paid_row(cost: PaidCost) -> dict[str, Any]:
    """A row as a JSON object."""
    money = {"paid_usd": _usd(cost.paid), "list_price_usd": _usd(cost.at_list_price)}
    without = {"without_list_price": cost.without_list_price}
    return {"key": cost.key, "model": cost.model, **_numbers(cost.sums), **money, **without}


def _numbers(sums: PaidSums) -> dict[str, int | None]:
    return {
        "entries": sums.entries,
        "unpriced": sums.unpriced,
        "input_tokens": sums.input_tokens,
        "output_tokens": sums.output_tokens,
        "cache_read_tokens": sums.cache_read_tokens,
        "cache_creation_tokens": sums.cache_creation_tokens,
    }


def _usd(amount: Decimal | None) -> float | None:
    return None if amount is None else round(float(amount), 6)
