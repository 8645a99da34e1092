"""The Repair tab: a proposal with its changes and data loss, applied after review."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from chatdata import ChatMessage
from chatdata.domain.drift import Comparison, DriftFinding, Repair
from chatdata.domain.labels import AUDIT_RESULT_LABELS, FINDING_LABELS, REPAIR_LABELS, repair_label
from chatdata.domain.text import json_or_text
from chatdata.services.repair import Change, Done, Lost, Proposal, Refusal, apply, propose
from pages.ui.auth import current_principal
from pages.ui.base.formatting import in_time_zone, moment, plain
from pages.ui.server.services import connected, inspections
from pages.ui.session import tabs as session_tabs
from pages.ui.session.compare.change_diff import diff_of
from pages.ui.widgets import table

_EFFECTS: dict[Repair, str] = {
    "rewarm_cache": "replaces the cached copy",
    "invalidate_cache": "reloaded on next read",
    "save_cached_tail": "adds cache-only messages",
    "save_cached_text": "completes texts saved in part",
    "keep_alive": "full time to live again",
}
_PROPOSED, _OUTCOME, _ACTION = "repair_proposed", "repair_outcome", "repair_action"
_ASKED = "repair_asked"
_CARD = "repair_card"
"""The issue card in which the proposal is drawn."""
_SHOWN = 400
_DIFF_HEIGHT = 340
_MOST_ENTRIES = 20


def tabs() -> dict[str, str]:
    """The tab for operators at full data visibility, since a proposal quotes messages; else empty."""
    principal = current_principal.current()
    return {"repair": "Repair"} if principal.role == "operator" and principal.view == "full" else {}


def allowed() -> bool:
    """Whether the user may apply a repair to these stores."""
    return bool(tabs()) and connected().settings.access == "write"


def choose(action: Repair) -> None:
    """Callback: opens the tab with this repair chosen and its changes shown."""
    session_tabs.go("compare", "repair")
    st.session_state[_ACTION] = action
    st.session_state[_ASKED] = action


def ask_inline(action: Repair, card: str) -> None:
    """Callback: shows the changes of a repair in the issue card where it was asked for."""
    st.session_state[_CARD] = card
    st.session_state[_ASKED] = action


def show_inline(session_id: str, card: str) -> None:
    """Draws the proposal that was asked for in this issue card, if there is one."""
    if st.session_state.get(_CARD) != card:
        return
    asked: Repair | None = st.session_state.pop(_ASKED, None)
    if asked is not None:
        st.session_state[_PROPOSED] = (session_id, asked, propose(connected().stores, session_id, asked))
    for_session, _action, proposed = st.session_state.get(_PROPOSED, (None, None, None))
    if for_session == session_id:
        _draw_proposed(proposed)


def show(session_id: str, comparison: Comparison) -> None:
    """Draws the choice of repair, the proposal for it, and the session's repair history."""
    connection = connected()
    show_last_outcome(session_id)
    if connection.settings.access != "write":
        st.info("Repair is disabled in read-only mode. INSPECTOR\\_ACCESS=write allows it.", icon=":material/lock:")
        _audit(session_id)
        return
    action = _choice(comparison)
    asked = st.session_state.pop(_ASKED, None) == action
    pressed = st.button("Preview changes", icon=":material/edit_note:", key="repair_propose", disabled=action is None)
    if action is not None and (pressed or asked):
        st.session_state[_PROPOSED] = (session_id, action, propose(connection.stores, session_id, action))
    for_session, for_action, proposed = st.session_state.get(_PROPOSED, (None, None, None))
    if (for_session, for_action) == (session_id, action):
        _draw_proposed(proposed)
    _audit(session_id)


def _draw_proposed(proposed: Proposal | Refusal) -> None:
    if isinstance(proposed, Refusal):
        st.warning(plain(in_time_zone(proposed.sentence)), icon=":material/block:")
    else:
        _review(proposed)


def _choice(comparison: Comparison) -> Repair | None:
    """Draws the repairs that would resolve a finding, and returns the chosen one."""
    fitting = [action for action in REPAIR_LABELS if any(action in finding.repairs for finding in comparison.findings)]
    if not fitting and "database" in comparison.unavailable and comparison.cache.present:
        st.caption("The database is unavailable, so nothing is compared. The TTL of the cached copy can be reset.")
        fitting = ["keep_alive"]
    if not fitting:
        st.caption("Nothing to repair.")
        return None
    return st.radio("Repair action", fitting, format_func=_choice_label, key=_ACTION)


def _choice_label(action: Repair) -> str:
    return f"{REPAIR_LABELS[action]} ({_EFFECTS[action]})"


def _review(proposal: Proposal) -> None:
    with st.container(border=True):
        gains = " It gains time." if proposal.action == "keep_alive" and not proposal.ends else ""
        resolved = f"This resolves: {plain(_labels(proposal.ends))}." if proposal.ends else "This resolves no issue."
        st.markdown(f"**{plain(REPAIR_LABELS[proposal.action])}** {resolved}{gains}")
        for caution in proposal.cautions:
            st.warning(plain(caution), icon=":material/warning:")
        _changes(proposal.changes)
        _lost(proposal.lost)
        st.caption("Nothing is written if either copy changes first, or if another writer holds the session.")
        read = f"{proposal.action}-{proposal.guard.cached[:16]}-{proposal.guard.stored[:16]}"  # one per proposal
        sure = st.checkbox("I have reviewed these changes", key=f"repair_sure-{read}")
        if st.button("Apply repair", type="primary", disabled=not sure, key="repair_apply"):
            _apply(proposal)


def _changes(changes: tuple[Change, ...]) -> None:
    if changes:
        st.code(diff_of(changes), language="diff", wrap_lines=True, height=_DIFF_HEIGHT)


def _lost(lost: tuple[Lost, ...]) -> None:
    if not lost:
        st.caption("No data loss.")
    for one in lost:
        st.error(f"Data loss: {plain(in_time_zone(one.meaning))}", icon=":material/delete_forever:")
        for value in one.values[:10]:
            st.code(_text(value), language=None, wrap_lines=True)
        if len(one.values) > 10:
            st.caption(f"and {len(one.values) - 10:,} more.")


def _apply(proposal: Proposal) -> None:
    connection = connected()
    principal = current_principal.current()
    current_principal.demand(principal.may_repair, "repair sessions")
    who = f"{principal.name} (web)"
    model = connection.settings.model
    outcome = apply(connection.stores, connection.app_db, proposal, who=who, subject=principal.subject, model=model)
    st.session_state[_OUTCOME] = (proposal.session_id, outcome)
    st.session_state.pop(_PROPOSED, None)
    inspections().forget(proposal.session_id)
    st.rerun()


def show_last_outcome(session_id: str) -> None:
    """Draws the outcome of a repair once, in the run after it."""
    for_session, outcome = st.session_state.pop(_OUTCOME, (None, None))
    if for_session != session_id:
        return
    if isinstance(outcome, Refusal):
        st.warning(f"Nothing was written. {plain(in_time_zone(outcome.sentence))}", icon=":material/block:")
    elif isinstance(outcome, Done):
        ended = f"Resolved: {plain(_labels(outcome.ended))}." if outcome.ended else "No issue was resolved."
        st.success(f"Repaired at {moment(outcome.at)}. {ended} {_left(outcome)}", icon=":material/check:")


def _left(outcome: Done) -> str:
    """What the comparison right after the repair found."""
    if outcome.comparison is None or outcome.comparison.status in (None, "moving"):
        return "The copies could not be compared again yet."
    left = [finding for finding in outcome.comparison.findings if finding.severity != "info"]
    return f"Still open: {plain(_labels(left))}." if left else "Checked again: no issue is left."


def _labels(findings: Sequence[DriftFinding]) -> str:
    return ", ".join(FINDING_LABELS[finding.kind] for finding in findings)


def _audit(session_id: str) -> None:
    connection = connected()
    entries = connection.app_db.audit_entries(_MOST_ENTRIES, session_id)
    if not entries:
        return
    st.markdown("**Repair history**")
    rows = [
        {
            "Time": moment(entry.at),
            "User": entry.who,
            "Action": repair_label(entry.action),
            "Result": AUDIT_RESULT_LABELS[entry.result],
            "Details": entry.sentence,
        }
        for entry in entries
    ]
    table.show(rows, {}, key="repair_history", alt="Repair history", opens=False)


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return moment(value)
    plain_value = value.model_dump(exclude_none=True) if isinstance(value, ChatMessage) else value
    shown = "–" if value is None else json_or_text(plain_value)
    return (shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]} …").encode("utf-8", "backslashreplace").decode()
