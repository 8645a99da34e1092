"""Usage: who spent what, when, on which conversations."""

import streamlit as st

from pages.ui import guard, usage_overview, usage_parts, usage_place

st.title("Usage", anchor=False)
seen = None
with guard.part("Adding up", usage_place.NARROWER):
    seen = usage_overview.show(usage_place.current())
if seen is not None:
    usage_parts.show(seen)
