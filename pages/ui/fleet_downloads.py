"""A scan to take along: JSON as the command line prints it, CSV of its sessions."""

import json

import pandas as pd
import streamlit as st

from chatdata.scan import ScanResult, scan_json


def show(result: ScanResult) -> None:
    """Draws both buttons."""
    document = scan_json(result)
    name = f"scan-{result.started_at:%Y%m%d-%H%M%S}"
    with st.container(horizontal=True):
        st.download_button(
            "JSON", json.dumps(document, indent=2), f"{name}.json", "application/json", icon=":material/download:"
        )
        st.download_button("CSV", _csv(document["sessions"]), f"{name}.csv", "text/csv", icon=":material/download:")


def _csv(sessions: list[dict[str, object]]) -> str:
    """A line for each finding."""
    rows = [
        {"session_id": session["session_id"], "user_id": session["user_id"], "status": session["status"], **finding}
        for session in sessions
        for finding in session["findings"] or [{}]  # type: ignore[attr-defined]
    ]
    frame = pd.DataFrame(rows).drop(columns=["likely_causes", "repairs"], errors="ignore")
    return str(frame.map(_no_formula).to_csv(index=False))


def _no_formula(value: object) -> object:
    """A spreadsheet would run text that begins like a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
