"""The timeline of a copy that was read, at the message that the URL points to."""

import streamlit as st

from chatdata import Source
from chatdata.services.inspection import Inspection
from pages.ui import timeline


def show(session_id: str, inspection: Inspection, source: Source) -> bool:
    """Draws it; False where this copy can't be shown."""
    copy = inspection.readable(source)
    if copy is None:
        return False
    key = f"timeline-{session_id}-{source}"
    title = copy.info.title or ""
    timeline.show(session_id, source, message=_message_in_url(), key=key, token=inspection.token, title=title)
    return True


def _message_in_url() -> int | None:
    value = st.query_params.get("message", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None
