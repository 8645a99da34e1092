"""Repairs several sessions at once, each by a repair that loses nothing; the others are left to a look at each."""

from collections.abc import Sequence

import streamlit as st

from chatdata import ChatDataError
from chatdata.domain.drift import Comparison
from chatdata.domain.labels import FINDING_LABELS, REPAIR_LABELS
from chatdata.services.repair import Done, Proposal, apply, propose_lossless
from pages.ui.auth import current_principal
from pages.ui.base.formatting import count, plain
from pages.ui.cache_health.titles import titles
from pages.ui.server.services import connected, inspections, scan_job
from pages.ui.widgets import table
from pages.ui.widgets.cell import text

_MOST = 100
_OUTCOME = "bulk_repair_outcome"


def show(chosen: Sequence[Comparison]) -> None:
    """Draws the button for the ticked sessions, and the outcome of the last repair once."""
    _say_outcome()
    if chosen and st.button(f"Preview repair of {count(len(chosen), 'session')}", icon=":material/build:"):
        _dialog(tuple(chosen[:_MOST]))


@st.dialog("Repair sessions", width="large")
def _dialog(chosen: Sequence[Comparison]) -> None:
    with st.spinner("Reading both copies…"):
        proposals = {item.session_id: _proposal(item) for item in chosen}
    named = titles(proposals)
    rows = [
        {"Conversation": named.get(name) or text(name), "Repair": _repair(proposal), "Resolves": _ends(proposal)}
        for name, proposal in proposals.items()
    ]
    table.show(rows, {}, key="bulk_repairs", alt="Repairs", opens=False)
    fitting = [proposal for proposal in proposals.values() if proposal is not None]
    others = len(proposals) - len(fitting)
    if others:
        st.caption(f"{count(others, 'session')} can't be repaired without a loss: open each to see what would be lost.")
    st.caption("No data loss. Nothing is written to a session whose copies change first.")
    label = f"Repair {count(len(fitting), 'session')}"
    if st.button(
        label, type="primary", disabled=not fitting, key="bulk_repair_apply", on_click=_apply, args=(fitting,)
    ):
        st.rerun()


def _proposal(comparison: Comparison) -> Proposal | None:
    try:
        return propose_lossless(connected().stores, comparison)
    except ChatDataError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None


def _repair(proposal: Proposal | None) -> str:
    return "None without a loss" if proposal is None else REPAIR_LABELS[proposal.action]


def _ends(proposal: Proposal | None) -> str:
    return "" if proposal is None else ", ".join(FINDING_LABELS[finding.kind] for finding in proposal.ends)


def _apply(proposals: Sequence[Proposal]) -> None:
    """Callback: applies the proposals that were shown, and scans again, so that the list says what is left."""
    connection = connected()
    principal = current_principal.current()
    current_principal.demand(principal.may_repair, "repair sessions")
    done, refused = 0, []
    for proposal in proposals:
        try:
            outcome = apply(
                connection.stores,
                connection.app_db,
                proposal,
                who=f"{principal.name} (web)",
                subject=principal.subject,
                model=connection.settings.model,
            )
        except ChatDataError as error:
            refused.append(str(error))
            break
        inspections().forget(proposal.session_id)
        if isinstance(outcome, Done):
            done += 1
        else:
            refused.append(outcome.sentence)
    st.session_state[_OUTCOME] = (done, tuple(refused))
    scan_job().start(connection, None)


def _say_outcome() -> None:
    done, refused = st.session_state.pop(_OUTCOME, (None, ()))
    if done is not None:
        st.success(f"{count(done, 'session')} repaired. A scan checks what is left.", icon=":material/check:")
    for sentence in dict.fromkeys(refused):
        st.warning(f"Nothing was written. {plain(sentence)}", icon=":material/block:")
