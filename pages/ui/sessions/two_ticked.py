"""The button that compares two ticked sessions."""

from collections.abc import Sequence

import streamlit as st

from chatdata.services.two_sessions import SessionChoice
from pages.ui.compare.choices import parameters
from pages.ui.shell import navigate


def show(session_ids: Sequence[str]) -> None:
    """Draws the button once two sessions are ticked, and says what is missing while it is one or more than two."""
    if not session_ids:
        return
    two = len(session_ids) == 2
    pressed = st.button(
        "Compare",
        key="compare_ticked",
        icon=":material/compare_arrows:",
        disabled=not two,
        help="Compare the two ticked sessions" if two else "Tick exactly two sessions to compare them",
    )
    if pressed and two:
        one, other = (SessionChoice(session_id, None) for session_id in session_ids)
        navigate.to("compare", parameters(one, other))
