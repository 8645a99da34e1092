"""One box for everything: a session ID, URL, log line or provider error opens its session, other words are searched."""

import streamlit as st

from chatdata.domain.lint import Explanation, explain
from chatdata.services.finder import SessionMatch
from pages.ui.auth import current_principal
from pages.ui.server.services import search
from pages.ui.session.links import open_session
from pages.ui.session.payload import error_lookup
from pages.ui.shell import navigate

_MOST_WORDS = 300
"""Characters; a longer text is no search for words."""


def show() -> None:
    """Draws the box, and opens what its text names."""
    text = st.text_input(
        "Search",
        key="find",
        placeholder="Words, a session ID, a URL, a log line or a provider's error",
        icon=":material/search:",
        label_visibility="collapsed",
    )
    if not (text or "").strip():
        return
    with st.spinner("Searching both stores…"):
        found = search().locate(text)
    explanation = explain(text)
    if isinstance(found, SessionMatch):
        if explanation.recognised:
            error_lookup.fill_in(text)
            open_session(found.session_id, source=found.source, tab="payload", part=error_lookup.PART)
        open_session(found.session_id, source=found.source, message=found.position)
    if explanation.recognised:
        _show_error(explanation)
        return
    _search_words(text, found.problems)


def _show_error(explanation: Explanation) -> None:
    with st.container(border=True):
        for match in explanation.distinct:
            error_lookup.draw_meaning(match)
        st.caption(
            "The text names no session of these stores. To see which message caused it, open the session and paste "
            "the error into Payload, Explain an error."
        )


def _search_words(text: str, problems: tuple[str, ...]) -> None:
    if current_principal.current().may_search_words and len(text) <= _MOST_WORDS:
        navigate.to("sessions", {"words": text})
    st.warning("No matching session ID, cache key, tool call ID or known error.", icon=":material/search_off:")
    for problem in problems:
        st.caption("Unavailable, so not searched:")
        st.text(problem)
