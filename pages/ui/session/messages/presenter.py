"""The presenter view while a page of it is opened: its timeline covers the window once it is in the browser."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def curtain() -> DeltaGenerator:
    """Hides the side bar and the head at once where the URL asks for the view; to be emptied where no timeline comes.

    What is hidden is told by style.css, from the key of a container.
    """
    room = st.empty()
    if "presenter" in st.query_params:
        room.container(key="presenter", height=1, border=False).empty()
    return room
