"""One conversation: its head, which copies there are, and the timeline of one of them."""

import streamlit as st

from pages.ui import (
    conversation_head,
    conversation_states,
    conversation_timeline,
    copy_switch,
    current_snapshot,
    payload_badge,
    presenter,
    sidebar,
    take_along,
    turn_tokens,
)

session_id = current_snapshot.session_in_url()
if not session_id:
    conversation_states.say_none_chosen()
    st.stop()

curtain = presenter.curtain()
head, words, turns = st.container(key="conversation_head"), st.container(), st.container()
body = st.container()
first = copy_switch.asked_first()
with body:
    with st.spinner("Reading the conversation …"):
        snapshot = current_snapshot.take(session_id, first)
    shown = conversation_timeline.show(session_id, snapshot, first)

if shown:
    snapshot.give_way()
snapshot = current_snapshot.take(session_id)  # the other copy is for the head only: the timeline need not wait for it
if not snapshot.answered:
    sidebar.doubt()
with head:
    source, verdict = conversation_head.show(snapshot)
    take_along.show(session_id, snapshot)
with words:
    conversation_states.show(snapshot, source)
if not shown:
    with body:
        shown = conversation_timeline.show(session_id, snapshot, source)
if not shown:
    curtain.empty()
if snapshot.side(source) is not None:
    with verdict, st.container(horizontal=True, vertical_alignment="center"):
        payload_badge.show(session_id, source)
        turn_tokens.switch()
    with turns:
        turn_tokens.show(session_id, snapshot, source)
