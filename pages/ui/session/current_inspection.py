"""The reading of a conversation that this tab shows: anew when it is opened or reloaded, kept over reruns."""

from datetime import timedelta

import streamlit as st

from chatdata import Source
from chatdata.services.inspection import BOTH, Inspection
from pages.ui.server.services import inspections

_OPENED = "opened_conversation"
_LAST = "last_conversation"
JUST_READ = timedelta(seconds=5)  # as by `ahead`, when the browser asked for the page


def session_in_url() -> str:
    """The session of the URL; from another page's link without one, the conversation that was looked at last."""
    session_id = st.query_params.get("session") or st.session_state.get(_LAST, "")
    if session_id:
        st.session_state[_LAST] = session_id
        if st.query_params.get("session") != session_id:
            st.query_params["session"] = session_id
    return session_id


def take(session_id: str, source: Source | None = None) -> Inspection:
    """Both copies of the session, or at least this one."""
    sources = BOTH if source is None else (source,)
    if st.session_state.get(_OPENED) == session_id:
        return inspections().take(session_id, sources)
    st.session_state[_OPENED] = session_id
    return inspections().take(session_id, sources, newer_than=JUST_READ)


def compare(session_id: str) -> Inspection:
    """Both copies of the session, compared."""
    if st.session_state.get(_OPENED) == session_id:
        return inspections().compare(session_id)
    st.session_state[_OPENED] = session_id
    return inspections().compare(session_id, newer_than=JUST_READ)


def leave() -> None:
    """Another page is shown: the conversation is read anew when it is opened next."""
    st.session_state.pop(_OPENED, None)
