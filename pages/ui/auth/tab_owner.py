"""What a tab remembers belongs to one reader."""

import streamlit as st

from chatdata.domain.access import Reader

_READER = "reader_of_tab"


def belongs_to(reading: Reader) -> None:
    """Forgets what another reader, or the same with another role, left in this tab."""
    now = (reading.name, reading.role, reading.view)
    if st.session_state.get(_READER, now) != now:
        st.session_state.clear()
    st.session_state[_READER] = now
