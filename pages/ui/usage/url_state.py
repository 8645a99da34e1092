"""The state of the Usage page in its URL: time range, users, title words, and the interval of its axis.

All of it is written by hand, not bound to inputs, so that each click or brush is a step that the browser's way back
undoes.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Literal, get_args

import streamlit as st

from chatdata.domain.usage import GRAINS, Grain
from chatdata.stores.database import SessionFilter
from pages.ui.widgets import date_range, user_query
from pages.ui.widgets.date_range import Started

Period = Literal["7", "30", "90", "all"]
PERIODS: tuple[Period, ...] = get_args(Period)
USUAL: Period = "30"
NARROWER = "choose a shorter time range, a user or title words"
PERIOD, USER, TITLE, GRAIN = "period", "usage_user", "usage_title", "grain"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the URL asks for."""

    period: Period
    """Days up to today, counted with today. Behind a narrower span it is where the way out leads."""
    narrowed: Started
    """A span of its own, which wins over the period; empty where there is none."""
    user: str
    title: str
    grain: Grain | None
    """None leaves it to the length of the span."""

    def span(self, today: datetime) -> Started:
        """The span that is shown; `today` is any time of today on the reader's clock. Empty for all."""
        if self.narrowed or self.period == "all":
            return self.narrowed
        return date_range.days(today.date() - timedelta(days=int(self.period) - 1), today.date())

    def where(self, span: Started, zone: tzinfo) -> SessionFilter:
        """The filter for a span, the same as the list of sessions has for `list_query`."""
        since, until = span.bounds(zone)
        users = user_query.read(self.user)
        return replace(users, title_words=self.title.strip(), started_since=since, started_until=until)

    def list_query(self, span: Started) -> dict[str, str]:
        """The query under which the list of sessions shows the same sessions."""
        found = {**span.query(), "user": self.user.strip(), "title": self.title.strip()}
        return {name: value for name, value in found.items() if value}


def current() -> Asked:
    """What the page's URL asks for; what can't be read is as if it were not there."""
    query = st.query_params
    period = next((known for known in PERIODS if known == query.get(PERIOD)), USUAL)
    grain = next((known for known in GRAINS if known == query.get(GRAIN)), None)
    return Asked(period, date_range.in_url(), query.get(USER, ""), query.get(TITLE, ""), grain)


def put(name: str, value: str | None) -> None:
    """Callback: one parameter; None or empty takes it out."""
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)


def narrow(span: Started) -> None:
    """Callback: this span alone."""
    date_range.put(span)


def widen() -> None:
    """Callback: back to the period."""
    date_range.put(Started())


def choose(period: Period) -> None:
    """Callback: a period, and no span of its own."""
    widen()
    put(PERIOD, None if period == USUAL else period)


def everybody() -> None:
    """Callback: all users and titles."""
    put(USER, None)
    put(TITLE, None)


def before(span: Started, now: datetime) -> Started | None:
    """The span of the same length just before, up to the same time of day where this one still goes on.

    Clock of the reader's zone, minutes. None for a span that is open at its beginning, or begins later than now.
    """
    if span.since is None or span.since > now:
        return None
    last = span.until or datetime.combine(now.date(), datetime.max.time()).replace(second=0, microsecond=0)
    length = last - span.since + timedelta(minutes=1)
    reached = min(last, now - timedelta(minutes=now.minute % 15 + 1)) if now < last else last
    earlier = max(reached, span.since) - length
    return Started(span.since - length, earlier)
