"""Opening a conversation."""

from typing import NoReturn

from chatdata import Source
from pages.ui import navigate

CONVERSATION = "conversation.py"


def parameters(session_id: str, source: Source | None = None, message: int | None = None) -> dict[str, str]:
    """The query of a conversation's URL."""
    query = {"session": session_id}
    if source is not None:
        query["source"] = source
    if message is not None:
        query["message"] = str(message)
    return query


def open_conversation(session_id: str, *, source: Source | None = None, message: int | None = None) -> NoReturn:
    """Goes to the conversation's page."""
    navigate.to("conversation", parameters(session_id, source, message))
