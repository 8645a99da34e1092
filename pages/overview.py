"""Overview: what needs attention now, what was used lately, and one box to find anything."""

import streamlit as st

from pages.ui.cache_health import run
from pages.ui.overview import expiring, figures, issues, search_box, stories

st.caption(
    "Conversations of a chat assistant, as its cache and its database hold them: where they differ, what a provider "
    "would reject, and where the tokens went."
)
search_box.show()
stories.show()
scans = run.with_rechecks(run.scans())
run.show_line(scans)
figures.show(scans)
if not scans:
    run.say_none()
    st.stop()
with st.container(key="overview_lists"):
    left, right = st.columns([3, 2], gap="medium")
with left:
    expiring.show(scans)
with right:
    issues.show(scans)
