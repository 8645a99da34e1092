"""A range of session starts in the URL: whole days or minutes in the current time zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

import streamlit as st

PARAMETER = "started"
_TO = ".."
_MIDNIGHT, _LAST_MINUTE = time(0, 0), time(23, 59)
_WHOLE_MINUTE = timedelta(minutes=1, microseconds=-1)
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
"""The limits of a span; an end beyond them is open."""


@dataclass(frozen=True, slots=True)
class Started:
    """From the first minute to the last, both included, in local time; None is open."""

    since: datetime | None = None
    until: datetime | None = None

    def __bool__(self) -> bool:
        return self.since is not None or self.until is not None

    def bounds(self, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
        """The first and the last moment in UTC. For a minute repeated by a clock change: both occurrences."""
        since = None if self.since is None else self.since.replace(tzinfo=zone, fold=0).astimezone(UTC)
        last = None if self.until is None else (self.until + _WHOLE_MINUTE).replace(tzinfo=zone, fold=1)
        return since, None if last is None else last.astimezone(UTC)

    def query(self) -> dict[str, str]:
        """The query parameter of the span: days as 2026-11-20..2026-11-21, minutes of them as 2026-11-20T14:00."""
        if not self:
            return {}
        since = "" if self.since is None else _parameter(self.since, _MIDNIGHT)
        until = "" if self.until is None else _parameter(self.until, _LAST_MINUTE)
        return {PARAMETER: f"{since}{_TO}{until}"}


def days(first: date | None, last: date | None) -> Started:
    """A span of whole days."""
    since = None if first is None else datetime.combine(first, _MIDNIGHT)
    return Started(since, None if last is None else datetime.combine(last, _LAST_MINUTE))


def read(text: str) -> Started:
    """Parses a query parameter. Unparseable values leave that end open."""
    since, _, until = text.partition(_TO)
    return Started(_moment(since, _MIDNIGHT), _moment(until, _LAST_MINUTE))


def in_url() -> Started:
    """The span in the page's URL."""
    return read(st.query_params.get(PARAMETER, ""))


def put(span: Started) -> None:
    """Writes the span into the URL, as one step in the browser's history."""
    if span:
        st.query_params.update(span.query())
    else:
        st.query_params.pop(PARAMETER, None)


def words(span: Started) -> str:
    """The span in words, to follow "sessions started"."""
    since, until = span.since, span.until
    if since is None or until is None:
        return f"since {_day(since, 0)}" if since else f"until {_day(until, 1439)}" if until else "at any time"
    if since.date() == until.date() and span == days(since.date(), until.date()):
        return f"on {_day(since, 0)}"
    return f"{_day(since, 0)} to {_day(until, 1439)}"


def _day(moment: datetime | None, whole_day: int) -> str:
    """A moment in words; its time is given only if it is not the day's start or end."""
    if moment is None:
        return ""
    hour = "" if moment.hour * 60 + moment.minute == whole_day else f", {moment:%H:%M}"
    return f"{moment:%-d %b %Y}{hour}"


def _parameter(moment: datetime, whole_day: time) -> str:
    return moment.date().isoformat() if moment.time() == whole_day else moment.isoformat(timespec="minutes")


def _moment(text: str, whole_day: time) -> datetime | None:
    try:
        if len(text) == len("2026-11-20"):
            moment = datetime.combine(date.fromisoformat(text), whole_day)
        else:
            moment = datetime.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return None
    return moment if FIRST_DAY <= moment.date() <= LAST_DAY else None
