"""What a page does when a question was stopped or could not be answered."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from chatdata import ChatDataError, NotSignedIn, StatementTimeout
from pages.ui.base.formatting import plain
from pages.ui.server.services import connected


@contextmanager
def stopped_search() -> Iterator[None]:
    """A search stopped after the statement timeout is said with what to narrow; the inputs stay usable."""
    try:
        yield
    except StatementTimeout:
        _say_stopped(
            "The search",
            "pick a user or a shorter time under Filters, or look for a longer, rarer word",
        )
        st.stop()


@contextmanager
def part(what: str, narrow: str) -> Iterator[None]:
    """One part of a page: what it can't show is said in its place, and the parts after it are drawn all the same.

    `what` begins the sentence, as "Tools"; `narrow` says what would make the question smaller.
    """
    try:
        yield
    except StatementTimeout:
        _say_stopped(what, narrow)
    except NotSignedIn:  # of the whole page, not of this part
        raise
    except ChatDataError as error:
        st.error(plain(str(error)), icon=":material/error:")


def _say_stopped(what: str, narrow: str) -> None:
    seconds = connected().settings.statement_timeout
    setting = plain("INSPECTOR_STATEMENT_TIMEOUT")
    st.warning(
        f"{what} was stopped after {seconds:g} s. Narrow it: {narrow}. {setting} sets how long a question may take.",
        icon=":material/timer_off:",
    )
