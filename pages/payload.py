"""The Payload page: what a model would be sent, and which providers would reject it."""

import streamlit as st

from pages.ui.session import current_inspection, empty_states
from pages.ui.session.payload import api_format, component, error_lookup, header, send, truncation
from pages.ui.session.payload import exports as payload_exports
from pages.ui.shell import sidebar

session_id = current_inspection.session_in_url()
if not session_id:
    empty_states.say_none_chosen("Payload")
    st.stop()

head, words, body = st.container(key="payload_head"), st.container(), st.container()
with body, st.spinner("Loading conversation…"):
    inspection = current_inspection.take(session_id)
if not inspection.answered:
    sidebar.doubt()
with head:
    facts = st.container()
    source, model = header.inputs(inspection)
with words:
    empty_states.show(inspection, source)
if inspection.readable(source) is None:
    st.stop()

with body, st.spinner("Building payload…"):
    preview = component.prepare(session_id, source, model)
with facts:
    header.show(inspection, source, preview, model)
with body:
    rows, cuts, errors, exports, *sending = st.tabs(
        ["Payload", "Truncate", "Explain an error", "Export", *send.tabs()],
        key="part",
        bind="query-params",
        on_change="rerun",
    )
with rows:
    if rows.open:
        translated = api_format.choose(session_id, source, model)
        component.show(session_id, source, model, translated.form, inspection.token)
with cuts:
    if cuts.open:
        truncation.show(preview, model)
with errors:
    if errors.open:
        error_lookup.show(session_id, source, preview, model)
with exports:
    if exports.open:
        payload_exports.show(session_id, api_format.choose(session_id, source, model), model)
for tab in (tab for tab in sending if tab.open):
    with tab:
        send.show(session_id, preview, model)
