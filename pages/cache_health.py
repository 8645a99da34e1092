"""Cache health: compares every cached session with the database and lists the ones that need attention."""

import streamlit as st

from pages.ui.cache_health import bulk_repair, channels, charts, downloads, header, provider_check, run, table
from pages.ui.session.links import open_session

st.caption("Compares every cached session with the database. Differences are re-checked to rule out writes in flight.")
row = run.row()
with row:
    run.show()
scans = run.scans()
if not scans:
    run.say_none()
    provider_check.show()
    st.stop()

latest, whole = run.with_rechecks(scans)[0], [scan for scan in scans if scan.status == "finished"]
previous = whole[1] if latest.status == "finished" and len(whole) > 1 else None
header.show(latest, previous, row)
clicked, chosen = table.show(latest, whole)
bulk_repair.show(chosen)
charts.show_risk_and_trend(latest, whole)
channels.show(latest)
downloads.show(scans[0])
charts.show_kinds(latest)
provider_check.show()
if clicked is not None:
    open_session(clicked, tab="compare")
