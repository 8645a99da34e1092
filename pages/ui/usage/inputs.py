"""The filters of the Usage page, kept in its URL."""

import streamlit as st

from chatdata.domain.usage import TIME_RANGES, TimeRange
from pages.ui.usage import url_state
from pages.ui.usage.url_state import TITLE, USER, UsageQuery
from pages.ui.widgets import date_range_picker
from pages.ui.widgets.date_range import Started

_PERIOD, _USER, _TITLE = "usage_period_shown", "usage_user_shown", "usage_title_shown"
_NAMES: dict[TimeRange, str] = {
    "7": "7 d",
    "30": "30 d",
    "90": "90 d",
    "this-week": "This week",
    "last-week": "Last week",
    "this-month": "This month",
    "last-month": "Last month",
    "all": "All time",
}


def show(asked: UsageQuery, span: Started) -> None:
    """Draws the time ranges, and below them the other filters in one row."""
    st.session_state[_PERIOD] = None if asked.narrowed else asked.period
    with st.container(key="usage_period"):
        st.segmented_control(
            "Time range",
            TIME_RANGES,
            format_func=_NAMES.__getitem__,
            key=_PERIOD,
            on_change=_choose,
            label_visibility="collapsed",
        )
    with st.container(key="usage_inputs"):
        first, last, user, title = st.columns(4, vertical_alignment="bottom")
    date_range_picker.show(span, first, last, on_change=lambda: None)
    st.session_state[_USER], st.session_state[_TITLE] = asked.user, asked.title
    user.text_input(
        "User",
        key=_USER,
        type="search",
        placeholder='User ID contains… ("exact match")',
        on_change=_enter,
        args=(USER, _USER),
    )
    title.text_input(
        "Title",
        key=_TITLE,
        type="search",
        placeholder='Title contains… ("exact phrase")',
        on_change=_enter,
        args=(TITLE, _TITLE),
    )


def _choose() -> None:
    """Puts the chosen period into the URL; deselecting it with a second click has no effect."""
    chosen = st.session_state[_PERIOD]
    if chosen is not None:
        url_state.choose(chosen)


def _enter(parameter: str, key: str) -> None:
    url_state.put(parameter, (st.session_state[key] or "").strip())


def name_of(period: TimeRange) -> str:
    """The name of a time range in a sentence."""
    if period.isdecimal():
        return f"the last {period} days"
    return period.replace("-", " ") if period != "all" else "all time"
