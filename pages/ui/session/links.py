"""Links to a session and to one of its messages."""

from typing import NoReturn

import streamlit as st

from chatdata import Source
from pages.ui.session.tabs import Tab
from pages.ui.shell import navigate

SESSION = "session.py"


def parameters(
    session_id: str,
    source: Source | None = None,
    message: int | None = None,
    tab: Tab = "messages",
    part: str | None = None,
    find: str | None = None,
) -> dict[str, str]:
    """The query parameters of a session's URL; `find` is a word to find in all messages."""
    query = {"id": session_id}
    if tab != "messages":
        query["tab"] = tab
    if source is not None:
        query["source"] = source
    if message is not None:
        query["message"] = str(message)
    if part is not None:
        query["part"] = part
    if find is not None:
        query["find"] = find
    return query


def message_in_url() -> int | None:
    """The message position in this page's URL; None if missing or invalid."""
    value = st.query_params.get("message", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


def find_in_url() -> str:
    """The word to find in all messages in this page's URL; empty if there is none."""
    return st.query_params.get("find", "")


def open_session(
    session_id: str,
    *,
    source: Source | None = None,
    message: int | None = None,
    tab: Tab = "messages",
    part: str | None = None,
    find: str | None = None,
) -> NoReturn:
    """Opens a session, at a message or at a part of the Payload tab if one is given."""
    navigate.to("session", parameters(session_id, source, message, tab, part, find))
