"""The time zone of everything on screen, chosen on every page and kept in the URL."""

import streamlit as st

from pages.ui.base.formatting import ZONE, browser_zone, zone_names


def show() -> None:
    """Draws the choice. The browser's zone, the default, is not written into the URL."""
    st.selectbox(
        "Time zone",
        zone_names(),
        key=ZONE,
        bind="query-params",
        format_func=_label,
        help="All dates and times use this time zone. It is kept in shared links.",
        label_visibility="collapsed",
        width=210,
    )


def parameter() -> dict[str, str]:
    """The query parameter that keeps the time zone on another page."""
    chosen = st.session_state.get(ZONE)
    return {ZONE: chosen} if chosen else {}


def _label(name: str) -> str:
    return name or f"Browser time ({browser_zone()})"
