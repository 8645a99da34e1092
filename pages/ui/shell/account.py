"""The signed-in user in the side bar: name, role, data visibility and sign-out."""

import streamlit as st

from pages.ui.auth import current_principal, sign_in
from pages.ui.base.formatting import plain
from pages.ui.server.services import record
from pages.ui.widgets.cell import text

_VIEWS = {"full": "full view", "masked": "masked view", "structure": "structure only"}


def show() -> None:
    """Draws the account if users sign in, and a warning if the audit log can't be written."""
    principal = current_principal.current()
    if principal.signed_in:
        st.text(f"{text(principal.name)}\n{principal.role}, {_VIEWS[principal.view]}")  # Markdown would link an address
        if sign_in.by_openid():
            st.button("Sign out", key="sign_out", type="tertiary", icon=":material/logout:", on_click=st.logout)
    if record().problem is not None:
        st.caption(f":material/warning: {plain(record().problem or '')}")
