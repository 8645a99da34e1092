"""Quarter hours grouped into the hours, days and weeks of a time zone.

Every offset of a zone since 1972 is a multiple of a quarter of an hour, so a quarter hour in UTC lies in one hour and
one day of any zone. A day with a clock change has 23 or 25 hours, and an hour that occurs twice counts as two hours.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

from chatdata.domain.usage.amounts import NOTHING, Amounts, QuarterHour, summed

Grain = Literal["hour", "day", "week"]
GRAINS: tuple[Grain, ...] = ("hour", "day", "week")
MOST_PERIODS = 20_000
"""The maximum length of an axis without gaps; beyond it (a session from 1900), empty periods are left out."""

_QUARTER = timedelta(minutes=15)
_DAYS: dict[Grain, int] = {"hour": 1, "day": 1, "week": 7}


@dataclass(frozen=True, slots=True)
class Period:
    """An hour, day or week of a time zone, with the totals of the sessions that started in it."""

    start: datetime
    """The start, in the zone."""
    end: datetime
    """The start of the next period, in the zone."""
    key: str
    """The date of a day or of a week's Monday, or an hour as in 2026-10-25T02:00+02:00."""
    amounts: Amounts


def fold(
    quarters: Iterable[QuarterHour],
    zone: tzinfo,
    grain: Grain = "day",
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[Period, ...]:
    """Returns the periods from the first to the last in order of time, including those without a session.

    The result includes at least the periods of `since` and `until`, if these are given, and all between them.
    """
    parts: dict[object, list[QuarterHour]] = {}
    for quarter in quarters:
        parts.setdefault(_period_key(quarter.start, zone, grain), []).append(quarter)
    found = {_start(part[0].start, zone, grain): summed(quarter.amounts for quarter in part) for part in parts.values()}
    for edge in (since, until):
        if edge is not None:
            found.setdefault(_start(edge, zone, grain), NOTHING)
    return tuple(_period(start, zone, grain, found.get(start, NOTHING)) for start in _axis(sorted(found), zone, grain))


def weekday_hours(quarters: Iterable[QuarterHour], zone: tzinfo) -> tuple[tuple[Amounts, ...], ...]:
    """Returns the totals of the sessions by the weekday (Monday first) and hour of the zone in which they started."""
    found = [[NOTHING] * 24 for _ in range(7)]
    for quarter in quarters:
        local = quarter.start.astimezone(zone)
        found[local.weekday()][local.hour] += quarter.amounts
    return tuple(tuple(hours) for hours in found)


def day_bounds(first: date | None, last: date | None, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """Returns the first and last instant of a range of days of the zone, both inclusive and in UTC."""
    since = None if first is None else _midnight(first, zone)
    until = None if last is None else _midnight(last + timedelta(days=1), zone) - timedelta(microseconds=1)
    return since, until


def _axis(starts: list[datetime], zone: tzinfo, grain: Grain) -> Iterable[datetime]:
    if len(starts) < 2:
        return starts
    hours = (starts[-1] - starts[0]) / timedelta(hours=1)
    if hours > MOST_PERIODS * (1 if grain == "hour" else 24 * _DAYS[grain]):
        return starts
    return _without_gaps(starts[0], starts[-1], zone, grain)


def _without_gaps(first: datetime, last: datetime, zone: tzinfo, grain: Grain) -> Iterator[datetime]:
    start = first
    while start <= last:
        yield start
        start = _next(start, zone, grain)


def _period(start: datetime, zone: tzinfo, grain: Grain, amounts: Amounts) -> Period:
    local = start.astimezone(zone)
    key = local.isoformat(timespec="minutes") if grain == "hour" else local.date().isoformat()
    return Period(local, _next(start, zone, grain).astimezone(zone), key, amounts)


def _period_key(moment: datetime, zone: tzinfo, grain: Grain) -> object:
    """Returns a key that is equal for all times in one period of the zone."""
    return _hour(moment, zone) if grain == "hour" else _first_day(moment.astimezone(zone).date(), grain)


def _start(moment: datetime, zone: tzinfo, grain: Grain) -> datetime:
    """Returns the start, in UTC, of the period that contains this time."""
    if grain == "hour":
        return _hour_start(moment, zone)
    return _midnight(_first_day(moment.astimezone(zone).date(), grain), zone)


def _next(start: datetime, zone: tzinfo, grain: Grain) -> datetime:
    if grain == "hour":
        return _hour_end(start, zone)
    day = _first_day(start.astimezone(zone).date(), grain)
    return _midnight(day + timedelta(days=_DAYS[grain]), zone)


def _first_day(day: date, grain: Grain) -> date:
    return day - timedelta(days=day.weekday()) if grain == "week" else day


def _midnight(day: date, zone: tzinfo) -> datetime:
    """Returns the start of a day in UTC; where the clock skips midnight, the instant at which it does."""
    local = datetime.combine(day, time(), zone)
    moment = local.astimezone(UTC)
    return moment if moment.astimezone(zone).date() == day else _after_gap(day, moment, zone)


def _after_gap(day: date, moment: datetime, zone: tzinfo) -> datetime:
    while moment.astimezone(zone).date() < day:
        moment += _QUARTER
    while (moment - _QUARTER).astimezone(zone).date() >= day:
        moment -= _QUARTER
    return moment


def _hour_start(moment: datetime, zone: tzinfo) -> datetime:
    """Returns the start, in UTC, of the zone's hour; an hour that occurs twice has two offsets and so counts as two."""
    start = moment.astimezone(UTC)
    start = start.replace(minute=start.minute // 15 * 15, second=0, microsecond=0)
    while _hour(start - _QUARTER, zone) == _hour(start, zone):
        start -= _QUARTER
    return start


def _hour_end(start: datetime, zone: tzinfo) -> datetime:
    end = start + _QUARTER
    while _hour(end, zone) == _hour(start, zone):
        end += _QUARTER
    return end


def _hour(moment: datetime, zone: tzinfo) -> tuple[datetime, timedelta | None]:
    local = moment.astimezone(zone)
    return local.replace(minute=0, second=0, microsecond=0, fold=0, tzinfo=None), local.utcoffset()
