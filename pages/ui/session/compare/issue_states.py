"""What became of the session's issues: new, open since when, or resolved by whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from chatdata import AppDatabaseError
from chatdata.domain.drift import Comparison
from chatdata.domain.labels import FINDING_LABELS, repair_label
from chatdata.services.audit import AuditEntry
from chatdata.services.scan import IssueKind, IssueState, issue_states, last_scans
from pages.ui.auth import current_principal
from pages.ui.base.formatting import moment, plain
from pages.ui.server.services import connected

_SCANS = 5
"""As many as the inspector keeps with their sessions."""
_MOST_REPAIRS = 50


@dataclass(frozen=True, slots=True)
class IssueHistory:
    """The states of a session's issues by the kept scans, and the repairs of it, the newest first."""

    states: tuple[IssueState, ...] = ()
    repairs: tuple[AuditEntry, ...] = ()

    @property
    def current(self) -> Mapping[IssueKind, IssueState]:
        """The states of the issues that are there now."""
        return {state.kind: state for state in self.states if state.name != "resolved"}

    @property
    def resolved(self) -> tuple[IssueState, ...]:
        """The issues that a scan found and that are gone."""
        return tuple(state for state in self.states if state.name == "resolved")

    def repair_after(self, seen: datetime) -> AuditEntry | None:
        """The first repair after a scan that still found the issue."""
        return next((entry for entry in reversed(self.repairs) if entry.at >= seen), None)


def history(comparison: Comparison) -> IssueHistory:
    """Returns the history; an empty one if the inspector's own database can't be read, which is reported elsewhere."""
    kept = connected().app_db
    try:
        states = issue_states(comparison, last_scans(kept, _SCANS))
        entries = kept.audit_entries(_MOST_REPAIRS, comparison.session_id)
    except AppDatabaseError:
        return IssueHistory()
    return IssueHistory(states, tuple(entry for entry in entries if entry.result == "done"))


def badge(state: IssueState | None) -> str:
    """The state as Markdown; nothing where no scan tells it."""
    if state is None:
        return ""
    if state.seen is None:
        return ":blue-badge[New] not in the last scan"
    return f":gray-badge[Open] since the scan of {plain(moment(state.seen))}"


def show_resolved(told: IssueHistory) -> None:
    """Draws a line per issue that is gone, with who repaired it; or else the last repair."""
    lines = [_resolved(state, told) for state in told.resolved] or [_repaired(entry) for entry in told.repairs[:1]]
    for line in lines:
        st.markdown(line)


def _resolved(state: IssueState, told: IssueHistory) -> str:
    entry = None if state.seen is None else told.repair_after(state.seen)
    how = f"since the scan of {plain(moment(state.seen))}" if entry is None and state.seen else _how(entry)
    return f":green-badge[:material/check: Resolved] **{plain(FINDING_LABELS[state.kind])}** {how}"


def _repaired(entry: AuditEntry) -> str:
    return f":green-badge[:material/check: Repaired] {_how(entry)}. {plain(entry.sentence)}"


def _how(entry: AuditEntry | None) -> str:
    """The repair, who applied it and when; operators are named only where the audit log may be read."""
    if entry is None:
        return ""
    by = f"by {plain(entry.who)}, " if current_principal.current().may_see_audit else ""
    return f"{by}{plain(moment(entry.at))}: {plain(repair_label(entry.action))}"
