"""The inputs of the Usage page; the URL decides what they show, and takes what is entered."""

import streamlit as st

from pages.ui.usage import url_state
from pages.ui.usage.url_state import PERIODS, TITLE, USER, Asked, Period
from pages.ui.widgets import date_range_picker
from pages.ui.widgets.date_range import Started

_PERIOD, _USER, _TITLE = "usage_period_shown", "usage_user_shown", "usage_title_shown"
_NAMES: dict[Period, str] = {"7": "7 d", "30": "30 d", "90": "90 d", "all": "All"}


def show(asked: Asked, span: Started) -> None:
    """Draws them in one row."""
    quick, first, last, user, title = st.columns([2.5, 2, 2, 2, 2], vertical_alignment="bottom")
    st.session_state[_PERIOD] = None if asked.narrowed else asked.period
    quick.segmented_control(
        "Started in the last", PERIODS, format_func=_NAMES.__getitem__, key=_PERIOD, on_change=_choose, width="stretch"
    )
    date_range_picker.show(span, first, last, on_change=lambda: None)
    st.session_state[_USER], st.session_state[_TITLE] = asked.user, asked.title
    user.text_input(
        "User",
        key=_USER,
        type="search",
        placeholder='Part of an id, or "exactly" "these"',
        on_change=_enter,
        args=(USER, _USER),
    )
    title.text_input(
        "Words of the title",
        key=_TITLE,
        type="search",
        placeholder='All of them; "words together"',
        on_change=_enter,
        args=(TITLE, _TITLE),
    )


def _choose() -> None:
    """A second click on the chosen one lets go of it: it stays."""
    chosen = st.session_state[_PERIOD]
    if chosen is not None:
        url_state.choose(chosen)


def _enter(parameter: str, key: str) -> None:
    url_state.put(parameter, (st.session_state[key] or "").strip())


def name_of(period: Period) -> str:
    """A period in words."""
    return "all" if period == "all" else f"the last {period} days"
