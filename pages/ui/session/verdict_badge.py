"""Who would reject the next turn of a conversation: a line that leads to its payload."""

import streamlit as st

from chatdata import Source
from chatdata.domain.lint import PROVIDERS
from chatdata.domain.payload import PROVIDER_NAMES
from pages.ui.base.formatting import plain
from pages.ui.server.services import connected, inspections


def show(session_id: str, source: Source) -> None:
    """Draws the verdict on one copy, for the model of the settings."""
    model = connected().settings.model
    rejecting = inspections().preview(session_id, source, model).judged.rejected_by
    names = [PROVIDER_NAMES[provider] for provider in rejecting]
    if not rejecting:
        label, icon = "Every provider would accept the next turn", ":material/check_circle:"
    else:
        who = "Every provider" if len(rejecting) == len(PROVIDERS) else _named(names)
        label, icon = f"{who} would reject the next turn", ":material/block:"
    st.page_link(
        "payload.py",
        label=label,
        icon=icon,
        query_params={"session": session_id, "source": source},
        help=f"The payload for {plain(model)}, and why. Rejected by: {', '.join(names) or 'nobody'}",
    )


def _named(names: list[str]) -> str:
    first, *others = names
    return f"{first} and {len(others)} more" if others else first
