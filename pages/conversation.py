"""One conversation: its head, which copies there are, and the timeline of one of them."""

import streamlit as st

from pages.ui.session import current_inspection, empty_states, export, header, verdict_badge
from pages.ui.session.messages import presenter, source_switch, timeline
from pages.ui.session.tokens import panel
from pages.ui.shell import sidebar

session_id = current_inspection.session_in_url()
if not session_id:
    empty_states.say_none_chosen()
    st.stop()

curtain = presenter.curtain()
head, words, turns = st.container(key="conversation_head"), st.container(), st.container()
body = st.container()
first = source_switch.asked_first()
with body:
    with st.spinner("Reading the conversation …"):
        snapshot = current_inspection.take(session_id, first)
    shown = timeline.show(session_id, snapshot, first)

if shown:
    snapshot.give_way()
snapshot = current_inspection.take(session_id)  # the other copy is for the head only: the timeline need not wait for it
if not snapshot.answered:
    sidebar.doubt()
with head:
    source, verdict = header.show(snapshot)
    export.show(session_id, snapshot)
with words:
    empty_states.show(snapshot, source)
if not shown:
    with body:
        shown = timeline.show(session_id, snapshot, source)
if not shown:
    curtain.empty()
if snapshot.side(source) is not None:
    with verdict, st.container(horizontal=True, vertical_alignment="center"):
        verdict_badge.show(session_id, source)
        panel.switch()
    with turns:
        panel.show(session_id, snapshot, source)
