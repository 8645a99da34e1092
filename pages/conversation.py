"""The Conversation page: header, state of both copies, and the timeline of one of them."""

import streamlit as st

from pages.ui.server.services import inspections
from pages.ui.session import current_inspection, empty_states, export, header, verdict_badge
from pages.ui.session.messages import presenter, source_parts, source_switch, timeline, waiting
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
    with st.spinner("Loading conversation…"):
        inspection = current_inspection.take(session_id, first)
    shown = timeline.show(session_id, inspection, first)

if shown:
    inspections().give_way(session_id)
inspection = current_inspection.take(
    session_id
)  # only the header needs the other copy, so the timeline does not wait for it
if not inspection.answered:
    sidebar.doubt()
with head:
    source, verdict = header.show(inspection)
    export.show(session_id, inspection)
with words:
    empty_states.show(inspection, source)
if not shown:
    with body:
        shown = timeline.show(session_id, inspection, source)
with body:
    waiting.show(inspection.copies)
if not shown:
    curtain.empty()
if inspection.readable(source) is not None:
    with verdict, st.container(horizontal=True, vertical_alignment="center"):
        verdict_badge.show(session_id, source)
        panel.switch()
    with turns:
        panel.show(session_id, inspection, source)
        source_parts.show(inspection, source)
