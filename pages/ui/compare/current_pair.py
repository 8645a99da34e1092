"""The two sessions that this tab compares: read again when the page is opened or reloaded, kept across reruns."""

from datetime import timedelta

import streamlit as st

from chatdata.services.two_sessions import SessionChoice, TwoSessions
from pages.ui.server.inspections import JUST_READ
from pages.ui.server.services import inspections

_OPENED = "compared_sessions"
_FRESH_FOR = timedelta(minutes=2)


def take(a: SessionChoice, b: SessionChoice) -> TwoSessions:
    """Both sessions with their comparison."""
    opened = st.session_state.get(_OPENED) == (a, b)
    st.session_state[_OPENED] = a, b
    return inspections().two_sessions(a, b, _FRESH_FOR if opened else JUST_READ)
