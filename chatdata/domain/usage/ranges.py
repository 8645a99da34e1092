"""Time ranges by name, such as last-week: days, calendar weeks and calendar months as seen from a day."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

TimeRange = Literal["7", "30", "90", "this-week", "last-week", "this-month", "last-month", "all"]
"""The last 7, 30 or 90 days with today, a calendar week from Monday to Sunday, a calendar month, or all time."""
TIME_RANGES: tuple[TimeRange, ...] = get_args(TimeRange)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayRange:
    """The first and the last day, both inclusive; the last day of a current week or month may be in the future."""

    first: date
    last: date


def days_of(name: TimeRange, today: date) -> DayRange | None:
    """Returns the days of a range; None for all time."""
    match name:
        case "all":
            return None
        case "this-week":
            return _week(today)
        case "last-week":
            return _week(today - 7 * _DAY)
        case "this-month":
            return _month(today)
        case "last-month":
            return _month(today.replace(day=1) - _DAY)
        case _:
            return DayRange(today - (int(name) - 1) * _DAY, today)


def days_before(name: TimeRange, today: date) -> DayRange | None:
    """Returns the days of the range before: as many days, or the week or month before; None for all time."""
    current = days_of(name, today)
    if current is None:
        return None
    if name.endswith("month"):
        return _month(current.first - _DAY)
    return DayRange(current.first - (current.last - current.first) - _DAY, current.first - _DAY)


def _week(day: date) -> DayRange:
    monday = day - timedelta(days=day.weekday())
    return DayRange(monday, monday + 6 * _DAY)


def _month(day: date) -> DayRange:
    first = day.replace(day=1)
    return DayRange(first, (first + 31 * _DAY).replace(day=1) - _DAY)
