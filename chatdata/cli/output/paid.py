"""The result of `usage --paid` as a table, as CSV and as JSON."""

import csv
import io
from decimal import Decimal
from typing import Any

import click
from rich.text import Text

from chatdata.cli.output import console, emit_text, print_table, table
from chatdata.cli.output.terminal import one_line
from chatdata.domain import formatting
from chatdata.domain.text import escape_formula
from chatdata.services.usage.paid import COST_LOG_STATES, PaidCost, PaidGrouping, PaidSums, PaidUsage

_HEADERS: dict[PaidGrouping, str] = {"day": "Day", "week": "Week of", "user": "User", "session": "Session"}
_NAMELESS: dict[PaidGrouping, str] = {"user": "No user", "session": "No session named"}
_COLUMNS = (
    "key", "model", "entries", "unpriced", "paid_usd", "list_price_usd", "input_tokens", "output_tokens",
    "cache_read_tokens", "cache_creation_tokens", "without_list_price",
)  # fmt: skip


def paid_object(found: PaidUsage, by: str, time_zone: str, limit: int | None) -> dict[str, Any]:
    """The document of `usage --paid --json` (see `usage`)."""
    total = PaidCost(None, None, found.total)
    return {
        "by": by,
        "time_zone": time_zone,
        "as_of": found.as_of,
        "cost_log": found.state,
        "prices_dated": next((f"{one.prices_dated}" for one in found.costs if one.prices_dated is not None), None),
        "rows": [_row(cost) for cost in _limited(found, by, limit)],
        "totals": {
            **_numbers(total.sums),
            "paid_usd": _usd(found.paid),
            "list_price_usd": _usd(found.at_list_price),
            "without_list_price": found.without_list_price,
        },
    }


def print_paid_csv(found: PaidUsage, by: str, limit: int | None) -> None:
    """Prints a header and one line per row: unknown is empty, text that begins like a formula gets an apostrophe."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(_COLUMNS)
    for cost in _limited(found, by, limit):
        row = _row(cost)
        lines.writerow([escape_formula(value) if isinstance(value, str) else value for value in map(row.get, _COLUMNS)])
    emit_text(out.getvalue())


def print_paid(found: PaidUsage, by: PaidGrouping, time_zone: str, limit: int | None) -> None:
    """Prints a line per key and model, with what was paid beside the list price."""
    if found.state != "readable":
        click.echo(COST_LOG_STATES[found.state])
        return
    costs = _limited(found, by, limit)
    if costs:
        _print_rows(costs, by)
    else:
        click.echo("Nothing was paid.")
    priced = "" if found.at_list_price is None else f", {_money(found.at_list_price)} at list prices"
    click.echo(f"\n{formatting.count(found.total.entries, 'payment')}: {_money(found.paid)} paid{priced}")
    if found.total.unpriced:
        click.echo(f"{formatting.count(found.total.unpriced, 'entry', 'entries')} without a cost (not in the sum).")
    if found.without_list_price:
        without = formatting.count(found.without_list_price, "payment")
        click.echo(f"{without} without a list price: a token count or the model's price is unknown.")
    click.echo(
        "List prices are those of the input and output tokens, without discounts for cached tokens. "
        f"Time zone: {time_zone}. As of {formatting.second(found.as_of)} UTC."
    )


def _print_rows(costs: tuple[PaidCost, ...], by: PaidGrouping) -> None:
    made = table()
    made.add_column(_HEADERS[by], overflow="fold", min_width=10)
    made.add_column("Model", overflow="fold", min_width=8)
    for header in ("Paid USD", "List USD", "Input", "Output", "Cache read", "Cache write"):
        made.add_column(header, no_wrap=True, justify="right")
    for cost in costs:
        sums = cost.sums
        tokens = (sums.input_tokens, sums.output_tokens, sums.cache_read_tokens, sums.cache_creation_tokens)
        made.add_row(
            Text(_key(cost.key, by)),
            Text(one_line(cost.model or "–")),
            _amount(cost.paid),
            _amount(cost.at_list_price),
            *("–" if number is None else formatting.recorded(number, known=True, short=True) for number in tokens),
        )
    print_table(made, console())


def _key(key: str | None, by: PaidGrouping) -> str:
    return one_line(key) if key else _NAMELESS.get(by, "No time")


def _limited(found: PaidUsage, by: str, limit: int | None) -> tuple[PaidCost, ...]:
    """The rows up to the limit: of periods the last ones."""
    if limit is None:
        return found.costs
    return found.costs[-limit:] if by in ("day", "week") else found.costs[:limit]


def _row(cost: PaidCost) -> dict[str, Any]:
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


def _amount(amount: Decimal | None) -> str:
    return "–" if amount is None else f"{amount:,.4f}"


def _money(amount: Decimal | None) -> str:
    return "unknown cost" if amount is None else f"{amount:,.4f} USD"
