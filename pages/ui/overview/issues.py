"""The open issues by kind: how many sessions, and since when."""

from collections.abc import Sequence
from typing import cast

import streamlit as st

from chatdata.domain.drift import SEVERITIES, SEVERITY, Kind, Severity
from chatdata.domain.labels import FINDING_LABELS
from chatdata.services.scan import OpenIssue, ScanResult, attention
from pages.ui.base.formatting import count, duration, plain
from pages.ui.base.severity_marks import badge
from pages.ui.server.services import now
from pages.ui.sessions import sync_filter


def show(scans: Sequence[ScanResult]) -> None:
    """Draws a line per kind, the most severe first, which links to its sessions."""
    st.subheader("Open issues", anchor=False)
    latest = attention(scans)
    found = sorted(latest.issues, key=lambda issue: SEVERITIES.index(_severity(issue)))
    if not found:
        st.success("Every cached session agrees with the database.", icon=":material/check:")
        return
    with st.container(key="overview_issues"):
        for issue in found:
            _line(issue, listed=not issue.session_ids <= latest.without_row)


def _severity(issue: OpenIssue) -> Severity:
    return SEVERITY.get(cast("Kind", issue.kind), "info")


def _line(issue: OpenIssue, *, listed: bool) -> None:
    """Draws an issue as a link to its sessions, or to the scan if none of them is in the list of sessions."""
    severity = _severity(issue)
    row = st.container(horizontal=True, vertical_alignment="center")
    row.markdown(badge(severity), width="content")
    row.page_link(
        "sessions.py" if listed else "cache_health.py",
        label=plain(f"{FINDING_LABELS.get(issue.kind, issue.kind)}: {count(len(issue.session_ids), 'session')}"),
        query_params=sync_filter.parameter(issue.kind) if listed else None,
        width="content",
    )
    if issue.since is not None:
        row.caption(f"for {duration((now() - issue.since).total_seconds())}", width="content")
