"""Usage: who spent what, when, on which conversations."""

import streamlit as st

from pages.ui import usage_overview, usage_place
from pages.ui.guard import part

st.title("Usage", anchor=False)
asked = usage_place.current()
with part("The overview", "a shorter time, or a user"):
    opened = usage_overview.show(asked)
