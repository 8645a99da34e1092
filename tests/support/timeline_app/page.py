"""One timeline; `?session=` names a generated conversation, `?message=` one of its messages."""

import streamlit as st

from pages.ui.session.messages import timeline

st.set_page_config(page_title="Timeline", layout="wide", initial_sidebar_state="collapsed")
session = st.query_params.get("id", "ten")
message = st.query_params.get("message")
with st.sidebar:
    if st.button("Rerun"):
        st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    if st.button("Read anew"):
        st.session_state["runs"] = st.session_state.get("runs", 0) + 1
        st.session_state["token"] = "anew"
    st.write(f"Reruns: {st.session_state.get('runs', 0)}")
st.subheader(f"Conversation {session}")
timeline.draw(
    session,
    "database",
    message=int(message) if message and message.isdigit() else None,
    key="timeline",
    token=st.session_state.get("token", ""),
)
