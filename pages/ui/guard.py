"""What a page does when a search was stopped."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from chatdata import StatementTimeout
from pages.ui.wiring import connected


@contextmanager
def stopped_search() -> Iterator[None]:
    """A search stopped after the statement timeout is said with what to narrow; the inputs stay usable."""
    try:
        yield
    except StatementTimeout:
        seconds = connected().settings.statement_timeout
        st.warning(
            f"The search was stopped after {seconds:g} s. Narrow it: pick a user or a shorter time under Filters, "
            "or look for a longer, rarer word. INSPECTOR_STATEMENT_TIMEOUT sets how long a search may take.".replace(
                "_", "\\_"
            ),
            icon=":material/timer_off:",
        )
        st.stop()
