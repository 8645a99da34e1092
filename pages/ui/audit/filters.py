"""The filters of the audit log, kept in the URL."""

from typing import Literal

import streamlit as st

from chatdata.domain.labels import AUDIT_EVENT_LABELS
from chatdata.services.audit import AuditFilter, EventKind
from pages.ui.widgets import url_choice

_Code = Literal["everything", "looks", "exports", "sends", "repairs", "calls", "tokens"]
_KINDS: dict[_Code, EventKind | None] = {
    "everything": None,
    "looks": "view",
    "exports": "export",
    "sends": "send",
    "repairs": "repair",
    "calls": "call",
    "tokens": "token",
}
"""Event kinds by their code in the URL."""
_LABELS: dict[_Code, str] = {code: "All" if kind is None else AUDIT_EVENT_LABELS[kind] for code, kind in _KINDS.items()}


def show() -> AuditFilter:
    """Draws the filters and returns what they select."""
    row = st.container(horizontal=True, vertical_alignment="bottom")
    kind = url_choice.buttons("Event", _LABELS, key="audit_kind", box=row.container(width="content"))
    who = row.text_input(
        "User", key="audit_who", bind="query-params", type="search", placeholder="Name contains…", width=220
    )
    session_id = row.text_input(
        "Session",
        key="audit_session",
        bind="query-params",
        type="search",
        placeholder="Session ID contains…",
        width=220,
    )
    return AuditFilter(_KINDS[kind], (who or "").strip(), (session_id or "").strip())
