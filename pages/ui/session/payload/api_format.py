"""The choice of the API that the payload is translated for, and what the translation changes."""

import streamlit as st

from chatdata import Source
from chatdata.domain.dialects.writers import Translation, summary
from chatdata.domain.labels import API_FORMAT_LABELS
from chatdata.domain.payload import Preview
from pages.ui.auth import current_principal
from pages.ui.base.formatting import count, plain
from pages.ui.server.services import inspections
from pages.ui.widgets import url_choice


def choose(session_id: str, source: Source, model: str) -> Preview:
    """Draws the choice with the changes beside it, and returns the payload as the chosen API gets it."""
    row = st.container(key="payload_format", horizontal=True, vertical_alignment="center")
    row.caption("API format", width="content")
    with row.container(width=260):
        form = url_choice.dropdown(
            "API format",
            API_FORMAT_LABELS,
            key="format",
            help="The API whose request is shown here and in the Export tab",
            label_visibility="collapsed",
        )
    translated = inspections().translated(session_id, source, model, form)
    if translated.translation is not None:
        with row.container(width="content"):
            _changes(translated.translation)
        if current_principal.current().view == "structure":
            st.caption(
                "The structure view hides texts, so what is said of arguments and results applies to the placeholders."
            )
    return translated


def _changes(translation: Translation) -> None:
    """Draws how much the translation changes, and one sentence per kind of change on request."""
    told = summary(translation.messages)
    if not told:
        st.caption("The translation changes the form only.")
        return
    total = sum(len(written.changes) for written in translation.messages)
    with st.popover(count(total, "change"), icon=":material/translate:"):
        st.markdown("\n".join(f"- {plain(sentence)}" for sentence in told))
