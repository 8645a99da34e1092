"""Ties what a tab remembers to one user."""

import streamlit as st

from chatdata.domain.access import Principal

_READER = "reader_of_tab"


def belongs_to(principal: Principal) -> None:
    """Forgets what another reader, or the same with another role, left in this tab."""
    now = (principal.subject, principal.role, principal.view)
    if st.session_state.get(_READER, now) != now:
        st.session_state.clear()
    st.session_state[_READER] = now
