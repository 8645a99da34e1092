"""The fleet: every cached session against its rows, how many differ, since when, and what will be lost."""

import streamlit as st

from pages.ui import fleet_charts, fleet_downloads, fleet_head, fleet_run, fleet_table
from pages.ui.conversation_link import open_page

st.title("Fleet", anchor=False)
st.caption("Every cached session is compared with its rows; what differs is looked at again before it is called drift.")
fleet_run.show()
scans = fleet_run.scans()
if not scans:
    fleet_run.say_none()
    st.stop()

latest, whole = scans[0], [scan for scan in scans if scan.status == "finished"]
previous = whole[1] if latest.status == "finished" and len(whole) > 1 else None
fleet_head.show(latest, previous)
fleet_charts.show_risk_and_trend(latest, whole)
clicked = fleet_table.show(latest, previous)
fleet_downloads.show(latest)
fleet_charts.show_kinds(latest)
if clicked is not None:
    open_page("drift", clicked)
