"""What every page is read with, in its upper right corner: the data visibility and the time zone."""

import streamlit as st

from pages.ui.shell import privacy_level, time_zone


def show() -> None:
    """Draws both choices in one line."""
    with st.container(key="page_settings", horizontal=True, horizontal_alignment="right"):
        privacy_level.show()
        time_zone.show()
