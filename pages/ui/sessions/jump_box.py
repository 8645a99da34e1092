"""One box that takes what somebody has in hand and opens the conversation."""

import streamlit as st

from chatdata.services.finder import Match, locate
from pages.ui.server.services import connected
from pages.ui.session.links import open_conversation


def show() -> None:
    """Draws the box; what is entered there and found is opened."""
    text = st.text_input(
        "Go to a conversation",
        key="goto",
        placeholder="Paste a session id, a link, a log line or a provider's error, then press Enter",
        icon=":material/arrow_forward:",
    )
    if text:
        with st.spinner("Looking for it in both stores …"):
            found = locate(connected().stores, text)
        if isinstance(found, Match):
            open_conversation(found.session_id, source=found.source, message=found.position)
        _say_not_found(found.problems)


def _say_not_found(problems: tuple[str, ...]) -> None:
    st.warning(
        "No session id, key or tool call id in this text is in the stores. "
        "To look for words in conversations use the search below.",
        icon=":material/search_off:",
    )
    for problem in problems:
        st.caption("Not everything could be asked:")
        st.text(problem)
