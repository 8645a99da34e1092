"""Both copies side by side: a virtual list in the browser that reads from `pages.ui.session.compare.routes`."""

import streamlit as st

from pages.ui.auth import current_principal
from pages.ui.base.formatting import zone_name
from pages.ui.frontend.bundle import script, style

component = st.components.v2.component(
    "conversation_drift",
    html='<div class="drift frame"></div>',
    css=style("drift"),
    js=script("drift"),
)


def show(session_id: str, *, key: str, token: str) -> None:
    """Draws both copies as they were compared; another `token` makes the browser read them again."""
    component(
        data={"session": session_id, "token": token, "zone": zone_name(), "view": current_principal.current().view},
        key=key,
        width="stretch",
    )
