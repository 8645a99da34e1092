"""Three demo sessions to start with, until they are dismissed."""

import streamlit as st

from chatdata.services.catalog import existing_ids
from chatdata.services.demo import Story, stories
from pages.ui.auth import current_principal
from pages.ui.server.services import connected, services
from pages.ui.session.links import SESSION, parameters

_DISMISSED = "stories_dismissed"


def show() -> None:
    """Draws the stories whose sessions exist; nothing on a deployment, or once dismissed."""
    if st.session_state.get(_DISMISSED):
        return
    present = _present() if current_principal.current().view != "structure" else []
    if not present:
        return
    with st.container(key="stories"):
        row = st.container(horizontal=True, vertical_alignment="center")
        row.caption("**Start here:** three demo conversations that went wrong.")
        row.button("Dismiss", key="dismiss_stories", icon=":material/close:", type="tertiary", on_click=_dismiss)
        for story, box in zip(present, st.columns(len(present)), strict=True):
            with box.container(border=True, height="stretch"):
                st.page_link(
                    SESSION,
                    label=f"**{story.headline}**",
                    icon=":material/arrow_forward:",
                    icon_position="right",
                    query_params=parameters(story.session_id, source=story.source, message=story.message),
                )
                st.caption(story.look_at)


def _dismiss() -> None:
    st.session_state[_DISMISSED] = True


def _present() -> list[Story]:
    if not connected().settings.embedded:
        return []
    if services().status.current().database.answer != "ok":
        return []
    told = stories()
    here = existing_ids(connected().stores, [story.session_id for story in told])
    return [story for story in told if story.session_id in here]
