"""Token usage by turn of the conversation that is shown: closed until asked for, and of no cost until then."""

import streamlit as st

from chatdata import Source
from chatdata.domain.tokens import model_facts
from chatdata.services.inspection import Inspection
from chatdata.services.usage import ConversationUsage
from pages.ui.base.keys import key_of
from pages.ui.server.services import connected
from pages.ui.session.tokens import card, summary

_KEY = "turns"


def switch() -> None:
    """Draws the switch, which the URL remembers."""
    st.toggle("Token usage", key=_KEY, bind="query-params")


def show(session_id: str, inspection: Inspection, shown: Source) -> None:
    """Draws chart and facts, where they were asked for."""
    if not st.session_state.get(_KEY):
        return
    model = connected().settings.model
    with st.spinner("Counting tokens…"):
        usage = _usage(session_id, inspection.token, model, inspection)
    left, right = st.columns([5, 2], gap="medium")
    with left:
        card.show(usage, inspection, shown, key=key_of("turns", session_id, inspection.token))
    with right:
        summary.show(usage, model)


@st.cache_resource(ttl="10m", max_entries=8, show_spinner=False)
def _usage(session_id: str, token: str, model: str, _inspection: Inspection) -> ConversationUsage:  # noqa: ARG001
    """Kept by the reading's token, which no other reading has."""
    return _inspection.usage(model_facts(model))
