"""`usage`: counts sessions, messages, tool calls and tokens."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Literal, get_args

import click

from chatdata.cli.commands import json_option
from chatdata.cli.output import emit
from chatdata.cli.output.paid import paid_object, print_paid, print_paid_csv
from chatdata.cli.output.usage import print_csv, print_usage
from chatdata.cli.output.usage_rows import (
    MOST_UNKNOWN,
    Rows,
    ToldBy,
    UsageRow,
    amounts_object,
    coverage_object,
    row_object,
)
from chatdata.cli.stores import opened
from chatdata.domain.usage import TIME_RANGES, Amounts, Grain, TimeRange, ToolUsage, day_bounds, days_of, fold
from chatdata.services import usage
from chatdata.services.connect import Connected
from chatdata.services.session_stores import SessionStores
from chatdata.services.usage.paid import PaidGrouping, paid_usage
from chatdata.settings.stores import DEFAULT_ZONE, zone_named
from chatdata.stores.database import SessionFilter

By = Literal["day", "hour", "week", "user", "session", "tool"]
_Asked = TimeRange | tuple[date | None, date | None]
_EVERY = 2**31 - 1
"""A limit above any number of rows."""
_FORMS = "a date such as 2026-11-02, or a time such as 2026-11-02T14:30 or 2026-11-02T14:30Z"


class _MomentType(click.ParamType[date]):
    name = "moment"

    def convert(self, value: str | date, parameter: click.Parameter | None, context: click.Context | None) -> date:
        """Parses a date (a whole day) or a time with or without an offset."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value) if len(value) <= 10 else datetime.fromisoformat(value)
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
    asked: _Asked = period or (since, until)
    if paid:
        _show_paid(by, zone_name, asked, users, limit, "json" if as_json else "csv" if as_csv else "text")
        return
    with opened() as connected:
        rows = _rows(connected, by, _zone(connected, zone_name), asked, users, limit)
    if as_json:
        emit(_document(rows))
    elif as_csv:
        print_csv(rows)
    else:
        print_usage(rows, limited=limit is not None)


def _document(rows: Rows) -> dict[str, Any]:
    """The document of `usage --json`:

        {"by", "time_zone", "as_of",
         "rows": [{"key", "sessions", "messages", "tool_calls", "prompt_tokens", "completion_tokens",
                   "total_tokens", "damaged", "unknown"}],
         "totals": {the same without "key"},
         "unknown_sessions": [{"session_id", "unknown": ["prompt" | "completion"]}]}

    A day's key is its date in the time zone, a week's that of its Monday, an hour's as 2026-10-25T02:00+02:00; a
    user's and a session's are their ids, a tool's its name. null stands for sessions whose start can't be read,
    sessions without a user, and calls that name no tool. Tokens are null if none were recorded, and always for a
    tool. `totals` cover all matching sessions, not only the rows. `damaged` is the number of sessions with a damaged
    token count, which no sum includes. `unknown` is the number of sessions with an unknown token count, of which no sum
    includes the unknown part, and `unknown_sessions` lists the first 1,000 of them, latest start first.

    With --by tool, a row also has "result_tokens" (the tokens that results of the tool added to prompts),
    "caused_prompt_tokens" (these tokens counted in every prompt that contains them), of which "estimated_prompt_tokens"
    are estimates, "list_price_usd" of the caused ones, and "unpriced_prompt_tokens", which that price does not include.
    They are null for a tool of which no session was read. "caused" says what was read:

        {"sessions_with_results", "recorded", "estimated", "cache_problem", "prices_dated"}

    With --paid:

        {"by", "time_zone", "as_of", "cost_log": "readable" | "not granted" | "missing" | "unknown form",
         "prices_dated": date or null,
         "rows": [{"key", "model", "entries", "unpriced", "input_tokens", "output_tokens", "cache_read_tokens",
                   "cache_creation_tokens", "paid_usd", "list_price_usd", "without_list_price"}],
         "totals": {the same without "key" and "model"}}

    There is a row for each key and model. `entries` are payments, of which `unpriced` have no cost. A number is null
    if no entry has it. A list price is that of the entries with both counts of tokens, and null if there are none or
    the model's price is unknown; `without_list_price` are the entries that it does not include.
    """
    return {
        "by": rows.by,
        "time_zone": rows.time_zone,
        "as_of": rows.as_of,
        "rows": [row_object(row, rows.by) for row in rows.rows],
        "totals": amounts_object(rows.totals),
        "unknown_sessions": [{"session_id": one.session_id, "unknown": list(one.unknown)} for one in rows.unknown],
        **({} if rows.growth is None else {"caused": coverage_object(rows.growth)}),
    }


@dataclass(frozen=True, slots=True)
class _Zone:
    name: str
    told_by: ToldBy
    rules: tzinfo


def _zone(connected: Connected, name: str | None) -> _Zone:
    machine = connected.settings.time_zone
    chosen = name or machine or DEFAULT_ZONE
    return _Zone(chosen, "option" if name else "machine" if machine else "default", zone_named(chosen) or UTC)


_PAID_BY: tuple[PaidGrouping, ...] = ("day", "week", "user", "session")


def _show_paid(
    by: By,
    zone_name: str | None,
    period: _Asked,
    users: tuple[str, ...],
    limit: int | None,
    form: Literal["json", "csv", "text"],
) -> None:
    grouping = next((one for one in _PAID_BY if one == by), None)
    if grouping is None:
        raise click.UsageError(f"--paid can be combined with --by {', '.join(_PAID_BY)}.")
    with opened() as connected:
        zone = _zone(connected, zone_name)
        found = paid_usage(connected.stores, _where(period, users, zone), grouping, zone.rules)
    if form == "json":
        emit(paid_object(found, by, zone.name, limit))
    elif form == "csv":
        print_paid_csv(found, by, limit)
    else:
        print_paid(found, grouping, zone.name, limit)


def _rows(
    connected: Connected,
    by: By,
    zone: _Zone,
    period: _Asked,
    users: tuple[str, ...],
    limit: int | None,
) -> Rows:
    where = _where(period, users, zone)
    rows = _COUNTED[by](connected.stores, where, by, zone, limit or _EVERY)
    if by == "tool":
        growth = usage.tool_growth(connected.stores, where, connected.settings.model)
        grown = tuple(replace(row, growth=growth.of(row.key)) for row in rows.rows)
        rows = replace(rows, rows=grown, growth=growth)
    if not rows.totals.unknown:
        return rows
    return replace(rows, unknown=usage.unknown_sessions(connected.stores, where, MOST_UNKNOWN).sessions)


def _where(period: _Asked, users: tuple[str, ...], zone: _Zone) -> SessionFilter:
    first, last = _days(period, zone.rules) if isinstance(period, str) else period
    since, until = _bounds(first, last, zone.rules)
    return SessionFilter(started_since=since, started_until=until, user_ids=frozenset(users) if users else None)


def _days(name: TimeRange, zone: tzinfo) -> tuple[date | None, date | None]:
    days = days_of(name, datetime.now(zone).date())
    return (None, None) if days is None else (days.first, days.last)


def _bounds(since: date | None, until: date | None, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """Both ends in UTC. Raises click.UsageError if the period ends before it begins."""
    try:
        first = _in_utc(since, zone) if isinstance(since, datetime) else day_bounds(since, None, zone)[0]
        last = _in_utc(until, zone) if isinstance(until, datetime) else day_bounds(None, until, zone)[1]
    except OverflowError as error:
        raise click.UsageError("--since or --until is out of range.") from error
    if first is not None and last is not None and first > last:
        raise click.UsageError("--until is before --since.")
    return first, last


def _in_utc(moment: datetime, zone: tzinfo) -> datetime:
    """Converts to UTC; a time without an offset is in the given time zone."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _by_period(stores: SessionStores, where: SessionFilter, by: By, zone: _Zone, limit: int) -> Rows:
    grains: Mapping[By, Grain] = {"day": "day", "hour": "hour", "week": "week"}
    found = usage.overview(stores, where)
    periods = [period for period in fold(found.quarters, zone.rules, grains[by]) if period.amounts.sessions]
    undated = [UsageRow(None, found.undated)] if found.undated.sessions else []
    rows = [*undated, *(UsageRow(period.key, period.amounts) for period in periods)]
    return Rows(by, zone.name, zone.told_by, found.as_of, tuple(rows[-limit:]), len(rows), found.totals)


def _by_user(stores: SessionStores, where: SessionFilter, by: By, zone: _Zone, limit: int) -> Rows:
    found = usage.by_user(stores, where, limit)
    rows = tuple(UsageRow(user.user_id, user.amounts) for user in found.users)
    return Rows(by, zone.name, zone.told_by, found.as_of, rows, found.count, found.totals)


def _by_session(stores: SessionStores, where: SessionFilter, by: By, zone: _Zone, limit: int) -> Rows:
    found = usage.largest_sessions(stores, where, limit=limit)
    rows = tuple(UsageRow(one.session_id, one.amounts, one.title or one.first_user_message) for one in found.sessions)
    return Rows(by, zone.name, zone.told_by, found.as_of, rows, found.totals.sessions, found.totals)


def _by_tool(stores: SessionStores, where: SessionFilter, by: By, zone: _Zone, limit: int) -> Rows:
    found, totals = usage.by_tool_with_totals(stores, where)
    rows = tuple(_tool_row(tool) for tool in found.tools if tool.calls)
    return Rows(by, zone.name, zone.told_by, found.as_of, rows[:limit], len(rows), totals)


def _tool_row(tool: ToolUsage) -> UsageRow:
    return UsageRow(tool.name, Amounts(sessions=tool.sessions, messages=tool.messages, tool_calls=tool.calls))


_COUNTED: Mapping[By, Callable[[SessionStores, SessionFilter, By, _Zone, int], Rows]] = {
    "day": _by_period,
    "hour": _by_period,
    "week": _by_period,
    "user": _by_user,
    "session": _by_session,
    "tool": _by_tool,
}
