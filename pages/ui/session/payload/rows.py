"""The payload beside the stored messages."""

import streamlit as st

from chatdata import Source
from chatdata.domain.payload import Preview
from pages.ui import payload
from pages.ui.server.services import inspections


def prepare(session_id: str, source: Source, model: str) -> Preview:
    """The payload, as the routes give it to the browser too."""
    return inspections().preview(session_id, source, model)


def show(session_id: str, source: Source, model: str, token: str) -> None:
    """Draws it, at the message that the URL points to."""
    value = st.query_params.get("message", "")
    message = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None
    payload.show(session_id, source, model, message=message, key=f"payload-{session_id}-{source}", token=token)
