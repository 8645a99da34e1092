"""Drift: what differs between the cached and the stored copy of a session, why, and what it costs."""

import streamlit as st

from pages.ui.session import current_inspection, empty_states
from pages.ui.session.compare import clock as drift_clock
from pages.ui.session.compare import expected_differences, header, repair, side_by_side
from pages.ui.session.compare import findings as drift_findings
from pages.ui.session.compare import payloads as drift_payloads
from pages.ui.shell import sidebar

session_id = current_inspection.session_in_url()
if not session_id:
    empty_states.say_none_chosen("Drift")
    st.stop()

with st.spinner("Reading both copies twice …"):
    snapshot = current_inspection.compare(session_id)
if not snapshot.answered:
    sidebar.doubt()
compared = snapshot.compared
assert compared is not None
header.show(snapshot, compared.comparison)
beside, findings, clock, payloads, ledger, *mend = st.tabs(
    ["Side by side", "Findings", "When", "What the model gets", "Normal differences", *repair.tabs()],
    on_change="rerun",
    key="drift_part",
)
with beside:
    if beside.open:
        side_by_side.show(session_id, key=f"drift-{session_id}", token=snapshot.token)
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
        expected_differences.show(snapshot.copies, compared.comparison)
for tab in (tab for tab in mend if tab.open):
    with tab:
        repair.show(session_id, compared.comparison)
