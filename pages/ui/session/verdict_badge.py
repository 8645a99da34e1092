"""The verdict of the provider check, as a link to the Payload page."""

import streamlit as st

from chatdata import Source
from chatdata.domain.labels import PROVIDER_LABELS
from pages.ui.base.formatting import plain
from pages.ui.server.services import connected, inspections


def show(session_id: str, source: Source) -> None:
    """Draws the verdict on one copy, for the model of the settings."""
    model = connected().settings.model
    rejecting = inspections().preview(session_id, source, model).judged.rejected_by
    names = [PROVIDER_LABELS[provider] for provider in rejecting]
    if not rejecting:
        label, icon = "Valid for all providers", ":material/check_circle:"
    else:
        who = "all providers" if len(rejecting) == len(PROVIDER_LABELS) else _named(names)
        label, icon = f"Fails on {who}", ":material/block:"
    st.page_link(
        "payload.py",
        label=label,
        icon=icon,
        query_params={"session": session_id, "source": source},
        help=f"Payload for {plain(model)}. Fails on: {', '.join(names)}" if names else f"Payload for {plain(model)}",
    )


def _named(names: list[str]) -> str:
    first, *others = names
    return f"{first} and {len(others)} more" if others else first
