"""The sessions that lose messages next, with a countdown."""

from collections.abc import Mapping, Sequence

import streamlit as st

from chatdata.domain.drift import Comparison
from chatdata.domain.labels import sync_label
from chatdata.services.scan import ScanResult, attention
from pages.ui.cache_health.titles import titles
from pages.ui.session.links import open_session
from pages.ui.widgets import clickable_table, column
from pages.ui.widgets.cell import text
from pages.ui.widgets.column import Column

_MOST = 12


def show(scans: Sequence[ScanResult]) -> None:
    """Draws the sessions whose messages exist only in the cache, the next to expire first."""
    st.subheader("Expiring unsaved", anchor=False)
    soonest = attention(scans).expiring[:_MOST]
    if not soonest:
        st.success("No message exists only in the cache.", icon=":material/check:")
        return
    _table(soonest, titles(comparison.session_id for comparison in soonest))


@st.fragment
def _table(soonest: Sequence[Comparison], named: Mapping[str, str]) -> None:
    rows = [_row(comparison, named) for comparison in soonest]
    clicked = clickable_table.show(
        rows,
        _columns(),
        key="overview-expiring",
        alt="Sessions whose messages exist only in the cache; select one to compare its copies",
        ids=[comparison.session_id for comparison in soonest],
    )
    if clicked is not None:
        open_session(soonest[clicked].session_id, tab="compare")


def _row(comparison: Comparison, named: Mapping[str, str]) -> dict[str, object]:
    return {
        "session": named.get(comparison.session_id) or text(comparison.session_id),
        "messages": comparison.at_risk,
        "left": comparison.at_risk_until or "no expiry",
        "issue": sync_label(comparison),
    }


def _columns() -> dict[str, Column]:
    return {
        "session": column.text("Conversation", width=300),
        "messages": column.number("Unsaved", width=70),
        "left": column.left("Expires in", width=110),
        "issue": column.text("Issue", width=150),
    }
