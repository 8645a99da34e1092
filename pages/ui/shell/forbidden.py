"""The page for users without access, or whose sign-in expired while the page was open."""

import streamlit as st

from chatdata import NotAllowed, NotSignedIn
from pages.ui.auth import sign_in
from pages.ui.base.formatting import plain
from pages.ui.shell import page_title

_component = st.components.v2.component("reload", js="export default function () { window.location.reload(); }")


def show(error: NotAllowed) -> None:
    """Draws the message; reloading the page leads to the sign-in and back."""
    st.title(page_title.PRODUCT, anchor=False)
    st.error(plain(str(error)), icon=":material/lock:")
    if isinstance(error, NotSignedIn) and sign_in.by_openid() and st.button("Sign in", type="primary"):
        _component(key="reload", height=1)
