"""Usage: who spent what, when, on which conversations."""

import streamlit as st

from pages.ui.shell import query_errors
from pages.ui.usage import overview, tabs, url_state

st.title("Usage", anchor=False)
seen = None
with query_errors.part("Adding up", url_state.NARROWER):
    seen = overview.show(url_state.current())
if seen is not None:
    tabs.show(seen)
