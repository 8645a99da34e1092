"""The inputs that narrow the audit log, kept in the URL."""

import streamlit as st

from chatdata.stores.app_db import AuditFilter, EventKind

_KINDS: dict[str, EventKind | None] = {
    "everything": None,
    "looks": "view",
    "exports": "export",
    "sends": "send",
    "repairs": "repair",
}


def show() -> AuditFilter:
    """Draws them and gives what to look for."""
    kind_box, who_box, session_box = st.columns([4, 3, 3], vertical_alignment="bottom")
    kind = kind_box.segmented_control(
        "What", list(_KINDS), default="everything", required=True, key="audit_kind", bind="query-params"
    )
    who = who_box.text_input("Who", key="audit_who", bind="query-params", type="search", placeholder="Part of a name")
    session_id = session_box.text_input(
        "Session", key="audit_session", bind="query-params", type="search", placeholder="Part of a session id"
    )
    return AuditFilter(_KINDS[kind or "everything"], (who or "").strip(), (session_id or "").strip())
