"""Who is signed in, as what, with which view, and the way out."""

import streamlit as st

from pages.ui import reader, signing_in
from pages.ui.clickable_table import text
from pages.ui.wiring import record
from pages.ui.words import plain

_VIEWS = {"full": "full view", "masked": "masked view", "structure": "structure only"}


def show() -> None:
    """Draws it; without a sign-in there is nothing to say but that the audit log can't be written."""
    reading = reader.current()
    if reading.signed_in:
        st.text(f"{text(reading.name)}\n{reading.role}, {_VIEWS[reading.view]}")  # Markdown would link an address
        if signing_in.by_openid():
            st.button("Sign out", key="sign_out", type="tertiary", icon=":material/logout:", on_click=st.logout)
    if record().problem is not None:
        st.caption(f":material/warning: {plain(record().problem or '')}")
