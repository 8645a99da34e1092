"""The document of `usage --json`: sessions, messages, tool calls and tokens by period, user, session or tool."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Literal

from chatdata.domain.usage import Amounts, Grain, TimeRange, ToolUsage, day_bounds, days_of, fold
from chatdata.services import usage
from chatdata.services.answers.usage_rows import (
    MOST_UNKNOWN,
    Rows,
    ToldBy,
    UsageRow,
    amounts_object,
    coverage_object,
    row_object,
)
from chatdata.services.connect import Connected
from chatdata.services.session_stores import SessionStores
from chatdata.settings.stores import DEFAULT_ZONE, zone_named
from chatdata.stores.database import SessionFilter

By = Literal["day", "hour", "week", "user", "session", "tool"]
Period = TimeRange | tuple[date | None, date | None]
"""A time range by name, or its first and last day or moment."""
_EVERY = 2**31 - 1
"""A limit above any number of rows."""


class PeriodError(ValueError):
    """No session can be in the period."""


def moment(text: str) -> date:
    """The day (a date) or the moment (a datetime) that a text names. Raises ValueError."""
    return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)


def usage_document(rows: Rows) -> dict[str, Any]:
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
class NamedZone:
    name: str
    told_by: ToldBy
    rules: tzinfo


def zone_of(connected: Connected, name: str | None) -> NamedZone:
    machine = connected.settings.time_zone
    chosen = name or machine or DEFAULT_ZONE
    return NamedZone(chosen, "option" if name else "machine" if machine else "default", zone_named(chosen) or UTC)


def usage_rows(
    connected: Connected,
    by: By,
    zone: NamedZone,
    period: Period,
    users: tuple[str, ...],
    limit: int | None,
) -> Rows:
    where = usage_filter(period, users, zone)
    rows = _COUNTED[by](connected.stores, where, by, zone, limit or _EVERY)
    if by == "tool":
        growth = usage.tool_growth(connected.stores, where, connected.settings.model)
        grown = tuple(replace(row, growth=growth.of(row.key)) for row in rows.rows)
        rows = replace(rows, rows=grown, growth=growth)
    if not rows.totals.unknown:
        return rows
    return replace(rows, unknown=usage.unknown_sessions(connected.stores, where, MOST_UNKNOWN).sessions)


def usage_filter(period: Period, users: tuple[str, ...], zone: NamedZone) -> SessionFilter:
    first, last = _days(period, zone.rules) if isinstance(period, str) else period
    since, until = _bounds(first, last, zone.rules)
    return SessionFilter(started_since=since, started_until=until, user_ids=frozenset(users) if users else None)


def _days(name: TimeRange, zone: tzinfo) -> tuple[date | None, date | None]:
    days = days_of(name, datetime.now(zone).date())
    return (None, None) if days is None else (days.first, days.last)


def _bounds(since: date | None, until: date | None, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """Both ends in UTC. Raises PeriodError if the period ends before it begins."""
    try:
        first = _in_utc(since, zone) if isinstance(since, datetime) else day_bounds(since, None, zone)[0]
        last = _in_utc(until, zone) if isinstance(until, datetime) else day_bounds(None, until, zone)[1]
    except OverflowError as error:
        raise PeriodError("since or until is out of range.") from error
    if first is not None and last is not None and first > last:
        raise PeriodError("until is before since.")
    return first, last


def _in_utc(moment: datetime, zone: tzinfo) -> datetime:
    """Converts to UTC; a time without an offset is in the given time zone."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _by_period(stores: SessionStores, where: SessionFilter, by: By, zone: NamedZone, limit: int) -> Rows:
    grains: Mapping[By, Grain] = {"day": "day", "hour": "hour", "week": "week"}
    found = usage.overview(stores, where)
    periods = [period for period in fold(found.quarters, zone.rules, grains[by]) if period.amounts.sessions]
    undated = [UsageRow(None, found.undated)] if found.undated.sessions else []
    rows = [*undated, *(UsageRow(period.key, period.amounts) for period in periods)]
    return Rows(by, zone.name, zone.told_by, found.as_of, tuple(rows[-limit:]), len(rows), found.totals)


def _by_user(stores: SessionStores, where: SessionFilter, by: By, zone: NamedZone, limit: int) -> Rows:
    found = usage.by_user(stores, where, limit)
    rows = tuple(UsageRow(user.user_id, user.amounts) for user in found.users)
    return Rows(by, zone.name, zone.told_by, found.as_of, rows, found.count, found.totals)


def _by_session(stores: SessionStores, where: SessionFilter, by: By, zone: NamedZone, limit: int) -> Rows:
    found = usage.largest_sessions(stores, where, limit=limit)
    rows = tuple(UsageRow(one.session_id, one.amounts, one.title or one.first_user_message) for one in found.sessions)
    return Rows(by, zone.name, zone.told_by, found.as_of, rows, found.totals.sessions, found.totals)


def _by_tool(stores: SessionStores, where: SessionFilter, by: By, zone: NamedZone, limit: int) -> Rows:
    found, totals = usage.by_tool_with_totals(stores, where)
    rows = tuple(_tool_row(tool) for tool in found.tools if tool.calls)
    return Rows(by, zone.name, zone.told_by, found.as_of, rows[:limit], len(rows), totals)


def _tool_row(tool: ToolUsage) -> UsageRow:
    return UsageRow(tool.name, Amounts(sessions=tool.sessions, messages=tool.messages, tool_calls=tool.calls))


_COUNTED: Mapping[By, Callable[[SessionStores, SessionFilter, By, NamedZone, int], Rows]] = {
    "day": _by_period,
    "hour": _by_period,
    "week": _by_period,
    "user": _by_user,
    "session": _by_session,
    "tool": _by_tool,
}
