"""The first screen of the Usage page: what was spent, when and by whom."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import streamlit as st

from chatdata import SessionFilter
from chatdata.metering import Overview
from chatdata.usage import Amounts, Period, fold
from pages.ui import (
    guard,
    navigate,
    started,
    usage_cost,
    usage_figures,
    usage_head,
    usage_inputs,
    usage_measure,
    usage_place,
    usage_reading,
    usage_time,
    usage_users,
    wiring,
)
from pages.ui.started import Started
from pages.ui.usage_measure import Measure
from pages.ui.usage_place import Asked
from pages.ui.words import count, zone


@dataclass(frozen=True, slots=True)
class Seen:
    """What the first screen found, for the parts below it."""

    wanted: SessionFilter
    answer: Overview
    measure: Measure


def show(asked: Asked) -> Seen | None:
    """Draws it; None where there is no session to show."""
    span = asked.span(_now())
    usage_inputs.show(asked, span)
    wanted = asked.wanted(span, zone())
    with st.spinner("Adding up …", show_time=True):
        answer = usage_reading.overview(wanted)
    usage_head.show(asked, span, wanted, answer)
    if not answer.totals.sessions:
        return None
    length = _length(span, answer)
    grain = usage_time.grain_for(asked.grain, length)
    since, until = wanted.started_since, wanted.started_until
    periods = fold(answer.quarters, zone(), grain, since=since, until=until)
    measure = usage_measure.measure_of(answer.totals)
    _figures(asked, span, wanted, answer.totals, periods)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        usage_time.show(periods, measure, grain, usage_time.grains_for(length))
    with right, guard.part("Users", usage_place.NARROWER):
        opened = usage_users.show(usage_reading.users(wanted), measure)
        if opened is not None:
            navigate.to("./", {**asked.list_query(span), "user": opened})
    return Seen(wanted, answer, measure)


def _figures(asked: Asked, span: Started, wanted: SessionFilter, held: Amounts, periods: tuple[Period, ...]) -> None:
    earlier = usage_place.before(span, _now())
    compared = None if earlier is None else asked.wanted(earlier, zone())
    said = "" if earlier is None else f"Before ({started.words(earlier)})"
    before = None
    with guard.part("The comparison with the time before", usage_place.NARROWER):
        before = None if compared is None else usage_reading.totals(compared).amounts
    room = usage_figures.show(held, before, said, periods)
    with room, guard.part("The cost", usage_place.NARROWER):
        cost_before = None if compared is None else usage_reading.models(compared).cost
        usage_cost.show_figure(usage_reading.models(wanted).cost, cost_before, said)
    st.caption(f"{count(held.turns, 'turn')} of a model, one for each message of the assistant. {_unknown(held)}")


def _unknown(held: Amounts) -> str:
    if not held.unrecorded:
        return ""
    unknown = f"{count(held.unrecorded, 'session')} without recorded tokens: unknown, so 0 in sums and not in the cost."
    return unknown if held.recorded else usage_measure.MESSAGES.note


def _now() -> datetime:
    """On the reader's clock, to the minute."""
    return wiring.now().astimezone(zone()).replace(tzinfo=None, second=0, microsecond=0)


def _length(span: Started, answer: Overview) -> timedelta:
    first = span.since or _local(answer.quarters[0].start if answer.quarters else answer.as_of)
    last = span.until or _local(answer.quarters[-1].start if answer.quarters else answer.as_of)
    return last - first + timedelta(minutes=15)


def _local(moment: datetime) -> datetime:
    return moment.astimezone(zone()).replace(tzinfo=None)
