"""The payload of a conversation: what a model would be sent, and who would reject it."""

import streamlit as st

from pages.ui import (
    conversation_states,
    current_snapshot,
    payload_cuts,
    payload_errors,
    payload_exports,
    payload_head,
    payload_rows,
    payload_sending,
    sidebar,
)

session_id = current_snapshot.session_in_url()
if not session_id:
    conversation_states.say_none_chosen("Payload")
    st.stop()

head, words, body = st.container(key="payload_head"), st.container(), st.container()
with body, st.spinner("Reading the conversation …"):
    snapshot = current_snapshot.take(session_id)
if not snapshot.answered:
    sidebar.doubt()
with head:
    facts = st.container()
    source, model = payload_head.inputs(snapshot)
with words:
    conversation_states.show(snapshot, source)
if snapshot.side(source) is None:
    st.stop()

with body, st.spinner("Building the payload …"):
    preview = payload_rows.prepare(session_id, source, model)
with facts:
    payload_head.show(snapshot, source, preview, model)
with body:
    rows, cuts, errors, exports, *sending = st.tabs(
        ["Payload", "Cut it", "Paste an error", "Take it along", *payload_sending.tabs()],
        key="part",
        bind="query-params",
        on_change="rerun",
    )
with rows:
    if rows.open:
        payload_rows.show(session_id, source, model, snapshot.token)
with cuts:
    if cuts.open:
        payload_cuts.show(preview, model)
with errors:
    if errors.open:
        payload_errors.show(session_id, source, preview)
with exports:
    if exports.open:
        payload_exports.show(session_id, preview, model)
for tab in (tab for tab in sending if tab.open):
    with tab:
        payload_sending.show(session_id, preview, model)
