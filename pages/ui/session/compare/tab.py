"""The tab Cache vs database: what differs between both copies, why, with what impact, and the repair."""

import streamlit as st

from chatdata.domain.drift import Comparison, Status
from chatdata.domain.labels import NOT_CHECKED, STATUS_LABELS, sync_label
from chatdata.services.inspection import Inspection
from pages.ui.base.formatting import moment, plain
from pages.ui.base.keys import key_of
from pages.ui.base.severity_marks import worst_mark
from pages.ui.session.compare import clock, expected_differences, findings, payloads, repair, side_by_side
from pages.ui.session.tabs import PART
from pages.ui.widgets import fact_header, url_choice
from pages.ui.widgets.fact_header import Fact, Tone

_QUIET: dict[Status, str] = {
    "in_sync": "Both copies hold the same conversation.",
    "uncached": "Only the database has it: expected once the TTL is over.",
    "moving": "A copy is changing right now. Refresh in a moment.",
    "missing": "Session not found in either store.",
}
_PARTS = {
    "issues": "Issues",
    "diff": "Diff",
    "impact": "Model impact",
    "times": "Timeline",
    "expected": "Expected differences",
}


def show(session_id: str, inspection: Inspection) -> None:
    """Draws the comparison, its issues first."""
    comparison = inspection.comparison
    fact_header.show(
        "", [[_status(comparison), _cache_written(comparison), _row_updated(comparison)]], key="drift_facts"
    )
    _say_quiet(comparison)
    part, body = url_choice.tabs({**_PARTS, **repair.tabs()}, key=PART)
    with body:
        match part:
            case "issues":
                findings.show(comparison)
            case "diff":
                side_by_side.show(session_id, key=key_of("drift", session_id), token=inspection.token)
            case "impact":
                payloads.show(session_id, inspection)
            case "times":
                clock.show(inspection.copies, comparison)
            case "expected":
                expected_differences.show(inspection.copies, comparison)
            case _:
                repair.show(session_id, comparison)


def _status(comparison: Comparison) -> Fact:
    if comparison.status is None:
        return Fact("Status", NOT_CHECKED, tone="off", hint="A store is unavailable")
    if comparison.waiting is not None and comparison.status in _QUIET:
        return Fact("Status", sync_label(comparison), tone=fact_header.tone_of(worst_mark(comparison)))
    differs = comparison.status in ("drifted", "ghost", "corrupt")
    tone: Tone = fact_header.tone_of(worst_mark(comparison)) if differs else "off"
    return Fact("Status", STATUS_LABELS[comparison.status], tone="ok" if comparison.status == "in_sync" else tone)


def _cache_written(comparison: Comparison) -> Fact:
    written = comparison.cache.last_written_at
    hint = "Derived from the TTL: each write resets it, reads do not extend it"
    return Fact("Cache written", moment(written) if written else "Unknown", hint=hint)


def _row_updated(comparison: Comparison) -> Fact:
    updated = comparison.database.updated_at
    return Fact("Row updated", moment(updated) if updated else "Unknown")


def _say_quiet(comparison: Comparison) -> None:
    """Says that nothing is wrong, if so."""
    if comparison.status not in _QUIET or any(finding.severity != "info" for finding in comparison.findings):
        return
    words = plain(_QUIET[comparison.status])
    if comparison.status == "in_sync":
        st.success(words, icon=":material/check:")
    else:
        st.info(words, icon=":material/info:")
