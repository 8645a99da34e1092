"""One conversation: its head, which copies there are, and the timeline of one of them."""

import streamlit as st

from pages.ui import conversation_head, conversation_states, current_snapshot, sidebar, timeline

session_id = st.query_params.get("session", "")
if not session_id:
    conversation_states.say_none_chosen()
    st.stop()

with st.spinner("Reading both copies …"):
    snapshot = current_snapshot.take(session_id)

if not snapshot.whole:
    sidebar.doubt()
source = conversation_head.show(snapshot)
conversation_states.show(snapshot, source)
if snapshot.side(source) is not None:
    timeline.show(
        session_id,
        source,
        message=conversation_head.message_in_url(),
        key=f"timeline-{session_id}-{source}",
        token=snapshot.token,
    )
