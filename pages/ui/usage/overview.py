"""The first screen of the Usage page: totals, usage over time and top users."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import streamlit as st

from chatdata.domain.text import agreeing
from chatdata.domain.usage import Amounts, fold
from chatdata.services.catalog import SessionFilter
from chatdata.services.usage import Overview
from pages.ui.base.formatting import count, zone
from pages.ui.server import services
from pages.ui.shell import query_errors
from pages.ui.usage import chips, cost, header, inputs, metrics, queries, timeseries, url_state, users
from pages.ui.usage import measure as usage_measure
from pages.ui.usage.measure import Measure
from pages.ui.usage.url_state import UsageQuery
from pages.ui.widgets import date_range
from pages.ui.widgets.date_range import Started


@dataclass(frozen=True, slots=True)
class UsageOverview:
    """The results of the first screen, for the tabs below it."""

    where: SessionFilter
    answer: Overview
    measure: Measure


def show(asked: UsageQuery) -> UsageOverview | None:
    """Draws the first screen; returns None if no session matches."""
    span = asked.span(_now())
    inputs.show(asked, span)
    chips.show(asked)
    where = asked.where(span, zone())
    with st.spinner("Loading usage…", show_time=True):
        answer = queries.overview(where)
    header.show(asked, span, where, answer)
    if not answer.totals.sessions:
        return None
    length = _length(span, answer)
    grain = timeseries.grain_for(asked.grain, length)
    since, until = where.started_since, where.started_until
    periods = fold(answer.quarters, zone(), grain, since=since, until=until)
    measure = usage_measure.measure_of(answer.totals)
    _figures(asked, where, answer.totals)
    with st.container(key="usage_charts_overview"):
        left, right = st.columns([6, 5], gap="medium")
    with left:
        timeseries.show(periods, measure, grain, timeseries.grains_for(length))
    with right, query_errors.part("Top users", url_state.NARROWER):
        users.show(queries.users(where), measure)
    return UsageOverview(where, answer, measure)


def _figures(asked: UsageQuery, where: SessionFilter, held: Amounts) -> None:
    earlier = asked.span_before(_now())
    compared = None if earlier is None else asked.where(earlier, zone())
    said = "" if earlier is None else f"Previous period ({date_range.words(earlier)})"
    before = None
    with query_errors.part("Comparison with the previous period", url_state.NARROWER):
        before = None if compared is None else queries.totals(compared).amounts
    room = metrics.show(held, before, said)
    with room, query_errors.part("Cost", url_state.NARROWER):
        cost_before = None if compared is None else queries.models(compared).cost
        cost.show_figure(queries.models(where).cost, cost_before, said)
    st.caption(f"{count(held.turns, 'model response')}. {_unknown(held)}")


def _unknown(held: Amounts) -> str:
    if not held.unrecorded:
        return ""
    if not held.recorded:
        return usage_measure.MESSAGES.note
    have = agreeing(held.unrecorded, "has", "have")
    return f"{count(held.unrecorded, 'session')} {have} no recorded tokens (excluded)."


def _now() -> datetime:
    """The current time in the chosen time zone, to the minute."""
    return services.now().astimezone(zone()).replace(tzinfo=None, second=0, microsecond=0)


def _length(span: Started, answer: Overview) -> timedelta:
    first = span.since or _local(answer.quarters[0].start if answer.quarters else answer.as_of)
    last = span.until or _local(answer.quarters[-1].start if answer.quarters else answer.as_of)
    return last - first + timedelta(minutes=15)


def _local(moment: datetime) -> datetime:
    return moment.astimezone(zone()).replace(tzinfo=None)
