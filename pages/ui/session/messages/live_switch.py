"""The switch that follows a running turn, kept in the URL."""

import streamlit as st

_KEY = "live"


def is_on() -> bool:
    """Whether the turn is followed; the page is drawn before the switch, so the URL says it at first."""
    return bool(st.session_state.get(_KEY, st.query_params.get(_KEY) == "true"))


def show() -> None:
    """Draws the switch."""
    st.toggle(
        "Live",
        key=_KEY,
        bind="query-params",
        help="Follow the running turn: new messages, and words as they are produced (read-only)",
    )
