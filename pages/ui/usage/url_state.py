"""The state of the Usage page in its URL: time range, users, title words, and the interval of its axis.

It is not bound to inputs, so that each click or brush is one step that the browser's back button undoes.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

import streamlit as st

from chatdata.domain.usage import GRAINS, TIME_RANGES, Grain, TimeRange, days_before, days_of
from chatdata.services.catalog import SessionFilter
from pages.ui.widgets import date_range, user_query
from pages.ui.widgets.date_range import Started

USUAL: TimeRange = "30"
NARROWER = "choose a shorter time range, a user or title words"
PERIOD, USER, TITLE, TOOL, GRAIN = "period", "usage_user", "usage_title", "usage_tool", "grain"
SCALE = "scale"
"""Set to "full" where charts draw outliers in full."""


@dataclass(frozen=True, slots=True)
class UsageQuery:
    """The state in the URL."""

    period: TimeRange
    """The time range by name. *Reset zoom* returns to it from a narrower span."""
    narrowed: Started
    """A span that overrides the period; empty if there is none."""
    user: str
    title: str
    tool: str
    grain: Grain | None
    """None chooses the interval by the length of the span."""

    def span(self, today: datetime) -> Started:
        """The span shown, empty for all time; `today` is any local time of today."""
        named = None if self.narrowed else days_of(self.period, today.date())
        return self.narrowed if named is None else date_range.days(named.first, named.last)

    def span_before(self, now: datetime) -> Started | None:
        """The span before, up to the same time of day if the span shown has not ended.

        Of a month that is the month before, of any other span the same length of time. None if the span has no start or
        starts in the future.
        """
        span = self.span(now)
        named = None if self.narrowed else days_before(self.period, now.date())
        return _before(span, now, None if named is None else date_range.days(named.first, named.last))

    def where(self, span: Started, zone: tzinfo) -> SessionFilter:
        """The filter for a span, equal to that of the list of sessions at `list_query`."""
        since, until = span.bounds(zone)
        users = user_query.read(self.user)
        return replace(users, title_words=self.title.strip(), tool=self.tool, started_since=since, started_until=until)

    def list_query(self, span: Started) -> dict[str, str]:
        """The query parameters that make the list of sessions show the same sessions."""
        found = {**span.query(), "user": self.user.strip(), "title": self.title.strip(), "tool": self.tool}
        return {name: value for name, value in found.items() if value}


def current() -> UsageQuery:
    """The state in the page's URL; invalid values are ignored."""
    query = st.query_params
    period = next((known for known in TIME_RANGES if known == query.get(PERIOD)), USUAL)
    grain = next((known for known in GRAINS if known == query.get(GRAIN)), None)
    return UsageQuery(
        period, date_range.in_url(), query.get(USER, ""), query.get(TITLE, ""), query.get(TOOL, ""), grain
    )


def put(name: str, value: str | None) -> None:
    """Callback: sets a parameter; None or empty removes it."""
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)


def narrow(span: Started) -> None:
    """Callback: narrows the time range to this span."""
    date_range.put(span)


def widen() -> None:
    """Callback: resets the span to the period."""
    date_range.put(Started())


def choose(period: TimeRange) -> None:
    """Callback: chooses a period and drops the span."""
    widen()
    put(PERIOD, None if period == USUAL else period)


def everybody() -> None:
    """Callback: clears the filters but the time range."""
    for name in (USER, TITLE, TOOL):
        put(name, None)


def _before(span: Started, now: datetime, named: Started | None) -> Started | None:
    """Local times to the minute; `named` is the range before of a range with a name."""
    if span.since is None or span.since > now:
        return None
    last = span.until or datetime.combine(now.date(), datetime.max.time()).replace(second=0, microsecond=0)
    since, until = (named.since, named.until) if named else (None, None)
    if since is None or until is None:
        length = last - span.since + timedelta(minutes=1)
        since, until = span.since - length, last - length
    if now >= last:
        return Started(since, until)
    reached = max(now - timedelta(minutes=now.minute % 15 + 1), span.since)
    return Started(since, min(since + (reached - span.since), until))
