"""Token usage per response of a session, as a chart and in figures."""

import streamlit as st

from chatdata import Source
from chatdata.domain.tokens import model_facts
from chatdata.services.inspection import Inspection
from chatdata.services.usage import ConversationUsage
from pages.ui.base.keys import key_of
from pages.ui.server.services import connected
from pages.ui.session.tokens import card, summary


def show(session_id: str, inspection: Inspection, shown: Source) -> None:
    """Draws chart and figures."""
    model = connected().settings.model
    with st.spinner("Counting tokens…"):
        usage = _usage(session_id, inspection.token, model, inspection)
    with st.container(key="session_tokens"):
        left, right = st.columns([5, 2], gap="medium")
    with left:
        card.show(usage, inspection, shown, key=key_of("turns", session_id, inspection.token))
    with right:
        summary.show(usage, model)


@st.cache_resource(ttl="10m", max_entries=8, show_spinner=False)
def _usage(session_id: str, token: str, model: str, _inspection: Inspection) -> ConversationUsage:  # noqa: ARG001
    """The token usage, cached by the token of the inspection."""
    return _inspection.usage(model_facts(model))
