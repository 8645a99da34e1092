"""Links to a conversation and to one of its messages."""

from typing import Literal, NoReturn

import streamlit as st

from chatdata import Source
from pages.ui.shell import navigate

CONVERSATION = "conversation.py"
Page = Literal["drift", "payload"]


def parameters(session_id: str, source: Source | None = None, message: int | None = None) -> dict[str, str]:
    """The query parameters of a conversation's URL."""
    query = {"session": session_id}
    if source is not None:
        query["source"] = source
    if message is not None:
        query["message"] = str(message)
    return query


def message_in_url() -> int | None:
    """The message position in this page's URL; None if missing or invalid."""
    value = st.query_params.get("message", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


def open_conversation(session_id: str, *, source: Source | None = None, message: int | None = None) -> NoReturn:
    """Opens the Conversation page."""
    navigate.to("conversation", parameters(session_id, source, message))


def open_page(page: Page, session_id: str) -> NoReturn:
    """Opens another page about a conversation."""
    navigate.to(page, parameters(session_id))
