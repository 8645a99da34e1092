"""Quarter hours folded into the hours, days and weeks of a time zone.

Every offset that a zone has had since 1972 is a multiple of a quarter of an hour, so a quarter hour of UTC lies in one
hour and one day of any zone. A day on which the clock is changed has 23 or 25 hours, and an hour that comes twice is
two hours.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

from chatdata.domain.usage.amounts import NOTHING, Amounts, QuarterHour, summed

Grain = Literal["hour", "day", "week"]
GRAINS: tuple[Grain, ...] = ("hour", "day", "week")
MOST_PERIODS = 20_000
"""Periods of an axis without holes; where there would be more (a session of the year 1900) empty ones are left out."""

_QUARTER = timedelta(minutes=15)
_DAYS: dict[Grain, int] = {"hour": 1, "day": 1, "week": 7}


@dataclass(frozen=True, slots=True)
class Period:
    """An hour, a day or a week of a time zone and what the sessions hold that started in it."""

    start: datetime
    """In the zone."""
    end: datetime
    """The start of the next one, in the zone."""
    key: str
    """A day's date, the date of a week's Monday, or an hour as 2026-10-25T02:00+02:00."""
    amounts: Amounts


def fold(
    quarters: Iterable[QuarterHour],
    zone: tzinfo,
    grain: Grain = "day",
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[Period, ...]:
    """The periods from the first to the last, those without a session too, in order of time.

    With `since` and `until` (inclusive) the axis reaches at least from the period of the one to that of the other.
    """
    parts: dict[object, list[QuarterHour]] = {}
    for quarter in quarters:
        parts.setdefault(_clock(quarter.start, zone, grain), []).append(quarter)
    found = {_start(part[0].start, zone, grain): summed(quarter.amounts for quarter in part) for part in parts.values()}
    for edge in (since, until):
        if edge is not None:
            found.setdefault(_start(edge, zone, grain), NOTHING)
    return tuple(_period(start, zone, grain, found.get(start, NOTHING)) for start in _axis(sorted(found), zone, grain))


def weekday_hours(quarters: Iterable[QuarterHour], zone: tzinfo) -> tuple[tuple[Amounts, ...], ...]:
    """What started on each weekday (Monday first) in each of its 24 hours of the zone."""
    found = [[NOTHING] * 24 for _ in range(7)]
    for quarter in quarters:
        local = quarter.start.astimezone(zone)
        found[local.weekday()][local.hour] += quarter.amounts
    return tuple(tuple(hours) for hours in found)


def day_bounds(first: date | None, last: date | None, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """The first and the last moment (UTC, both inclusive) of whole days of the zone, for a filter."""
    since = None if first is None else _midnight(first, zone)
    until = None if last is None else _midnight(last + timedelta(days=1), zone) - timedelta(microseconds=1)
    return since, until


def _axis(starts: list[datetime], zone: tzinfo, grain: Grain) -> Iterable[datetime]:
    if len(starts) < 2:
        return starts
    hours = (starts[-1] - starts[0]) / timedelta(hours=1)
    if hours > MOST_PERIODS * (1 if grain == "hour" else 24 * _DAYS[grain]):
        return starts
    return _without_holes(starts[0], starts[-1], zone, grain)


def _without_holes(first: datetime, last: datetime, zone: tzinfo, grain: Grain) -> Iterator[datetime]:
    start = first
    while start <= last:
        yield start
        start = _next(start, zone, grain)


def _period(start: datetime, zone: tzinfo, grain: Grain, amounts: Amounts) -> Period:
    local = start.astimezone(zone)
    key = local.isoformat(timespec="minutes") if grain == "hour" else local.date().isoformat()
    return Period(local, _next(start, zone, grain).astimezone(zone), key, amounts)


def _clock(moment: datetime, zone: tzinfo, grain: Grain) -> object:
    """What the moments of one period share on the zone's clock."""
    return _hour(moment, zone) if grain == "hour" else _first_day(moment.astimezone(zone).date(), grain)


def _start(moment: datetime, zone: tzinfo, grain: Grain) -> datetime:
    """The start (UTC) of the period that a moment lies in."""
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
    """The first moment (UTC) of a day; where the clock skips midnight, the moment at which it does."""
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
    """The first quarter (UTC) of the hour of the zone; one that comes twice has two offsets, so it is two."""
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
