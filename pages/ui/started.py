"""When sessions started, as a span of the URL: whole days of the reader's zone, or minutes of it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

import streamlit as st

SINCE, UNTIL = "started_since", "started_until"
_MIDNIGHT, _LAST_MINUTE = time(0, 0), time(23, 59)
_WHOLE_MINUTE = timedelta(minutes=1, microseconds=-1)
_YEARS = range(1900, 9000)


@dataclass(frozen=True, slots=True)
class Started:
    """From the first minute to the last, both whole, on the clock of the reader's zone; None is open."""

    since: datetime | None = None
    until: datetime | None = None

    def __bool__(self) -> bool:
        return self.since is not None or self.until is not None

    def bounds(self, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
        """The first and the last moment, UTC. Of a minute that comes twice, the first and the second."""
        since = None if self.since is None else self.since.replace(tzinfo=zone, fold=0).astimezone(UTC)
        last = None if self.until is None else self.until.replace(tzinfo=zone, fold=1) + _WHOLE_MINUTE
        return since, None if last is None else last.astimezone(UTC)

    def query(self) -> dict[str, str]:
        """Its parameters of the URL: a day as 2026-11-20, a minute of it as 2026-11-20T14:00."""
        since = None if self.since is None else _written(self.since, _MIDNIGHT)
        until = None if self.until is None else _written(self.until, _LAST_MINUTE)
        return {name: value for name, value in ((SINCE, since), (UNTIL, until)) if value is not None}


def days(first: date | None, last: date | None) -> Started:
    """Whole days."""
    since = None if first is None else datetime.combine(first, _MIDNIGHT)
    return Started(since, None if last is None else datetime.combine(last, _LAST_MINUTE))


def read(since: str, until: str) -> Started:
    """The span that two parameters mean; what can't be read is open."""
    return Started(_moment(since, _MIDNIGHT), _moment(until, _LAST_MINUTE))


def in_url() -> Started:
    """The span of the page's URL."""
    return read(st.query_params.get(SINCE, ""), st.query_params.get(UNTIL, ""))


def put(span: Started) -> None:
    """Writes it into the URL."""
    written = span.query()
    for name in (SINCE, UNTIL):
        if name in written:
            st.query_params[name] = written[name]
        else:
            st.query_params.pop(name, None)


def _written(moment: datetime, whole_day: time) -> str:
    return moment.date().isoformat() if moment.time() == whole_day else moment.isoformat(timespec="minutes")


def _moment(text: str, whole_day: time) -> datetime | None:
    try:
        if len(text) == len("2026-11-20"):
            moment = datetime.combine(date.fromisoformat(text), whole_day)
        else:
            moment = datetime.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return None
    return moment if moment.year in _YEARS else None
