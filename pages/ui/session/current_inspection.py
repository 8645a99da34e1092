"""The inspection that this tab shows: read again when the page is opened or reloaded, kept across reruns."""

import streamlit as st

from chatdata import Source
from chatdata.services.inspection import BOTH, Inspection
from pages.ui.server.inspections import JUST_READ
from pages.ui.server.services import inspections

_OPENED = "opened_conversation"


def session_in_url() -> str:
    """The session ID in the URL; empty without one."""
    return st.query_params.get("id", "")


def take(session_id: str, source: Source | None = None) -> Inspection:
    """An inspection with both copies of the session, or only the given one."""
    sources = BOTH if source is None else (source,)
    if st.session_state.get(_OPENED) == session_id:
        return inspections().take(session_id, sources)
    st.session_state[_OPENED] = session_id
    taken = inspections().take(session_id, sources, newer_than=JUST_READ)
    inspections().expect_browser(session_id)
    return taken


def compare(session_id: str) -> Inspection:
    """An inspection with both copies of the session and their comparison."""
    if st.session_state.get(_OPENED) == session_id:
        return inspections().compare(session_id)
    st.session_state[_OPENED] = session_id
    return inspections().compare(session_id, newer_than=JUST_READ)


def leave() -> None:
    """Notes that another page is shown, so that the conversation is read again when it is next opened."""
    st.session_state.pop(_OPENED, None)
