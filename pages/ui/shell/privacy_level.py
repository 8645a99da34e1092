"""The data visibility, chosen on every page and kept in the URL; never wider than the role allows."""

import streamlit as st

from pages.ui.auth import current_principal

_HELP = """
Full: everything. Masked: personal data and secrets are replaced with placeholders (best effort). Structure: no text,
only roles, lengths, times and tools. Use Masked or Structure to show a conversation to others, or to debug it without
reading it. The choice is kept in shared links.
"""


def show() -> None:
    """Draws the choice if there is one. The widest level, the default, is not written into the URL."""
    views = current_principal.of_page().views
    if len(views) > 1:
        st.selectbox(
            "Data visibility",
            views,
            key=current_principal.VIEW,
            bind="query-params",
            help=_HELP,
            label_visibility="collapsed",
            width=220,
        )


def parameter() -> dict[str, str]:
    """The query parameter that keeps the data visibility on another page."""
    chosen = current_principal.current()
    return {} if chosen.view == current_principal.of_page().view else {current_principal.VIEW: chosen.view}
