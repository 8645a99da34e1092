"""The search box of the list: words to search for, or a text that names a session."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatdata.services.finder import NoSessionMatch, SessionMatch
from pages.ui.auth import current_principal
from pages.ui.base.formatting import plain
from pages.ui.server.services import search
from pages.ui.session.links import open_session
from pages.ui.sessions import cursor

KEY = "words"
_SHORT_ID = 40
"""Characters of a session ID on a button."""


def show(box: DeltaGenerator) -> str:
    """Draws the box and returns its text."""
    words = current_principal.current().may_search_words
    found = box.text_input(
        "Search" if words else "Session ID or URL",
        key=KEY,
        bind="query-params",
        type="search",
        placeholder='Words, "an exact phrase", a session ID, URL or log line'
        if words
        else "Session ID, URL, cache key or log line",
        on_change=cursor.reset,
        label_visibility="collapsed",
    )
    return (found or "").strip()


def offer() -> bool:
    """Offers to open the session that the text names, by its ID, a URL, a cache key, a log line or a tool call.

    Returns whether there is one.
    """
    text = (st.session_state.get(KEY) or "").strip()
    if not text:
        return False
    found = search().locate(text)
    if isinstance(found, SessionMatch):
        _offer(found)
        return True
    if not current_principal.current().may_search_words:
        _say_none(found)
    return False


def _offer(found: SessionMatch) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="session_offer"):
        name = found.session_id if len(found.session_id) <= _SHORT_ID else f"{found.session_id[:_SHORT_ID]}…"
        place = "" if found.position is None else f" at message #{found.position}"
        if st.button(f"Open session {plain(name)}{place}", icon=":material/arrow_forward:", type="primary"):
            open_session(found.session_id, source=found.source, message=found.position)
        what = "a session ID" if found.by == "session id" else "a tool call ID"
        st.caption(f"The search text has {what} of these stores.", width="content")


def _say_none(found: NoSessionMatch) -> None:
    st.caption("No matching session ID, cache key or tool call ID.")
    for problem in found.problems:
        st.caption(f"Unavailable, so not searched: {plain(problem)}")
