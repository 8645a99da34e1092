"""`usage`: counts sessions, messages, tool calls and tokens."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Literal, get_args

import click

from chatdata.cli.commands import json_option
from chatdata.cli.output import emit
from chatdata.cli.output.paid import print_paid, print_paid_csv
from chatdata.cli.output.usage import print_csv, print_usage
from chatdata.cli.stores import opened
from chatdata.domain.usage import TIME_RANGES, TimeRange
from chatdata.services.answers.paid import paid_object
from chatdata.services.answers.usage import (
    By,
    Period,
    PeriodError,
    moment,
    usage_document,
    usage_filter,
    usage_rows,
    zone_of,
)
from chatdata.services.usage.paid import PaidGrouping, paid_usage
from chatdata.settings.stores import zone_named

_FORMS = "a date such as 2026-11-02, or a time such as 2026-11-02T14:30 or 2026-11-02T14:30Z"


class _MomentType(click.ParamType[date]):
    name = "moment"

    def convert(self, value: str | date, parameter: click.Parameter | None, context: click.Context | None) -> date:
        """Parses a date (a whole day) or a time with or without an offset."""
        if isinstance(value, date):
            return value
        try:
            return moment(value)
        except ValueError:
            self.fail(f"{value!r} is not a valid date or time. Use {_FORMS}.", parameter, context)


def _check_zone(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and zone_named(value) is None:
        raise click.BadParameter(f"{value!r} is not a known time zone. Use a name such as Europe/Berlin.")
    return value


@click.command("usage")
@click.option("--by", type=click.Choice(get_args(By)), default="day", show_default=True, help="Group by.")
@click.option("--since", metavar="WHEN", type=_MomentType(), help="Only sessions started at this time or later.")
@click.option("--until", metavar="WHEN", type=_MomentType(), help="Only sessions started at this time or earlier.")
@click.option("--period", type=click.Choice(TIME_RANGES), help="Time range by name, instead of --since and --until.")
@click.option("--user", "users", metavar="ID", multiple=True, help="Only sessions of this user; repeatable.")
@click.option(
    "--tz",
    "zone_name",
    metavar="ZONE",
    callback=_check_zone,
    help="Time zone for day boundaries (default: TZ, else UTC).",
)
@click.option(
    "--limit", metavar="N", type=click.IntRange(min=1), help="Maximum number of rows; totals cover all sessions."
)
@click.option("--paid", is_flag=True, help="What was really paid, beside list prices, by model within each row.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV with a header instead of a table.")
@json_option
def usage_command(
    by: By,
    since: date | None,
    until: date | None,
    period: TimeRange | None,
    users: tuple[str, ...],
    zone_name: str | None,
    limit: int | None,
    paid: bool,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Count sessions, messages, tool calls and tokens.

    A session counts in full at the time when it started. WHEN is a date or a time such as 2026-11-02T14:30, in the
    chosen time zone unless it names its own; --since and --until are inclusive. --period 7, 30 and 90
    are the last days including today; weeks begin on Monday. Periods are sorted by time and
    omitted when empty; --limit keeps the last ones. Users and sessions are sorted by tokens, tools by calls. What was
    not recorded is unknown, not 0: no total includes it, and sessions with unknown counts are listed. If no session has
    a count, its total is unknown. For a tool, messages are those that call it, and tokens those that its results added
    to prompts: each result counts in every later prompt of its session, by the cached usage of each turn, else as an
    estimate of four characters per token.

    --paid reads the deployment's log of paid costs, PlatformCostLog, if it has one that this role may read (see
    check). A payment counts at the time when it was paid. List prices are those of the logged tokens; payments without
    a token count, or whose model has no known price, are in no list price and counted.

    \b
    Examples:
      python -m chatdata usage --since 2026-11-01 --tz Europe/Berlin
      python -m chatdata usage --by user --since 2026-11-01 --until 2026-11-30 --csv > november.csv
      python -m chatdata usage --by tool --user ana
      python -m chatdata usage --by user --period last-week
      python -m chatdata usage --paid --by user --since 2026-11-01
      python -m chatdata usage --by session --limit 10 --json | jq -r '.rows[].key'

    \b
    Exit codes:
      0  success (even without matches)
      2  invalid usage or settings, or no database is configured
      3  the database is unavailable, or the query timed out
    """
    if as_csv and as_json:
        raise click.UsageError("Use either --csv or --json, not both.")
    if period is not None and (since is not None or until is not None):
        raise click.UsageError("Use either --period, or --since and --until.")
    asked: Period = period or (since, until)
    if paid:
        _show_paid(by, zone_name, asked, users, limit, "json" if as_json else "csv" if as_csv else "text")
        return
    with opened() as connected, _options_named():
        rows = usage_rows(connected, by, zone_of(connected, zone_name), asked, users, limit)
    if as_json:
        emit(usage_document(rows))
    elif as_csv:
        print_csv(rows)
    else:
        print_usage(rows, limited=limit is not None)


_PAID_BY: tuple[PaidGrouping, ...] = ("day", "week", "user", "session")


def _show_paid(
    by: By,
    zone_name: str | None,
    period: Period,
    users: tuple[str, ...],
    limit: int | None,
    form: Literal["json", "csv", "text"],
) -> None:
    grouping = next((one for one in _PAID_BY if one == by), None)
    if grouping is None:
        raise click.UsageError(f"--paid can be combined with --by {', '.join(_PAID_BY)}.")
    with opened() as connected, _options_named():
        zone = zone_of(connected, zone_name)
        found = paid_usage(connected.stores, usage_filter(period, users, zone), grouping, zone.rules)
    if form == "json":
        emit(paid_object(found, by, zone.name, limit))
    elif form == "csv":
        print_paid_csv(found, by, limit)
    else:
        print_paid(found, grouping, zone.name, limit)


@contextmanager
def _options_named() -> Iterator[None]:
    """Turns a period that can't be into an error about --since and --until."""
    try:
        yield
    except PeriodError as error:
        raise click.UsageError(re.sub(r"\b(since|until)\b", r"--\1", str(error))) from error
