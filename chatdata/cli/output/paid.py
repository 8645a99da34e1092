"""The result of `usage --paid` as a table and as CSV."""

import csv
import io
from decimal import Decimal

import click
from rich.text import Text

from chatdata.cli.output import emit_text
from chatdata.cli.output.tables import console, print_table, table
from chatdata.cli.output.terminal import one_line
from chatdata.domain import formatting
from chatdata.domain.text import escape_formula
from chatdata.services.answers.paid import paid_row, paid_rows
from chatdata.services.usage.paid import COST_LOG_STATES, PaidCost, PaidGrouping, PaidUsage

_HEADERS: dict[PaidGrouping, str] = {"day": "Day", "week": "Week of", "user": "User", "session": "Session"}
_NAMELESS: dict[PaidGrouping, str] = {"user": "No user", "session": "No session named"}
_COLUMNS = (
    "key", "model", "entries", "unpriced", "paid_usd", "list_price_usd", "input_tokens", "output_tokens",
    "cache_read_tokens", "cache_creation_tokens", "without_list_price",
)  # fmt: skip


def print_paid_csv(found: PaidUsage, by: str, limit: int | None) -> None:
    """Prints a header and one line per row: unknown is empty, text that begins like a formula gets an apostrophe."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(_COLUMNS)
    for cost in paid_rows(found, by, limit):
        row = paid_row(cost)
        lines.writerow([escape_formula(value) if isinstance(value, str) else value for value in map(row.get, _COLUMNS)])
    emit_text(out.getvalue())


def print_paid(found: PaidUsage, by: PaidGrouping, time_zone: str, limit: int | None) -> None:
    """Prints a line per key and model, with what was paid beside the list price."""
    if found.state != "readable":
        click.echo(COST_LOG_STATES[found.state])
        return
    costs = paid_rows(found, by, limit)
    if costs:
        _print_rows(costs, by)
    else:
        click.echo("Nothing was paid.")
    priced = "" if found.at_list_price is None else f", {_money(found.at_list_price)} at list prices"
    entries, unpriced = found.total.entries, found.total.unpriced
    of = f"{entries - unpriced:,} of " if unpriced else ""
    click.echo(f"\n{of}{formatting.count(entries, 'payment')}: {_money(found.paid)} paid{priced}")
    if unpriced:
        click.echo(f"{formatting.count(unpriced, 'payment')} without a cost (not in the sum).")
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


def _amount(amount: Decimal | None) -> str:
    return "–" if amount is None else f"{amount:,.4f}"


def _money(amount: Decimal | None) -> str:
    return "unknown cost" if amount is None else f"{amount:,.4f} USD"
