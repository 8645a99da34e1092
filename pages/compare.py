"""Any two sessions side by side: a retry, a fork, or a conversation before and after an import."""

import streamlit as st

from pages.ui.compare import choices, current_pair, headers, rows
from pages.ui.shell import sidebar

st.title("Compare sessions", anchor=False)
a, b = choices.show()
if a is None or b is None:
    st.info("Enter the IDs of two sessions to compare their messages side by side.", icon=":material/compare_arrows:")
    st.stop()
with st.spinner("Comparing sessions…"):
    two = current_pair.take(a, b)
if any(side.unavailable for side in two.sessions):
    sidebar.doubt()
headers.show(two)
if two.diff is not None:
    headers.show_differences(two)
    rows.show(two)
