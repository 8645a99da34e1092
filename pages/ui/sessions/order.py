"""What the list is ordered by, over all sessions and not only the page; kept in the URL."""

import streamlit as st

from chatdata.services.catalog import Sort
from pages.ui.sessions import cursor
from pages.ui.widgets import url_choice

KEY = "sort"
LABELS: dict[Sort, str] = {
    "active": "Last active first",
    "started": "Latest start first",
    "messages": "Most messages first",
    "tokens": "Most tokens first",
}


def current() -> Sort:
    """The order in the URL; by last activity if missing or unknown."""
    return url_choice.current(KEY, LABELS)


def show() -> Sort:
    """Draws the choice and returns the order."""
    with st.container(width=190):
        return url_choice.dropdown(
            "Sort", LABELS, key=KEY, help="Order of all sessions", on_change=cursor.reset, label_visibility="collapsed"
        )


def choose(code: str) -> None:
    """Callback: orders the list as a column's head says, from its first page on."""
    if code in LABELS:
        url_choice.put(KEY, code, LABELS)
        cursor.reset()
