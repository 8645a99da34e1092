"""The first screen of the Usage page: what was spent, when and by whom."""

from datetime import datetime, timedelta

import streamlit as st

from chatdata import SessionFilter
from chatdata.metering import Overview
from chatdata.usage import Amounts, fold
from pages.ui import (
    guard,
    navigate,
    usage_figures,
    usage_inputs,
    usage_measure,
    usage_place,
    usage_reading,
    usage_time,
    usage_users,
    wiring,
)
from pages.ui.started import Started
from pages.ui.usage_place import Asked
from pages.ui.words import count, moment, zone

_NARROW = "a shorter time, a user, or words of a title"


def now() -> datetime:
    """On the reader's clock, to the minute."""
    return wiring.now().astimezone(zone()).replace(tzinfo=None, second=0, microsecond=0)


def show(asked: Asked) -> SessionFilter | None:
    """Draws it; the filter for the rest of the page, None where there is no session to show."""
    span = asked.span(now())
    usage_inputs.show(asked, span)
    wanted = asked.wanted(span, zone())
    with st.spinner("Adding up …", show_time=True):
        answer = usage_reading.overview(wanted)
    held = answer.totals
    _say_what(asked, span, wanted, answer)
    if not held.sessions:
        _say_empty(asked, span, wanted)
        return None
    measure = usage_measure.measure_of(held)
    length = _length(span, answer)
    grain = usage_time.grain_for(asked.grain, length)
    since, until = wanted.started_since, wanted.started_until
    periods = fold(answer.quarters, zone(), grain, since=since, until=until)
    with guard.part("The period before", _NARROW):
        before, earlier = _before(asked, span)
        usage_figures.show(held, before, earlier, periods)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        usage_time.show(periods, measure, grain, usage_time.grains_for(length))
    with right, guard.part("Users", _NARROW):
        opened = usage_users.show(usage_reading.users(wanted), measure)
        if opened is not None:
            navigate.to("./", {**asked.list_query(span), "user": opened})
    return wanted


def _length(span: Started, answer: Overview) -> timedelta:
    first = span.since or answer.quarters[0].start.astimezone(zone()).replace(tzinfo=None)
    last = span.until or answer.quarters[-1].start.astimezone(zone()).replace(tzinfo=None)
    return last - first + timedelta(minutes=15)


def _say_what(asked: Asked, span: Started, wanted: SessionFilter, answer: Overview) -> None:
    held = answer.totals
    row = st.container(horizontal=True, vertical_alignment="center", key="usage_words")
    row.markdown(f"**{count(held.sessions, 'session')}** started {usage_inputs.words(span)}", width="content")
    outside = 0
    with row, guard.part("The count of all sessions", _NARROW):
        outside = usage_reading.sessions_at_any_time(wanted) - held.sessions
    if outside > 0 and held.sessions:
        row.button(
            f"{count(outside, 'more')[:-0] if False else f'{outside:,} more'} at other times",
            type="tertiary",
            on_click=usage_place.choose,
            args=("all",),
        )
    if asked.narrowed:
        row.button("Zoom out", icon=":material/zoom_out:", type="tertiary", on_click=usage_place.widen)
    if held.sessions:
        row.page_link(
            "sessions.py", label="Open the list of them", icon=":material/list:", query_params=asked.list_query(span)
        )
    row.space("stretch")
    row.caption(f"As of {moment(answer.as_of)}", width="content")
    row.button("Refresh", icon=":material/refresh:", type="tertiary", on_click=usage_reading.forget)


def _say_empty(asked: Asked, span: Started, wanted: SessionFilter) -> None:
    st.info("none")


def _before(asked: Asked, span: Started) -> tuple[Amounts | None, str]:
    earlier = usage_place.before(span, now())
    if earlier is None:
        return None, ""
    found = usage_reading.totals(asked.wanted(earlier, zone())).amounts
    return found, f"Compared with the time before: {usage_inputs.words(earlier)}"
