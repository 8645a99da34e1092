"""Links to a session and to one of its messages."""

from typing import NoReturn, TypedDict, Unpack

import streamlit as st

from chatdata import Source
from pages.ui.session.tabs import Tab
from pages.ui.shell import navigate

SESSION = "session.py"
_ORDER = ("tab", "source", "message", "part", "find")
"""The order of the parameters, so that one place has one URL."""


class SessionPlace(TypedDict, total=False):
    """Where in a session a link leads; what is left out is the default."""

    source: Source | None
    message: int | None
    tab: Tab
    part: str | None
    """The code of a part of the tab."""
    find: str | None
    """A word to find in all messages."""


def parameters(session_id: str, **place: Unpack[SessionPlace]) -> dict[str, str]:
    """The query parameters of a session's URL."""
    told = {name: value for name, value in place.items() if value is not None and (name, value) != ("tab", "messages")}
    return {"id": session_id, **{name: str(told[name]) for name in _ORDER if name in told}}


def message_in_url() -> int | None:
    """The message position in this page's URL; None if missing or invalid."""
    value = st.query_params.get("message", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


def find_in_url() -> str:
    """The word to find in all messages in this page's URL; empty if there is none."""
    return st.query_params.get("find", "")


def open_session(session_id: str, **place: Unpack[SessionPlace]) -> NoReturn:
    """Opens a session at a place in it."""
    navigate.to("session", parameters(session_id, **place))
