"""What every page is read with, in its upper right corner: the data visibility and the time zone."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui.shell import privacy_level, time_zone


def reserve() -> DeltaGenerator:
    """Their place, one line above the page."""
    return st.container(key="page_settings", horizontal=True, horizontal_alignment="right")


def show(place: DeltaGenerator) -> None:
    """Draws both choices."""
    with place:
        privacy_level.show()
        time_zone.show()
