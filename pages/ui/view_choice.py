"""The view of conversations, chosen in the side bar and kept in the URL: never wider than the reader's role has."""

import streamlit as st

from pages.ui import reader

_WORDS = {"full": "everything", "masked": "masked: no names, addresses, secrets", "structure": "structure: no words"}


def show() -> None:
    """Draws the choice where there is one; the reader's own view is the one that needs no word in the URL."""
    own, *narrower = reader.of_page().views
    if narrower:
        st.selectbox(
            "Conversations are shown",
            ("", *narrower),
            key=reader.VIEW,
            bind="query-params",
            format_func=lambda view: _WORDS[view or own],
            help="To show a conversation to others, or to debug without reading it. The choice is part of the link.",
        )


def parameter() -> dict[str, str]:
    """What the URL of another page needs, so that the view stays."""
    chosen = st.session_state.get(reader.VIEW)
    return {reader.VIEW: chosen} if chosen else {}
