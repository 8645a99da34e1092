"""What a page shows when a query timed out or failed."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from chatdata import ChatDataError, NotSignedIn, StatementTimeout
from pages.ui.base.formatting import plain
from pages.ui.server.services import connected


@contextmanager
def stopped_search() -> Iterator[None]:
    """Says how to narrow a search that timed out, and leaves the inputs usable."""
    try:
        yield
    except StatementTimeout:
        _say_timed_out(
            "Search",
            "pick a user or a shorter time range under Filters, or search for a longer, rarer word",
        )
        st.stop()


@contextmanager
def part(what: str, narrow: str) -> Iterator[None]:
    """Shows an error in place of the part of a page that failed, and lets the parts after it be drawn.

    `what` begins the sentence, as "Tools"; `narrow` is an imperative that says how to make the query smaller.
    """
    try:
        yield
    except StatementTimeout:
        _say_timed_out(what, narrow)
    except NotSignedIn:  # concerns the whole page, not this part
        raise
    except ChatDataError as error:
        st.error(plain(str(error)), icon=":material/error:")


def _say_timed_out(what: str, narrow: str) -> None:
    seconds = connected().settings.statement_timeout
    setting = plain("INSPECTOR_STATEMENT_TIMEOUT")
    st.warning(
        f"{what} timed out after {seconds:g} s. To narrow it, {narrow}. {setting} sets the time limit.",
        icon=":material/timer_off:",
    )
