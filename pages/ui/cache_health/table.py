"""The sessions that need attention, worst first, and what is new since the previous scan."""

from typing import Any

import pandas as pd
import streamlit as st

from chatdata.domain.drift import Comparison
from chatdata.domain.labels import FINDING_LABELS, SEVERITY_LABELS, status_label
from chatdata.domain.text import agreeing
from chatdata.services.scan import ScanResult, news
from pages.ui.auth import current_principal
from pages.ui.base.formatting import count, zone
from pages.ui.widgets import clickable_table
from pages.ui.widgets.clickable_table import text

_ROWS_SHOWN = 12
_OF_PEOPLE = ("user", "meaning")
"""Columns hidden at the structure level."""


def show(latest: ScanResult, previous: ScanResult | None) -> str | None:
    """Draws the table and returns the ID of the session that was clicked."""
    if not latest.sessions and (latest.to_look_at or latest.status != "finished"):
        st.warning("The scan ended before it could list any session.", icon=":material/block:")
        return None
    if not latest.sessions:
        st.success("No session needs attention.", icon=":material/check:")
        return None
    since = _since(latest, previous)
    st.markdown(f"**{count(latest.to_look_at, 'session')} {agreeing(latest.to_look_at, 'needs', 'need')} attention**")
    if previous is not None:
        changes = news(previous, latest)
        st.caption(
            f"Since last scan: {len(changes.new):,} new · {len(changes.still):,} open · {len(changes.gone):,} resolved"
        )
    if latest.not_listed:
        st.caption(f"Only the worst {len(latest.sessions):,} are listed.")
    rows = [_row(comparison, since.get(comparison.session_id, "")) for comparison in latest.sessions]
    if not current_principal.current().may_see_people:
        rows = [{name: value for name, value in row.items() if name not in _OF_PEOPLE} for row in rows]
    clicked = clickable_table.show(
        rows,
        _columns(),
        key=f"cache-health-{latest.started_at}",
        alt="Sessions that need attention; select one to compare its copies",
        most_rows=_ROWS_SHOWN,
    )
    return None if clicked is None else latest.sessions[clicked].session_id


def _since(latest: ScanResult, previous: ScanResult | None) -> dict[str, str]:
    if previous is None:
        return {}
    changes = news(previous, latest)
    return {item.session_id: word for word, items in (("new", changes.new), ("open", changes.still)) for item in items}


def _row(comparison: Comparison, since: str) -> dict[str, Any]:
    findings = [finding for finding in comparison.findings if finding.severity != "info"]
    return {
        "session": text(comparison.session_id),
        "since": since,
        "status": status_label(comparison.status),
        "found": ", ".join(dict.fromkeys(FINDING_LABELS[finding.kind] for finding in findings)),
        "severity": SEVERITY_LABELS[findings[0].severity] if findings else "",
        "meaning": text(findings[0].meaning) if findings else "",
        "risk": comparison.at_risk or None,
        "until": None if comparison.at_risk_until is None else pd.Timestamp(comparison.at_risk_until),
        "user": text(comparison.user_id) or "No user",
    }


def _columns() -> dict[str, Any]:
    config = st.column_config
    return {
        "session": config.TextColumn("Session", width=94),
        "since": config.TextColumn("Since", width=56, help="New since the last scan, or still open"),
        "status": config.TextColumn("Status", width=70),
        "found": config.TextColumn("Issue", width=148),
        "severity": config.TextColumn("Severity", width=68),
        "meaning": config.TextColumn("Impact", width=246),
        "risk": config.NumberColumn(
            "Unsaved", format="localized", width=62, help="Messages that exist only in the cache"
        ),
        "until": config.DatetimeColumn("Expires", format="YYYY-MM-DD HH:mm", timezone=str(zone()), width=120),
        "user": config.TextColumn("User", width=76),
    }
