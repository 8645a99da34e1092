"""The tab Payload: what a model would be sent, and which providers would reject it."""

import streamlit as st

from chatdata import Source
from chatdata.services.inspection import Inspection
from pages.ui.session.payload import api_format, component, error_lookup, exports, header, send, truncation
from pages.ui.session.tabs import PART
from pages.ui.widgets import url_choice

_PARTS = {
    "payload": "Payload",
    "truncate": "Truncate",
    error_lookup.PART: "Explain an error",
    "export": "Export",
}


def show(session_id: str, inspection: Inspection, source: Source) -> None:
    """Draws the payload of one copy."""
    with st.container(key="payload_head", horizontal=True, vertical_alignment="bottom"):
        facts = st.container()
        model = header.choose_model()
    with st.spinner("Building payload…"):
        preview = component.prepare(session_id, source, model)
    with facts:
        header.show(inspection, source, preview, model)
    part, body = url_choice.tabs({**_PARTS, **send.tabs()}, key=PART)
    with body:
        match part:
            case "payload":
                translated = api_format.choose(session_id, source, model)
                component.show(session_id, source, model, translated.form, inspection.token)
            case "truncate":
                truncation.show(preview, model)
            case error_lookup.PART:
                error_lookup.show(session_id, source, preview, model)
            case "export":
                exports.show(session_id, api_format.choose(session_id, source, model), model)
            case _:
                send.show(session_id, preview, model)
