"""The filter for sessions with bookmarks or notes."""

from typing import Literal

import streamlit as st

from chatdata import AppDatabaseError
from pages.ui.server.services import connected
from pages.ui.sessions import cursor
from pages.ui.widgets import url_choice

KEY = "notes"
_Notes = Literal["any", "noted"]
_LABELS: dict[_Notes, str] = {"any": "Any", "noted": "With notes"}


def show() -> frozenset[str] | None:
    """Draws the filter; returns the IDs of matching sessions, or None for all."""
    url_choice.buttons("Notes and bookmarks", _LABELS, key=KEY, on_change=cursor.reset)
    return ids(st.query_params.get(KEY))


def ids(parameter: str | None) -> frozenset[str] | None:
    """The IDs of the sessions that a query parameter selects; None for all."""
    if url_choice.code_of(parameter, _LABELS) == "any":
        return None
    try:
        return connected().app_db.noted_sessions()
    except AppDatabaseError:
        return frozenset()


def chip() -> str | None:
    """What the filter selects, in words; None if it is not set."""
    return None if url_choice.current(KEY, _LABELS) == "any" else "With notes"
