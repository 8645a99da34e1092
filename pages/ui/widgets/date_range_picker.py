"""The date inputs for the start of sessions, whose values are in the URL."""

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui.widgets import date_range
from pages.ui.widgets.date_range import Started

_FIRST, _LAST = "started_first_day", "started_last_day"


def show(
    span: Started,
    left: DeltaGenerator,
    right: DeltaGenerator,
    on_change: Callable[[], None],
) -> None:
    """Draws both inputs and writes changes into the URL. A span of hours shows its days, with the hours as help."""
    for box, label, key, moment in (
        (left, "Started: from", _FIRST, span.since),
        (right, "Started: to", _LAST, span.until),
    ):
        st.session_state[key] = None if moment is None else moment.date()
        box.date_input(
            label,
            value=None,
            min_value=date_range.FIRST_DAY,
            max_value=date_range.LAST_DAY,
            key=key,
            format="YYYY-MM-DD",
            on_change=_remember,
            args=(on_change,),
            help=_hours(span),
        )


def _remember(on_change: Callable[[], None]) -> None:
    """Callback: writes the changed day into the URL; the other one keeps its time."""
    before, first, last = date_range.in_url(), st.session_state[_FIRST], st.session_state[_LAST]
    days = date_range.days(first, last)
    since = before.since if before.since and before.since.date() == first else days.since
    until = before.until if before.until and before.until.date() == last else days.until
    date_range.put(Started(since, until))
    on_change()


def _hours(span: Started) -> str | None:
    """The times of the span as help text, which the dates do not show."""
    if span == date_range.days(span.since and span.since.date(), span.until and span.until.date()):
        return None
    said = [f"{moment:%-d %b, %H:%M}" for moment in (span.since, span.until) if moment is not None]
    return f"Exact time range: {' to '.join(said)}"
