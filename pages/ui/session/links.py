"""Opening a conversation."""

from typing import Literal, NoReturn

from chatdata import Source
from pages.ui.shell import navigate

CONVERSATION = "conversation.py"
Page = Literal["drift", "payload"]


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


def open_page(page: Page, session_id: str) -> NoReturn:
    """Goes to another page about a conversation."""
    navigate.to(page, parameters(session_id))
