"""The style sheet, for a tab whose HTML has no link to it: Streamlit itself answers an address that is no page."""

from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

from pages.ui.base.served_path import served_path
from pages.ui.server.page_shell import FIRST_PAGE, FORMER_PAGES, PAGES

_SHEET = Path(__file__).parents[1] / "style.css"
_MISSING = "style_missing"


def show() -> None:
    """Draws it where it is missing: also on the pages that are opened from there, since the HTML stays."""
    if _MISSING not in st.session_state:
        st.session_state[_MISSING] = not is_page(st.context.url)
    if st.session_state[_MISSING]:
        st.html(_SHEET)


def is_page(url: str | None) -> bool:
    """Whether a page of the inspector is served at this address; it is assumed where the address is unknown."""
    served_at = served_path("").strip("/").rpartition("/")[2]
    return url is None or urlsplit(url).path.rpartition("/")[2] in {FIRST_PAGE, *PAGES, *FORMER_PAGES, served_at}
