"""The title of the browser's tab: what is shown, then the product."""

import streamlit as st

from pages.ui.base.formatting import sendable

PRODUCT = "Conversation Inspector"


def put(shown: str) -> None:
    """Names the browser's tab after what the page shows."""
    st.set_page_config(page_title=f"{sendable(shown)} · {PRODUCT}")
