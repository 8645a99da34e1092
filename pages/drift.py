"""Cache vs database: what differs between both copies of a session, why, and with what impact."""

import streamlit as st

from pages.ui.base.keys import key_of
from pages.ui.session import current_inspection, empty_states
from pages.ui.session.compare import clock as drift_clock
from pages.ui.session.compare import expected_differences, header, repair, side_by_side
from pages.ui.session.compare import findings as drift_findings
from pages.ui.session.compare import payloads as drift_payloads
from pages.ui.shell import sidebar

session_id = current_inspection.session_in_url()
if not session_id:
    empty_states.say_none_chosen("Cache vs database")
    st.stop()

with st.spinner("Comparing cache and database…"):
    inspection = current_inspection.compare(session_id)
if not inspection.answered:
    sidebar.doubt()
header.show(inspection, inspection.comparison)
beside, findings, clock, payloads, ledger, *repairing = st.tabs(
    ["Diff", "Issues", "Timeline", "Model impact", "Expected differences", *repair.tabs()],
    on_change="rerun",
    key=repair.TABS,
)
with beside:
    if beside.open:
        side_by_side.show(session_id, key=key_of("drift", session_id), token=inspection.token)
with findings:
    if findings.open:
        drift_findings.show(inspection.comparison)
with clock:
    if clock.open:
        drift_clock.show(inspection.copies, inspection.comparison)
with payloads:
    if payloads.open:
        drift_payloads.show(session_id, inspection)
with ledger:
    if ledger.open:
        expected_differences.show(inspection.copies, inspection.comparison)
for tab in (tab for tab in repairing if tab.open):
    with tab:
        repair.show(session_id, inspection.comparison)
