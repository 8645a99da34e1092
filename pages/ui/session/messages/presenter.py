"""The presentation while its page loads: the timeline covers the window once the browser has it."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def curtain() -> DeltaGenerator:
    """Hides the side bar and the header at once if the URL asks for presentation; empty it if there is no timeline.

    style.css decides what to hide by the container's key.
    """
    room = st.empty()
    if "presenter" in st.query_params:
        room.container(key="presenter", height=1, border=False).empty()
    return room
