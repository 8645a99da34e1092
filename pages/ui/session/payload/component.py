"""The payload beside the stored messages: a virtual list that reads from `pages.ui.session.payload.routes`."""

import streamlit as st

from chatdata import Source
from chatdata.domain.dialects.writers import ApiFormat
from chatdata.domain.labels import API_FORMAT_LABELS
from chatdata.domain.payload import Preview
from pages.ui.auth import current_principal
from pages.ui.base.keys import key_of
from pages.ui.frontend.bundle import script, style
from pages.ui.server.services import inspections
from pages.ui.session.links import message_in_url

_payload = st.components.v2.component(
    "conversation_payload",
    html='<div class="payload frame"></div>',
    css=style("payload"),
    js=script("payload"),
)


def prepare(session_id: str, source: Source, model: str) -> Preview:
    """The payload preview that the routes serve to the browser too."""
    return inspections().preview(session_id, source, model)


def show(session_id: str, source: Source, model: str, form: ApiFormat, token: str) -> None:
    """Draws the payload of one copy for a model, as high as the window allows, at the message in the URL.

    Only these values go to the browser, which fetches the rest; another `token` makes it read the copy again.
    """
    data = {
        "session": session_id,
        "source": source,
        "model": model,
        "format": form,
        "api": "" if form == "openai" else API_FORMAT_LABELS[form],
        "message": message_in_url(),
        "token": token,
        "view": current_principal.current().view,
    }
    _payload(data=data, key=key_of("payload", session_id, source), width="stretch")
