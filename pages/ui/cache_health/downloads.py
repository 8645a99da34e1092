"""Downloads of a scan: JSON as the command line prints it, and a CSV of its sessions."""

import json

import pandas as pd
import streamlit as st

from chatdata.services.scan import ScanResult, scan_json
from pages.ui.auth import current_principal
from pages.ui.widgets.csv import csv_text
from pages.ui.widgets.download import download_button


def show(result: ScanResult) -> None:
    """Draws both buttons for readers who may see users and the values that differ."""
    if not current_principal.current().may_see_people:
        return
    document = scan_json(result)
    name = f"scan-{result.started_at:%Y%m%d-%H%M%S}"
    with st.container(horizontal=True):
        download_button("JSON", json.dumps(document, indent=2), f"{name}.json", mime="application/json")
        download_button("CSV", _csv(document["sessions"]), f"{name}.csv", mime="text/csv")


def _csv(sessions: list[dict[str, object]]) -> str:
    """One line per finding."""
    rows = [
        {"session_id": session["session_id"], "user_id": session["user_id"], "status": session["status"], **finding}
        for session in sessions
        for finding in session["findings"] or [{}]  # type: ignore[attr-defined]
    ]
    return csv_text(pd.DataFrame(rows).drop(columns=["likely_causes", "repairs"], errors="ignore"))
