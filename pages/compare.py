"""Any two sessions side by side: a retry, a fork, or a conversation before and after an import."""

import streamlit as st

from pages.ui.compare import choices, current_pair, headers, rows
from pages.ui.shell import sidebar

head = st.container(horizontal=True, vertical_alignment="center")  # columns would clip the buttons in a narrow window
head.container().title("Compare sessions", anchor=False)
read_box, swap_box = head.container(width="content"), head.container(width="content")
with swap_box:
    choices.swap_button()
boxes = [box.container(border=True, height="stretch") for box in st.columns(2)]
a, b = choices.show(boxes)
if a is None or b is None:
    st.info("Enter the IDs of two sessions to compare their messages side by side.", icon=":material/compare_arrows:")
    st.stop()
with st.spinner("Comparing sessions…"):
    two = current_pair.take(a, b)
if any(side.unavailable for side in two.sessions):
    sidebar.doubt()
with read_box:
    headers.refresh_button(two)
headers.show(two, boxes)
if two.diff is not None:
    headers.show_differences(two.diff)
    rows.show(two)
