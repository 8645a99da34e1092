"""The payload beside the stored messages: a virtual list that reads from `pages.ui.session.payload.routes`."""

import streamlit as st

from chatdata.domain.copies import Source
from pages.ui.auth import current_reader
from pages.ui.frontend.bundle import script, style

_payload = st.components.v2.component(
    "conversation_payload",
    html='<div class="payload frame"></div>',
    css=style("payload"),
    js=script("payload"),
)


def show(session_id: str, source: Source, model: str, *, message: int | None, key: str, token: str) -> None:
    """The payload of one copy for a model, as high as the window allows.

    Only these values go to the browser, which fetches the rest. `message` is the stored position to open at; another
    `token` makes it read the copy again.
    """
    data = {
        "session": session_id,
        "source": source,
        "model": model,
        "message": message,
        "token": token,
        "view": current_reader.current().view,
    }
    _payload(data=data, key=key, width="stretch")
