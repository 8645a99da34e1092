"""The box that opens a conversation from an ID, URL, log line or error message."""

import streamlit as st

from chatdata.services.finder import SessionMatch
from pages.ui.server.services import search
from pages.ui.session.links import open_conversation


def show() -> None:
    """Draws the box and opens the conversation that its text names."""
    text = st.text_input(
        "Go to session",
        key="goto",
        placeholder="Paste a session ID, URL, log line or error message",
        icon=":material/arrow_forward:",
    )
    if text:
        with st.spinner("Searching both stores…"):
            found = search().locate(text)
        if isinstance(found, SessionMatch):
            open_conversation(found.session_id, source=found.source, message=found.position)
        _say_not_found(found.problems)


def _say_not_found(problems: tuple[str, ...]) -> None:
    st.warning(
        "No matching session ID, cache key or tool call ID. To search messages for words, use the search box below.",
        icon=":material/search_off:",
    )
    for problem in problems:
        st.caption("Unavailable, so not searched:")
        st.text(problem)
