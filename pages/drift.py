"""Drift: what differs between the cached and the stored copy of a session, why, and what it costs."""

import streamlit as st

from pages.ui import (
    conversation_states,
    current_snapshot,
    drift,
    drift_clock,
    drift_findings,
    drift_head,
    drift_ledger,
    drift_mend,
    drift_payloads,
    sidebar,
)

session_id = current_snapshot.session_in_url()
if not session_id:
    conversation_states.say_none_chosen("Drift")
    st.stop()

with st.spinner("Reading both copies twice …"):
    snapshot = current_snapshot.compare(session_id)
if not snapshot.answered:
    sidebar.doubt()
compared = snapshot.compared
assert compared is not None
drift_head.show(snapshot, compared.comparison)
beside, findings, clock, payloads, ledger, *mend = st.tabs(
    ["Side by side", "Findings", "When", "What the model gets", "Normal differences", *drift_mend.tabs()],
    on_change="rerun",
    key="drift_part",
)
with beside:
    if beside.open:
        drift.show(session_id, key=f"drift-{session_id}", token=snapshot.token)
with findings:
    if findings.open:
        drift_findings.show(compared.comparison)
with clock:
    if clock.open:
        drift_clock.show(snapshot.copies, compared.comparison)
with payloads:
    if payloads.open:
        drift_payloads.show(session_id, snapshot)
with ledger:
    if ledger.open:
        drift_ledger.show(snapshot.copies, compared.comparison)
for tab in (tab for tab in mend if tab.open):
    with tab:
        drift_mend.show(session_id, compared.comparison)
